// Whether a form was sent from a page of this server by the person who was signed in when it was made.
import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../../errors.ts";
import type { HttpRequest } from "../../http/http.ts";
import { formTokenField } from "../parts/form.ts";

/** The most that a form of the dashboard holds is a few fields. */
const formBytesMax = 64 * 1024;

/**
 * Reads a form that a viewer sent. Throws `Fault` `form-refused` where it comes from another site, or does not bring the
 * viewer's token. Browsers say where a form comes from; the token holds also where one does not.
 */
export async function readForm(request: HttpRequest, token: string, baseUrl: string): Promise<URLSearchParams> {
  checkOrigin(request.headers, baseUrl);
  const form = new URLSearchParams((await request.body({ bytesMax: formBytesMax })).toString());
  const [given, wanted] = [Buffer.from(form.get(formTokenField) ?? ""), Buffer.from(token)];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new Fault("form-refused", "The form is older than this session");
  }
  return form;
}

/** Throws `Fault` `form-refused` where a browser says that a form comes from another site. */
function checkOrigin(headers: IncomingHttpHeaders, baseUrl: string): void {
  const site = headers["sec-fetch-site"];
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  const { origin } = headers;
  // "null" is what a browser says that keeps it to itself.
  const isElsewhere = origin !== undefined && origin !== "null" && origin !== new URL(baseUrl).origin;
  if (isForeign || isElsewhere) throw new Fault("form-refused", "The form was sent from another site");
}
