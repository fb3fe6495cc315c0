// The parts of GitHub's webhook payloads that the product uses. Everything else in them is dropped unread.
import { z } from "zod";
import { installationActions, repositoryActions } from "../workspace/delivery.ts";
import { installationAnswer, repositoryAnswer } from "./account.ts";

const sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const pullNumbers = z.array(z.object({ number: z.int() })).default([]);

export const envelopeShape = z.object({
  action: z.string().optional(),
  installation: z.object({ id: z.int() }).nullish(),
  repository: z.object({ id: z.int() }).nullish(),
  sender: z.object({ login: z.string() }).nullish(),
});
export const aboutRepositoryShape = z.object({ installation: z.object({ id: z.int() }), repository: repositoryAnswer });

export const pushShape = aboutRepositoryShape.extend({ ref: z.string(), after: sha, deleted: z.boolean() });
export const pullRequestShape = aboutRepositoryShape.extend({
  action: z.string(),
  number: z.int(),
  pull_request: z.object({ head: z.object({ sha }), base: z.object({ ref: z.string() }) }),
  changes: z.object({ base: z.unknown() }).partial().optional(),
});
export const checkRunShape = aboutRepositoryShape.extend({
  action: z.enum(["rerequested", "requested_action"]),
  check_run: z.object({
    id: z.int(),
    name: z.string(),
    external_id: z.string().nullish(),
    head_sha: sha,
    pull_requests: pullNumbers,
  }),
  requested_action: z.object({ identifier: z.string() }).nullish(),
  sender: z.object({ id: z.int(), login: z.string() }),
});
export const checkSuiteShape = aboutRepositoryShape.extend({
  action: z.enum(["requested", "rerequested"]),
  check_suite: z.object({ head_sha: sha, head_branch: z.string().nullable(), pull_requests: pullNumbers }),
});
export const mergeGroupShape = aboutRepositoryShape.extend({
  action: z.enum(["checks_requested", "destroyed"]),
  merge_group: z.object({ head_sha: sha, head_ref: z.string(), base_sha: sha, base_ref: z.string() }),
});
export const mentionsShape = z.array(
  z.object({ id: z.int(), full_name: z.string(), name: z.string(), private: z.boolean() }),
);
export const installationShape = z.object({
  action: z.enum(installationActions),
  installation: installationAnswer,
  repositories: mentionsShape.default([]),
});
export const installationRepositoriesShape = z.object({
  installation: installationAnswer,
  repositories_added: mentionsShape.default([]),
  repositories_removed: mentionsShape.default([]),
});
export const repositoryShape = aboutRepositoryShape.extend({ action: z.enum(repositoryActions) });
export const accountRenamedShape = z.object({
  action: z.literal("renamed"),
  account: z.object({ id: z.int(), login: z.string().optional(), slug: z.string().optional() }),
  installation: z.object({ id: z.int() }),
});
