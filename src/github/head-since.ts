// Whether a branch has moved since it was last looked at. GitHub answers such a question without counting it against the
// hourly budget as long as nothing has moved, so every repository can be asked about often.
import { z } from "zod";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { HeadAnswer, RepositoryAddress } from "./github.ts";

const refAnswer = z.object({ object: z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) }) });

/** Asks for a branch's head with the mark of the last answer. */
export async function readHeadSince(
  connection: Connection,
  address: RepositoryAddress,
  branch: string,
  etag: string | null,
): Promise<HeadAnswer> {
  // One token for all repositories of the installation: a token each would cost as many requests as are saved here.
  const octokit = connection.as({ installationId: address.installationId, purpose: "contents" });
  try {
    const answer = await octokit.rest.git.getRef({
      owner: address.owner,
      repo: address.name,
      ref: `heads/${branch}`,
      ...(etag !== null && { headers: { "if-none-match": etag } }),
    });
    const { object } = read(`the branch ${branch}`, refAnswer, answer.data);
    return { kind: "head", sha: object.sha, etag: answer.headers.etag ?? null };
  } catch (error) {
    if (answeredWith(error, 304)) return { kind: "unchanged" };
    // Empty, renamed or out of reach: whoever looks closer finds out which.
    if (answeredWith(error, 404, 409)) return { kind: "head", sha: null, etag: null };
    throw error;
  }
}
