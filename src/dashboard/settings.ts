// What the dashboard is told about the deployment that it belongs to.

export interface DashboardSettings {
  /** Where browsers reach the server, without a slash at its end: addresses that leave it are made from this. */
  readonly baseUrl: string;
  /** The root of GitHub's pages. */
  readonly githubServerUrl: string;
  /** Every process that serves the dashboard derives its keys from this; whoever holds it can read sessions. */
  readonly secret: string;
  /** GitHub users who see and change everything, by login in lower case or by id. */
  readonly operators: readonly string[];
}

/** Whether browsers reach the server over TLS, so that cookies may insist on it. */
export function isSecure(settings: DashboardSettings): boolean {
  return settings.baseUrl.startsWith("https:");
}
