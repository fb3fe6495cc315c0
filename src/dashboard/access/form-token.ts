// Whether a form was sent from a page of this server by the person who was signed in when it was made.
import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../../errors.ts";

/**
 * Throws `Fault` `form-refused` where a form comes from another site, or does not bring the viewer's token. Browsers say
 * where a form comes from; the token holds also where one does not.
 */
export function checkForm(headers: IncomingHttpHeaders, sent: string | null, expected: string, baseUrl: string): void {
  const site = headers["sec-fetch-site"];
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  const { origin } = headers;
  // "null" is what a browser says that keeps it to itself.
  const isElsewhere = origin !== undefined && origin !== "null" && origin !== new URL(baseUrl).origin;
  if (isForeign || isElsewhere) throw new Fault("form-refused", "The form was sent from another site");
  const [given, wanted] = [Buffer.from(sent ?? ""), Buffer.from(expected)];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new Fault("form-refused", "The form is older than this session");
  }
}
