// Accounts, installations and repositories as GitHub's answers and payloads spell them, and as the product does.
import { z } from "zod";
import type { Installation, RepositoryFacts } from "../workspace/repository.ts";

// An enterprise's account has a slug where all others have a login.
const account = z.object({
  id: z.int(),
  login: z.string().optional(),
  slug: z.string().optional(),
  type: z.string().optional(),
});

export const installationAnswer = z.object({
  id: z.int(),
  account,
  target_type: z.string(),
  suspended_at: z.union([z.string(), z.number()]).nullish(),
});

export const repositoryAnswer = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ id: z.int(), login: z.string() }),
  default_branch: z.string(),
  private: z.boolean(),
  archived: z.boolean(),
});

/** Gives an installation in the product's words. */
export function readInstallation(answer: z.infer<typeof installationAnswer>): Installation {
  return {
    id: answer.id,
    accountId: answer.account.id,
    accountLogin: answer.account.login ?? answer.account.slug ?? "",
    accountType: answer.target_type === "User" ? "User" : "Organization",
    suspended: answer.suspended_at !== null && answer.suspended_at !== undefined,
  };
}

/** Gives a repository's facts in the product's words. GitHub does not name the installation in them. */
export function readRepository(answer: z.infer<typeof repositoryAnswer>, installationId: number): RepositoryFacts {
  return {
    id: answer.id,
    installationId,
    accountId: answer.owner.id,
    owner: answer.owner.login,
    name: answer.name,
    defaultBranch: answer.default_branch,
    private: answer.private,
    archived: answer.archived,
  };
}
