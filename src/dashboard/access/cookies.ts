// Cookies as this server reads and writes them.
import { type DashboardSettings, isSecure } from "../settings.ts";

/** The name of a cookie: over TLS with the prefix by which browsers refuse one that another host or path has set. */
function cookieName(settings: DashboardSettings, name: string): string {
  return isSecure(settings) ? `__Host-${name}` : name;
}

/** A cookie that scripts cannot read and that other sites' forms do not bring along. 0 seconds take it away. */
export function setCookie(settings: DashboardSettings, name: string, value: string, maxAgeSeconds: number): string {
  const secure = isSecure(settings) ? "; Secure" : "";
  return `${cookieName(settings, name)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** A cookie of a request; `undefined` where it brought none of that name, or several. */
export function readCookie(settings: DashboardSettings, header: string | undefined, name: string): string | undefined {
  const begin = `${cookieName(settings, name)}=`;
  const found = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(begin));
  return found.length === 1 ? found[0]?.slice(begin.length) : undefined;
}
