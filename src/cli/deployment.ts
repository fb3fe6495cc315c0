// What the operator's commands reach of a deployment: its registry and its queue, opened for one command and closed.
import type { GrantTarget } from "../acts/grant-scope.ts";
import { Fault } from "../errors.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Store } from "../store/store.ts";
import type { Repository } from "../workspace/repository.ts";
import type { Scope } from "../workspace/scope.ts";

export interface Deployment {
  readonly store: Store;
  readonly jobs: Pick<Jobs, "enqueue" | "unfinished">;
  close(): Promise<void>;
}

/** Opens the deployment that the environment names. */
export type OpenDeployment = () => Promise<Deployment>;

/** Opens the deployment for one piece of work and closes it, however the work ends. */
export async function withDeployment<T>(
  open: OpenDeployment,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const deployment = await open();
  try {
    return await work(deployment);
  } finally {
    await deployment.close();
  }
}

/** The scope that a person named. Throws `Fault` `unknown-scope`. */
export async function findScope(store: Store, name: string): Promise<Scope> {
  const scope = await store.findScope(name);
  if (scope === undefined) throw new Fault("unknown-scope", `There is no organisation "${name}"`);
  return scope;
}

/** Finds what `OWNER/REPO` or `OWNER/*` names: the repository or account that a person named. Throws `Fault` `wrong-use` or `unknown-repository`. */
export async function findTarget(store: Store, text: string): Promise<GrantTarget> {
  const [owner, name, ...rest] = text.split("/");
  if (!owner || !name || rest.length > 0) {
    throw new Fault("wrong-use", `"${text}" is neither OWNER/REPO nor OWNER/*`);
  }
  if (name === "*") {
    const accountId = await store.accountId(owner);
    if (accountId === undefined) {
      throw new Fault("unknown-repository", `The app is not installed on the account "${owner}"`, {
        remedy: 'Install the GitHub App on the account first; "bifrost repo list" shows where it is installed',
      });
    }
    const repositories = (await store.repositories()).filter((repository) => repository.accountId === accountId);
    return { kind: "account", accountId, repositories };
  }
  return { kind: "repository", repository: await findRepository(store, text) };
}

/** Finds the repository that a person named as `OWNER/REPO`. Throws `Fault` `wrong-use` or `unknown-repository`. */
export async function findRepository(store: Store, text: string): Promise<Repository> {
  const [owner, name, ...rest] = text.split("/");
  if (!owner || !name || rest.length > 0) throw new Fault("wrong-use", `"${text}" is not OWNER/REPO`);
  const repository = await store.repositoryByName(owner, name);
  if (repository === undefined) throw new Fault("unknown-repository", `The app is not installed on "${text}"`);
  return repository;
}
