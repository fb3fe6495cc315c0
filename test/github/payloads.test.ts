import published from "@octokit/webhooks-examples" with { type: "json" };
import { expect, test } from "vitest";
import { repositoryName, setScene } from "./scene.ts";
import { isJsonObject } from "./schema.ts";

// What differs from one real payload to the next, whatever the event: maps with keys of their own, and facts that
// only some accounts have.
const free = new Set(["permissions", "custom_properties", "changes", "requester", "organization", "username"]);

// The package's types describe a module, Node gives the JSON itself.
const examples = published as unknown as readonly { readonly name: string; readonly examples: readonly unknown[] }[];

// The description wants text; examples from before it give an installation's times in seconds.
const times = new Set(["created_at", "updated_at"]);

/** Where a payload lacks a key of an example or has a value of another kind there. Null stands for any kind. */
function differences(example: unknown, payload: unknown, place: string): string[] {
  if (example === null || payload === null) return [];
  if (Array.isArray(example) && Array.isArray(payload)) {
    if (example.length === 0 || payload.length === 0) return [];
    return differences(example[0], payload[0], `${place}[0]`);
  }
  if (isJsonObject(example) && isJsonObject(payload)) {
    return Object.entries(example).flatMap(([key, value]) => {
      if (free.has(key)) return [];
      if (!(key in payload)) return [`${place}.${key} is missing`];
      if (times.has(key) && typeof value === "number") return [];
      return differences(value, payload[key], `${place}.${key}`);
    });
  }
  return typeof example === typeof payload ? [] : [`${place} is a ${typeof payload}, not a ${typeof example}`];
}

test("every payload has what the published examples of its event have", async () => {
  const { github, account, app, installation, octokit, repository } = await setScene();
  const pull = await repository.openPullRequest({ branch: "feature", files: { "c.ts": "" }, draft: true });
  await pull.push({ files: { "d.ts": "" } });
  await pull.edit({ title: "Other" });
  await pull.readyForReview();
  await pull.close();
  await pull.reopen();
  await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
    ...{ ...repositoryName, name: "bifrost", head_sha: pull.headSha, conclusion: "success" },
    output: { title: "Title", summary: "Summary", text: "Text" },
    actions: [{ label: "Again", description: "Once more", identifier: "again" }],
  });
  const run = repository.checkRuns(pull.headSha)[0];
  await run?.rerequest();
  await run?.requestAction("again");
  await run?.suite.rerequest();
  const group = await pull.enterMergeQueue();
  await group.destroy("merged");
  await repository.tag("v1");
  await repository.createBranch("trunk");
  await repository.setDefaultBranch("trunk");
  await repository.deleteBranch("main");
  await repository.makePublic();
  await repository.makePrivate();
  await repository.archive();
  await repository.unarchive();
  await repository.rename("renamed");
  await account.rename("acme-corporation");
  await installation.suspend();
  await installation.unsuspend();
  await installation.acceptPermissions();
  const globex = github.createAccount("globex");
  await app.install(globex);
  await repository.transfer(globex);
  await repository.delete();
  const chosen = await account.createRepository("chosen");
  await installation.removeRepositories([chosen]);
  await installation.addRepositories([chosen]);
  await installation.uninstall();
  await app.revokeAuthorization(github.developer);
  await github.deliveries.settled();

  const compared = new Set<string>();
  for (const { event, action, payload } of github.deliveries.log) {
    const ofEvent = examples.find(({ name }) => name === event)?.examples ?? [];
    const ofAction = ofEvent.filter((example) => isJsonObject(example) && (example.action ?? null) === action);
    if (ofAction.length === 0) continue;
    const name = [event, action].filter(Boolean).join(" ");
    compared.add(name);
    // Real payloads of one event differ (a push without commits, a user in place of an organisation): one must fit.
    const found = ofAction.map((example) => differences(example, payload, name));
    const closest = found.toSorted((one, other) => one.length - other.length)[0];
    expect(closest).toEqual([]);
  }
  expect([...compared].toSorted()).toEqual([
    "check_run completed",
    "check_run created",
    "check_run requested_action",
    "check_run rerequested",
    "check_suite requested",
    "check_suite rerequested",
    "github_app_authorization revoked",
    "installation created",
    "installation deleted",
    "installation new_permissions_accepted",
    "installation suspend",
    "installation unsuspend",
    "installation_repositories added",
    "installation_repositories removed",
    "merge_group checks_requested",
    "pull_request closed",
    "pull_request opened",
    "pull_request ready_for_review",
    "pull_request reopened",
    "pull_request synchronize",
    "push",
    "repository created",
    "repository edited",
    "repository privatized",
    "repository publicized",
    "repository renamed",
    "repository transferred",
  ]);
});
