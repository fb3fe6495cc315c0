// A repository that is bound to an organisation of its own, for one bench.
import type { Store } from "../src/store/store.ts";
import type { RepositoryFacts } from "../src/workspace/repository.ts";
import { type Scope, scopeOf } from "../src/workspace/scope.ts";

let repositories = 0;

export interface BoundRepository {
  readonly facts: RepositoryFacts;
  readonly scope: Scope;
  readonly slug: string;
}

/** Makes an organisation, a repository and the grant between them. */
export async function createBoundRepository(store: Store): Promise<BoundRepository> {
  repositories += 1;
  const slug = `bench-${repositories}`;
  const scope = scopeOf(await store.createOrganization(slug, slug, "bench"));
  const facts: RepositoryFacts = {
    id: repositories,
    installationId: 1,
    accountId: 1,
    owner: "bench",
    name: slug,
    defaultBranch: "main",
    private: true,
    archived: false,
  };
  await store.saveInstallation({
    id: 1,
    accountId: 1,
    accountLogin: "bench",
    accountType: "Organization",
    suspended: false,
  });
  await store.saveRepositories([facts]);
  await store.addGrant({ scope, kind: "repository", repositoryId: facts.id }, "bench");
  return { facts, scope, slug };
}
