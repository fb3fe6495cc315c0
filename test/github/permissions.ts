// What an app may be allowed to do, by the names that the API gives it.

export type PermissionLevel = "read" | "write";
export type Permissions = Readonly<Record<string, PermissionLevel>>;

/** Whether permissions include a named one at a level; writing includes reading. */
export function allows(permissions: Permissions, name: string, level: PermissionLevel): boolean {
  // Every installation may read metadata: GitHub grants it with anything else.
  const held = permissions[name] ?? (name === "metadata" ? "read" : undefined);
  return held === "write" || held === level;
}

/** Whether every permission that is asked for is held. */
export function includesAll(held: Permissions, asked: Permissions): boolean {
  return Object.entries(asked).every(([name, level]) => allows(held, name, level));
}
