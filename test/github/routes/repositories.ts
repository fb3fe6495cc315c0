// Repositories themselves, and what people may do in them.
import { simpleUser } from "../answers/account.ts";
import { fullRepository } from "../answers/repository.ts";
import { json, type Route } from "../exchange.ts";
import { notFound } from "../refusal.ts";
import type { Role } from "../repository.ts";

// GitHub's older word for a role: it knows no maintainers and no triage.
const permissionOf: Readonly<Record<Role, string>> = {
  admin: "admin",
  maintain: "write",
  write: "write",
  triage: "read",
  read: "read",
  none: "none",
};

export const repositoryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/repos/{owner}/{repo}",
    access: { as: "installation" },
    answer: ({ repository }) => json(fullRepository(repository)),
  },
  {
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    access: { as: "installation" },
    answer: ({ github, repository, path }) => {
      const user = github.accountNamed(path.username ?? "");
      if (user === undefined || user.type !== "User") throw notFound();
      const role = repository.roleOf(user);
      const permissions = repository.permissionsOf(user);
      return json({
        permission: permissionOf[role],
        user: { ...simpleUser(user), permissions, role_name: role },
        role_name: role,
      });
    },
  },
];
