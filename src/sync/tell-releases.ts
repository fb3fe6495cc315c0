// The check run `bifrost/release`: what a tag that somebody pushed to a repository of global came to, said on its commit. Tags
// that were there before anybody looked are not told of: a repository may have hundreds.
import { Fault } from "../errors.ts";
import type { CheckRunDraft, GitHub } from "../github/github.ts";
import type { Registry } from "../store/store.ts";
import { bindingPath } from "../workspace/binding.ts";
import { markdownCode, markdownText } from "../workspace/markdown.ts";
import { type PushedTag, type ReleaseState, releaseState, type Tag } from "../workspace/release.ts";
import type { Repository } from "../workspace/repository.ts";

export interface TellEdges {
  readonly github: Pick<GitHub, "createCheckRun">;
  readonly store: Pick<Registry, "pushedTags" | "recordReleaseWord">;
}

// Whoever pushes more at once is told by no webhook either, and has "bifrost releases".
const toldAtOnceMax = 20;

/** Tells of each pushed tag what has become of it, once for each thing that there is to say. */
export async function tellReleases(
  { github, store }: TellEdges,
  repository: Repository,
  tags: readonly Tag[],
): Promise<void> {
  if (repository.archived) return;
  const commits = new Map(tags.map(({ name, commit }) => [name, commit]));
  let told = 0;
  for (const tag of await store.pushedTags(repository.id)) {
    const commit = commits.get(tag.name);
    if (commit === undefined || told === toldAtOnceMax) continue;
    const word = wordOn(tag, commit, repository);
    if (word === undefined || word === tag.told) continue;
    try {
      await github.createCheckRun(repository, releaseCheckRun(repository, tag, commit));
    } catch (error) {
      // A commit that GitHub has thrown away meanwhile takes no check run, however often it is tried.
      if (!(error instanceof Fault && error.code === "github-rejected")) throw error;
    }
    await store.recordReleaseWord(repository.id, tag.name, word);
    told += 1;
  }
}

/** Whether a sync has changed what there is to say of a pushed tag. */
export async function hasNewsOfReleases(
  { store }: { readonly store: Pick<Registry, "pushedTags"> },
  repository: Pick<Repository, "id" | "wantedSha" | "syncedSha">,
): Promise<boolean> {
  const tags = await store.pushedTags(repository.id);
  return tags.some(({ release, ...tag }) => {
    if (release?.repositoryId !== repository.id) return false;
    const word = wordOn({ ...tag, release }, release.commit, repository);
    return word !== undefined && word !== tag.told;
  });
}

/** What there is to say, in short; `undefined` where a sync is still to come that may change it. */
function wordOn(
  { release }: PushedTag,
  commit: string,
  repository: Pick<Repository, "id" | "wantedSha" | "syncedSha">,
): string | undefined {
  if (release === null) return undefined;
  const state = stateOf(release, repository);
  return state === "waiting" ? undefined : `${commit} ${state} ${release.revision ?? "-"}`;
}

function stateOf(
  release: NonNullable<PushedTag["release"]>,
  repository: Pick<Repository, "id" | "wantedSha" | "syncedSha">,
): ReleaseState | "taken" {
  return release.repositoryId === repository.id ? releaseState(release, repository) : "taken";
}

function releaseCheckRun(repository: Repository, { name, release }: PushedTag, commit: string): CheckRunDraft {
  const now = new Date();
  return {
    name: "bifrost/release",
    headSha: commit,
    externalId: `release:${repository.id}`,
    status: "completed",
    ...words(repository, name, release, commit),
    annotations: [],
    startedAt: now,
    completedAt: now,
  };
}

function words(
  repository: Repository,
  name: string,
  release: PushedTag["release"],
  commit: string,
): Pick<CheckRunDraft, "conclusion" | "title" | "summary"> {
  if (release !== null && release.repositoryId !== repository.id) {
    return {
      conclusion: "neutral",
      title: `${name} is a release of ${release.repository} already`,
      summary: `A name stands for one revision of global, and ${markdownText(release.repository)} brought this one first.\n\n**What to do:** Tag the commit by another name.`,
    };
  }
  if (release?.revision != null && release.dropped) {
    return {
      conclusion: "neutral",
      title: `${name} names a revision of global that is not kept`,
      summary: `It is revision ${release.revision}, whose files were dropped from the history before the tag came. Nobody can be pinned to this release.\n\n**What to do:** Tag a later commit: ${markdownCode("bifrost log global")} lists those that were synced.`,
    };
  }
  if (release?.revision != null) {
    return {
      conclusion: "success",
      title: `${name} is revision ${release.revision} of global`,
      summary: `An organisation stays at it with ${markdownCode(`global: ${name}`)} in its ${markdownCode(bindingPath)}.`,
    };
  }
  return {
    conclusion: "neutral",
    title: `${name} names no revision of global`,
    summary:
      `Commit ${commit.slice(0, 7)} was never the head of ${markdownCode(repository.defaultBranch)} when that was synced, such as one that was pushed together with later ones. Nobody can be pinned to this release.\n\n` +
      `**What to do:** Tag a commit that was synced: ${markdownCode("bifrost log global")} lists them.`,
  };
}
