// What the GitHub App must be allowed and told: app.yml asks GitHub for exactly this, and a running app can be held
// against it.

const permissionLevels = ["read", "write", "admin"] as const;
type PermissionLevel = (typeof permissionLevels)[number];

/** Permissions by GitHub's names for them, each with the least level that the product needs. */
export const neededPermissions: Readonly<Record<string, PermissionLevel>> = {
  metadata: "read",
  contents: "read",
  pull_requests: "read",
  merge_queues: "read",
  checks: "write",
};

/** Events that the app must be subscribed to. Those of its installations come by themselves. */
export const neededEvents = ["push", "pull_request", "merge_group", "check_run", "check_suite", "repository"] as const;

/** Where webhooks arrive, from the root of the server. */
export const webhookPath = "/api/github/webhooks";

/** Where GitHub leads people back to when they have signed in, from the root of the server. */
export const callbackPath = "/login/callback";

/** The permissions that are missing or too low among those that were given, as `name: level`. */
export function missingPermissions(given: Readonly<Record<string, string>>): string[] {
  const levels: readonly (string | undefined)[] = permissionLevels;
  const rank = (level: string | undefined) => levels.indexOf(level);
  return Object.entries(neededPermissions)
    .filter(([name, level]) => rank(given[name]) < rank(level))
    .map(([name, level]) => `${name}: ${level}`);
}
