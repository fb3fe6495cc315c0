// Pull requests as far as a check needs them: what would be merged into what.
import { z } from "zod";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { OpenPullsAnswer, PullRequestFacts, RepositoryAddress } from "./github.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const pullAnswer = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().default(false),
  head: z.object({ sha, repo: z.object({ id: z.int() }).nullable() }),
  base: z.object({ ref: z.string(), sha }),
  mergeable: z.boolean().nullish(),
  merge_commit_sha: sha.nullish(),
});
// The most that one page holds.
const pullsPerPage = 100;
const headsAnswer = z.array(z.object({ number: z.int(), state: z.string(), head: z.object({ sha: z.string() }) }));

/** One pull request; `undefined` where the repository has none of that number. */
export async function readPullRequest(
  connection: Connection,
  address: RepositoryAddress,
  number: number,
): Promise<PullRequestFacts | undefined> {
  try {
    const { data } = await pullsOf(connection, address).rest.pulls.get({
      owner: address.owner,
      repo: address.name,
      pull_number: number,
    });
    const pull = read(`pull request ${number} of ${address.owner}/${address.name}`, pullAnswer, data);
    return {
      number: pull.number,
      title: pull.title,
      state: pull.state,
      draft: pull.draft,
      headSha: pull.head.sha,
      headRepositoryId: pull.head.repo?.id ?? null,
      baseRef: pull.base.ref,
      baseSha: pull.base.sha,
      testMerge: testMergeOf(pull),
    };
  } catch (error) {
    if (answeredWith(error, 404)) return undefined;
    throw error;
  }
}

/** GitHub names a commit while it is still working on another, so the commit counts only where the merge is known to work. */
function testMergeOf({ mergeable, merge_commit_sha }: z.infer<typeof pullAnswer>): PullRequestFacts["testMerge"] {
  if (mergeable === false) return "conflict";
  return mergeable === true && merge_commit_sha ? { commitSha: merge_commit_sha } : null;
}

/** The open pull requests, asked with the mark of the last answer. */
export async function listOpenPullsSince(
  connection: Connection,
  address: RepositoryAddress,
  etag: string | null,
): Promise<OpenPullsAnswer> {
  // One token for all repositories of the installation: a token each would cost as many requests as are saved here.
  const octokit = connection.as({ installationId: address.installationId, purpose: "pulls" });
  const pulls: { number: number; headSha: string }[] = [];
  let first: string | null = null;
  try {
    for (let page = 1; ; page += 1) {
      const answer = await octokit.rest.pulls.list({
        owner: address.owner,
        repo: address.name,
        state: "open",
        // What changed last comes first, so that the mark of the first page tells of all.
        sort: "updated",
        direction: "desc",
        per_page: pullsPerPage,
        page,
        ...(page === 1 && etag !== null && { headers: { "if-none-match": etag } }),
      });
      if (page === 1) first = answer.headers.etag ?? null;
      const listed = read(`the pull requests of ${address.owner}/${address.name}`, headsAnswer, answer.data);
      pulls.push(...listed.map(({ number, head }) => ({ number, headSha: head.sha })));
      if (listed.length < pullsPerPage) return { kind: "pulls", pulls, etag: first };
    }
  } catch (error) {
    if (answeredWith(error, 304)) return { kind: "unchanged" };
    // Out of reach: whoever looks closer finds out why.
    if (answeredWith(error, 404)) return { kind: "pulls", pulls: [], etag: null };
    throw error;
  }
}

/** Numbers of the open pull requests whose head is this commit; none where GitHub does not know the commit. */
export async function listPullRequestsAt(
  connection: Connection,
  address: RepositoryAddress,
  headSha: string,
): Promise<number[]> {
  const octokit = pullsOf(connection, address);
  try {
    const found = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
      owner: address.owner,
      repo: address.name,
      commit_sha: headSha,
      per_page: 100,
    });
    // GitHub also lists those that contain the commit further down.
    return read(`the pull requests at ${headSha}`, headsAnswer, found)
      .filter((pull) => pull.state === "open" && pull.head.sha === headSha)
      .map((pull) => pull.number);
  } catch (error) {
    if (answeredWith(error, 404, 409, 422)) return [];
    throw error;
  }
}

function pullsOf(connection: Connection, address: RepositoryAddress) {
  return connection.as({ installationId: address.installationId, repositoryId: address.id, purpose: "pulls" });
}
