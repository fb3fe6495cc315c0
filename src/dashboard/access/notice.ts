// What a change did, told once on the page that it leads to. It travels in a cookie that only the server can have written
// for this session.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { DashboardSettings } from "../settings.ts";
import { readCookie, setCookie } from "./cookies.ts";
import type { Session } from "./session.ts";

const name = "bifrost_notice";
// The next page takes it away; one that is never opened should not tell of it tomorrow.
const shownSeconds = 60;

interface Parts {
  readonly settings: DashboardSettings;
}

/** The cookie that tells the next page. */
export function noticeCookie({ settings }: Parts, session: Session, text: string): string {
  const value = Buffer.from(text).toString("base64url");
  return setCookie(settings, name, `${value}.${sign(settings, session, value)}`, shownSeconds);
}

/** What the last change told, if anything. */
export function readNotice({ settings }: Parts, header: string | undefined, session: Session): string | undefined {
  const [value = "", signature = ""] = readCookie(settings, header, name)?.split(".") ?? [];
  const wanted = Buffer.from(sign(settings, session, value));
  const given = Buffer.from(signature);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return Buffer.from(value, "base64url").toString();
}

/** The cookie that takes a notice away. */
export function takenNotice({ settings }: Parts): string {
  return setCookie(settings, name, "", 0);
}

function sign(settings: DashboardSettings, session: Session, value: string): string {
  return createHmac("sha256", settings.secret).update(`notice ${session.id} ${value}`).digest("base64url");
}
