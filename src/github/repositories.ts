// Installations and repositories as the app sees them. Ids decide: a name that leads to another repository is stale.
import { z } from "zod";
import type { Installation, RepositoryFacts } from "../workspace/repository.ts";
import { installationAnswer, readInstallation, readRepository, repositoryAnswer } from "./account.ts";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { RepositoryAddress, RepositoryRole } from "./github.ts";
import { Refusal } from "./refusal.ts";

// The most that GitHub gives at once.
const pageSize = 100;

/** Every account that has the app installed. */
export async function listInstallations(connection: Connection): Promise<Installation[]> {
  const octokit = connection.asApp();
  const found = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: pageSize });
  return read("the app's installations", z.array(installationAnswer), found).map(readInstallation);
}

/** Every repository that an installation may reach. */
export async function listRepositories(connection: Connection, installationId: number): Promise<RepositoryFacts[]> {
  const octokit = connection.as({ installationId, purpose: "listing" });
  const found = await octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: pageSize });
  return read(`installation ${installationId}`, z.array(repositoryAnswer), found).map((answer) =>
    readRepository(answer, installationId),
  );
}

/** Present facts of a repository, whatever it is called by now; `undefined` where the app cannot see it any more. */
export async function findRepository(
  connection: Connection,
  address: RepositoryAddress,
): Promise<RepositoryFacts | undefined> {
  const { id, installationId, owner, name } = address;
  try {
    const octokit = connection.as({ installationId, repositoryId: id, purpose: "contents" });
    const { data } = await octokit.rest.repos.get({ owner, repo: name });
    const answer = read(`${owner}/${name}`, repositoryAnswer, data);
    if (answer.id === id) return readRepository(answer, installationId);
  } catch (error) {
    if (!isOutOfSight(error) && !answeredWith(error, 404)) throw error;
    if (isOutOfSight(error)) return undefined;
  }
  // The name was given away: either it leads elsewhere or nowhere.
  const all = await listRepositories(connection, installationId);
  return all.find((repository) => repository.id === id);
}

const permissionAnswer = z.object({
  permission: z.enum(["none", "read", "write", "admin"]),
  user: z.object({ id: z.int() }).nullish(),
});

/** What a user may do in a repository, by GitHub's older words, to which it reduces every other role. */
export async function readRole(
  connection: Connection,
  address: RepositoryAddress,
  { id, login }: { readonly id: number; readonly login: string },
): Promise<RepositoryRole> {
  const octokit = connection.as({
    installationId: address.installationId,
    repositoryId: address.id,
    purpose: "listing",
  });
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      owner: address.owner,
      repo: address.name,
      username: login,
    });
    const { permission, user } = read(`the permission of ${login}`, permissionAnswer, data);
    return user?.id === id ? permission : "none";
  } catch (error) {
    if (answeredWith(error, 404)) return "none";
    throw error;
  }
}

/**
 * GitHub gives no token for the repository: 404 where the installation is gone, 422 where the repository is not (or no
 * longer) part of it. A 422 for a permission that nobody accepted is another matter.
 */
function isOutOfSight(error: unknown): boolean {
  return error instanceof Refusal && (error.code === "installation-removed" || error.code === "repository-unreachable");
}
