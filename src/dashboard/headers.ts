// The headers of every page: what a browser may do with it, and what nobody may do to it.
import type { DashboardSettings } from "./settings.ts";
import { isSecure } from "./settings.ts";

/** Nothing is loaded from elsewhere, nothing runs that stands in a page, nobody frames it, and forms go here. */
export function pageHeaders(settings: DashboardSettings): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    // Addresses name organisations and files, which are nobody else's business.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    ...(isSecure(settings) && { "strict-transport-security": "max-age=31536000" }),
  };
}

/** The headers of a file as it is: nothing of it is run, loaded or shown as anything but text. */
export const textHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
};
