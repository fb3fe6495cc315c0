// Turns a verified webhook delivery into the product's own words. It decides nothing: what a delivery leads to is the
// ways' business.
import type { z } from "zod";
import { Fault } from "../errors.ts";
import {
  type Delivery,
  type DeliveryPayload,
  installationActions,
  type RepositoryMention,
  repositoryActions,
} from "../workspace/delivery.ts";
import type { Installation, RepositoryFacts } from "../workspace/repository.ts";
import { readInstallation, readRepository } from "./account.ts";
import {
  type aboutRepositoryShape,
  accountRenamedShape,
  checkRunShape,
  checkSuiteShape,
  envelopeShape,
  installationRepositoriesShape,
  installationShape,
  type mentionsShape,
  mergeGroupShape,
  pullRequestShape,
  pushShape,
  repositoryShape,
} from "./delivery-shape.ts";

/** Actions of these events that say something new to the product; others are kept as `other`. */
const actionsOfEvent: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    check_run: checkRunShape.shape.action.options,
    check_suite: checkSuiteShape.shape.action.options,
    merge_group: mergeGroupShape.shape.action.options,
    installation: installationActions,
    installation_target: ["renamed"],
    repository: repositoryActions,
  }),
);

/**
 * Reads a delivery's headers and JSON body. Events that the product has no use for, and deliveries of a repository's own
 * webhook (which name no installation), come back as `other`. Throws `Fault` `delivery-invalid` where the body is not
 * what GitHub sends.
 */
export function parseDelivery(headers: { readonly event: string; readonly guid: string }, body: Uint8Array): Delivery {
  const json = parseJson(body);
  const about = parse(headers.event, envelopeShape, json);
  return {
    guid: headers.guid,
    event: headers.event,
    action: about.action ?? null,
    installationId: about.installation?.id ?? null,
    repositoryId: about.repository?.id ?? null,
    sender: about.sender?.login ?? null,
    payload: readPayload(headers.event, about, json),
  };
}

function readPayload(event: string, about: z.infer<typeof envelopeShape>, json: unknown): DeliveryPayload {
  const reader = readers.get(event);
  if (reader === undefined) return { kind: "other", reason: `nothing depends on the event "${event}"` };
  const known = actionsOfEvent.get(event);
  if (known !== undefined && !known.includes(about.action ?? "")) {
    return { kind: "other", reason: `nothing depends on "${about.action ?? ""}" of the event "${event}"` };
  }
  if (!about.installation) return { kind: "other", reason: "it names no installation of the app" };
  return reader(event, json);
}

type Reader = (event: string, json: unknown) => DeliveryPayload;
const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    push(event, json) {
      const told = parse(event, pushShape, json);
      return { kind: "push", repository: factsOf(told), ref: told.ref, after: told.after, deleted: told.deleted };
    },
    pull_request(event, json) {
      const told = parse(event, pullRequestShape, json);
      return {
        kind: "pull-request",
        action: told.action,
        repository: factsOf(told),
        pullNumber: told.number,
        headSha: told.pull_request.head.sha,
        baseRef: told.pull_request.base.ref,
        baseChanged: told.action === "edited" && told.changes?.base !== undefined,
      };
    },
    check_run(event, json) {
      const told = parse(event, checkRunShape, json);
      return {
        kind: "check-run",
        action: told.action,
        repository: factsOf(told),
        checkRunId: told.check_run.id,
        name: told.check_run.name,
        externalId: told.check_run.external_id ?? "",
        headSha: told.check_run.head_sha,
        pullNumbers: told.check_run.pull_requests.map((pull) => pull.number),
        buttonId: told.requested_action?.identifier ?? null,
        sender: told.sender,
      };
    },
    check_suite(event, json) {
      const told = parse(event, checkSuiteShape, json);
      return {
        kind: "check-suite",
        action: told.action,
        repository: factsOf(told),
        headSha: told.check_suite.head_sha,
        headBranch: told.check_suite.head_branch,
        pullNumbers: told.check_suite.pull_requests.map((pull) => pull.number),
      };
    },
    merge_group(event, json) {
      const told = parse(event, mergeGroupShape, json);
      return {
        kind: "merge-group",
        action: told.action,
        repository: factsOf(told),
        headSha: told.merge_group.head_sha,
        headRef: told.merge_group.head_ref,
        baseSha: told.merge_group.base_sha,
        baseRef: told.merge_group.base_ref,
      };
    },
    installation(event, json) {
      const told = parse(event, installationShape, json);
      const owner = readInstallation(told.installation);
      return {
        kind: "installation",
        action: told.action,
        installation: owner,
        repositories: mentionsOf(told.repositories, owner),
      };
    },
    installation_repositories(event, json) {
      const told = parse(event, installationRepositoriesShape, json);
      const owner = readInstallation(told.installation);
      return {
        kind: "installation-repositories",
        installation: owner,
        added: mentionsOf(told.repositories_added, owner),
        removed: mentionsOf(told.repositories_removed, owner),
      };
    },
    repository(event, json) {
      const told = parse(event, repositoryShape, json);
      return { kind: "repository", action: told.action, repository: factsOf(told) };
    },
    installation_target(event, json) {
      const told = parse(event, accountRenamedShape, json);
      return {
        kind: "account-renamed",
        installationId: told.installation.id,
        accountId: told.account.id,
        login: told.account.login ?? told.account.slug ?? "",
      };
    },
  }),
);

function factsOf(told: z.infer<typeof aboutRepositoryShape>): RepositoryFacts {
  return readRepository(told.repository, told.installation.id);
}

function mentionsOf(list: z.infer<typeof mentionsShape>, owner: Installation): RepositoryMention[] {
  return list.map((entry) => ({
    id: entry.id,
    installationId: owner.id,
    accountId: owner.accountId,
    owner: entry.full_name.split("/")[0] ?? owner.accountLogin,
    name: entry.name,
    private: entry.private,
  }));
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Fault("delivery-invalid", "The delivery's body is not JSON");
  }
}

function parse<T>(event: string, schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => issue.path.join(".") || "the body").slice(0, 5);
  throw new Fault(
    "delivery-invalid",
    `The payload of the event "${event}" is not what GitHub sends: see ${places.join(", ")}`,
  );
}
