// A repository's tags, each with the commit that it leads to, whether it is annotated or not.
import { z } from "zod";
import type { Tag } from "../workspace/release.ts";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { contentsOf } from "./git.ts";
import type { RepositoryAddress } from "./github.ts";

const tagsAnswer = z.array(
  z.object({ name: z.string(), commit: z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) }) }),
);

// The most that GitHub gives at once.
const pageSize = 100;

/** Every tag; none where the repository is empty. One request for each hundred. */
export async function listTags(connection: Connection, address: RepositoryAddress): Promise<Tag[]> {
  const octokit = contentsOf(connection, address);
  const where = { owner: address.owner, repo: address.name, per_page: pageSize };
  try {
    const found = await octokit.paginate(octokit.rest.repos.listTags, where);
    const tags = read(`the tags of ${address.owner}/${address.name}`, tagsAnswer, found);
    return tags.map(({ name, commit }) => ({ name, commit: commit.sha }));
  } catch (error) {
    if (answeredWith(error, 404, 409)) return [];
    throw error;
  }
}
