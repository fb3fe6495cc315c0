// Tells apps what happened: finds who is to be told and wraps what happened into the envelope every payload has.
import type { Account } from "./account.ts";
import { organizationSimple, simpleUser } from "./answers/account.ts";
import { webhookRepository } from "./answers/repository.ts";
import type { Delivery } from "./deliveries.ts";
import { nodeId } from "./identifiers.ts";
import type { Installation } from "./installation.ts";
import type { RegisteredApp } from "./registered-app.ts";
import type { Repository } from "./repository.ts";
import type { JsonObject } from "./schema.ts";

export interface RepositoryAnnouncement {
  readonly event: string;
  /** What is particular to the event; its keys win over those of the envelope. */
  readonly payload: JsonObject;
  readonly sender: Account;
  /** The one app that is told, for events that go to their owner only. */
  readonly only?: RegisteredApp;
}

/** Tells every app that is installed on a repository and subscribed to the event. */
export async function announceFromRepository(
  repository: Repository,
  { event, payload, sender, only }: RepositoryAnnouncement,
): Promise<Delivery[]> {
  const deliveries: (Delivery | undefined)[] = [];
  for (const installation of repository.github.installations) {
    const { app } = installation;
    if (only !== undefined && only !== app) continue;
    if (installation.isSuspended || !app.events.includes(event) || !installation.reaches(repository)) continue;
    deliveries.push(
      await repository.github.deliveries.announce({
        app,
        event,
        installationId: installation.id,
        repositoryId: repository.id,
        payload: {
          ...actionFirst(payload),
          repository: webhookRepository(repository),
          ...organizationOf(repository.owner),
          sender: simpleUser(sender),
          installation: { id: installation.id, node_id: nodeId("I", installation.id) },
          ...payload,
        },
      }),
    );
  }
  return deliveries.filter((delivery) => delivery !== undefined);
}

/** Tells an app about its own installation. Every app gets these events, also while it is suspended. */
export function announceInstallation(
  installation: Installation,
  event: "installation" | "installation_repositories",
  payload: JsonObject,
  sender: Account,
): Promise<Delivery | undefined> {
  return installation.github.deliveries.announce({
    app: installation.app,
    event,
    installationId: installation.id,
    repositoryId: null,
    payload: { ...payload, sender: simpleUser(sender) },
  });
}

/** Tells every app installed on an account that the account has another login. */
export async function announceInstallationTarget(account: Account, previousLogin: string): Promise<void> {
  for (const installation of account.github.installations) {
    if (installation.account !== account) continue;
    const isOrganization = account.type === "Organization";
    await account.github.deliveries.announce({
      app: installation.app,
      event: "installation_target",
      installationId: installation.id,
      repositoryId: null,
      payload: {
        action: "renamed",
        account: isOrganization ? { ...simpleUser(account), ...organizationSimple(account) } : simpleUser(account),
        changes: { login: { from: previousLogin } },
        target_type: account.type,
        installation: { id: installation.id, node_id: nodeId("I", installation.id) },
        ...organizationOf(account),
        sender: simpleUser(account.github.developer),
      },
    });
  }
}

/** Tells an app that a user took back the authorisation they gave it. Apps cannot unsubscribe from this. */
export async function announceAuthorizationRevoked(app: RegisteredApp, user: Account): Promise<void> {
  await app.github.deliveries.announce({
    app,
    event: "github_app_authorization",
    installationId: null,
    repositoryId: null,
    payload: { action: "revoked", sender: simpleUser(user) },
  });
}

function organizationOf(owner: Account): JsonObject {
  return owner.type === "Organization" ? { organization: organizationSimple(owner) } : {};
}

// Readers of a payload look for the action at its head, where GitHub puts it.
function actionFirst(payload: JsonObject): JsonObject {
  return "action" in payload ? { action: payload.action } : {};
}
