import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { parseDelivery } from "../../src/github/delivery.ts";
import type { Delivery, DeliveryPayload } from "../../src/workspace/delivery.ts";

type Payload = Record<string, unknown>;
interface Examples {
  readonly name: string;
  readonly examples: readonly Payload[];
}

// GitHub's own recordings, of github.com and of the versions of Enterprise Server.
const load = createRequire(import.meta.url);
const sources = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
const recordings = sources.flatMap((source) =>
  (load(`@octokit/webhooks-examples/${source}/index.json`) as Examples[]).flatMap(({ name, examples }) =>
    examples.map((payload, index) => ({ label: `${source} ${name} ${index}`, event: name, payload })),
  ),
);

function deliver(event: string, payload: unknown): Delivery {
  return parseDelivery({ event, guid: "g-1" }, Buffer.from(JSON.stringify(payload)));
}

function recorded(event: string, action?: string): Payload {
  const found = recordings.find(
    ({ event: name, payload }) => name === event && payload.installation && (!action || payload.action === action),
  );
  if (!found) throw new Error(`no recording of ${event} ${action}`);
  return found.payload;
}

// Some recordings are of a repository's own webhook, which is the same but for the installation.
const fromApp = (payload: Payload): Payload => ({ installation: { id: 42, node_id: "" }, ...payload });

const kinds: Readonly<
  Record<string, { readonly kind: DeliveryPayload["kind"]; readonly actions?: readonly string[] }>
> = {
  push: { kind: "push" },
  pull_request: { kind: "pull-request" },
  check_run: { kind: "check-run", actions: ["rerequested", "requested_action"] },
  check_suite: { kind: "check-suite", actions: ["requested", "rerequested"] },
  merge_group: { kind: "merge-group" },
  installation: { kind: "installation" },
  installation_repositories: { kind: "installation-repositories" },
  repository: { kind: "repository" },
};

test.for([...new Set(recordings.map(({ event }) => event))])("parseDelivery() reads every recording of %s", (event) => {
  const expected = kinds[event];
  for (const { label, payload } of recordings.filter((recording) => recording.event === event)) {
    const isUseful = expected && (!expected.actions || expected.actions.includes(`${payload.action}`));
    const delivery = deliver(event, fromApp(payload));
    expect(delivery, label).toMatchObject({ guid: "g-1", event, action: payload.action ?? null });
    expect(delivery.payload.kind, label).toBe(isUseful ? expected.kind : "other");
    if (delivery.payload.kind === "other" || !("repository" in delivery.payload)) continue;
    const { owner, name } = payload.repository as { owner: { login: string }; name: string };
    const { repository } = delivery.payload;
    expect([repository.owner, repository.name], label).toEqual([owner.login, name]);
    expect([repository.id, repository.installationId]).toEqual([delivery.repositoryId, delivery.installationId]);
    expect(repository.accountId, label).toBeGreaterThan(0);
  }
});

test("parseDelivery() covers every event that the product depends on", () => {
  const seen = new Set(recordings.map(({ event, payload }) => deliver(event, fromApp(payload)).payload.kind));
  expect([...seen].sort()).toEqual([...Object.values(kinds).map(({ kind }) => kind), "other"].sort());
});

test("parseDelivery() reads a push with the repository's facts", () => {
  const payload = recorded("push");
  expect(deliver("push", payload).payload).toMatchObject({
    kind: "push",
    ref: payload.ref,
    after: payload.after,
    deleted: payload.deleted,
    repository: { owner: expect.any(String), name: expect.any(String), defaultBranch: "master", archived: false },
  });
});

test("parseDelivery() tells an edit that changes the base from other edits", () => {
  const edited = { ...recorded("pull_request"), action: "edited" };
  const baseChanged = (changes: object) => {
    const { payload } = deliver("pull_request", { ...edited, changes });
    return payload.kind === "pull-request" && payload.baseChanged;
  };
  expect(baseChanged({ base: { ref: { from: "main" }, sha: { from: "0" } } })).toBe(true);
  expect(baseChanged({ title: { from: "Old" } })).toBe(false);
});

test("parseDelivery() gives the button of a requested action and what the check run was about", () => {
  const payload = recorded("check_run", "requested_action");
  expect(deliver("check_run", payload).payload).toMatchObject({
    kind: "check-run",
    buttonId: expect.any(String),
    externalId: expect.any(String),
    headSha: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
});

test("parseDelivery() gives an installation's account and the repositories that it names", () => {
  const payload = recorded("installation", "created");
  const { payload: told } = deliver("installation", payload);
  if (told.kind !== "installation") throw new Error("another kind");
  const repositories = payload.repositories as { id: number; full_name: string }[];
  expect(told.repositories.map(({ id, owner, name }) => [id, `${owner}/${name}`])).toEqual(
    repositories.map(({ id, full_name }) => [id, full_name]),
  );
  for (const mention of told.repositories) {
    expect(mention).toMatchObject({ installationId: told.installation.id, accountId: told.installation.accountId });
  }
});

test("parseDelivery() sees that an installation was suspended and let in again", () => {
  const suspended = (action: string) => {
    const { payload } = deliver("installation", recorded("installation", action));
    return payload.kind === "installation" && payload.installation.suspended;
  };
  expect([suspended("suspend"), suspended("unsuspend")]).toEqual([true, false]);
});

test("parseDelivery() reads an account's new name", () => {
  const payload = {
    action: "renamed",
    account: { id: 7, login: "acme-health", type: "Organization" },
    changes: { login: { from: "acme" } },
    installation: { id: 42, node_id: "" },
    target_type: "Organization",
  };
  expect(deliver("installation_target", payload).payload).toEqual({
    kind: "account-renamed",
    installationId: 42,
    accountId: 7,
    login: "acme-health",
  });
});

test("parseDelivery() has no use for a delivery of a repository's own webhook", () => {
  const { installation: _, ...payload } = recorded("push");
  expect(deliver("push", payload)).toMatchObject({ installationId: null, payload: { kind: "other" } });
});

test("parseDelivery() has no use for events it does not know, whatever they are called", () => {
  for (const event of ["constructor", "__proto__", "star"]) {
    expect(deliver(event, { action: "created" }).payload.kind).toBe("other");
  }
});

test("parseDelivery() throws where the body is not what GitHub sends, and repeats nothing of it", () => {
  const invalid = expect.objectContaining({ code: "delivery-invalid" });
  expect(() => parseDelivery({ event: "push", guid: "g" }, Buffer.from("{"))).toThrow(invalid);
  expect(() => parseDelivery({ event: "push", guid: "g" }, Buffer.from([0x22, 0xff, 0x22]))).toThrow(invalid);
  expect(() => deliver("push", [])).toThrow(invalid);
  expect(() => deliver("push", { ...recorded("push"), after: "secret words" })).toThrow(
    'The payload of the event "push" is not what GitHub sends: see after',
  );
});
