// Where GitHub delivers. Everything that the headers tell is checked before the body is read, and the body is believed
// only after its signature; what a delivery means is somebody else's business.
import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../errors.ts";
import type { HttpRequest, Route } from "./http.ts";
import type { RateLimits } from "./rate-limits.ts";

export interface DeliveryHeaders {
  /** GitHub's name of the event. */
  readonly event: string;
  /** GitHub's id of the event; the same in a redelivery. */
  readonly guid: string;
}

export interface WebhookRouteOptions {
  /** Default: `/api/github/webhooks`. */
  readonly path?: string;
  readonly limits: RateLimits;
  /** The GitHub App's id, which GitHub sends along with each of its deliveries. */
  readonly appId: string;
  /** Whether the header `X-Hub-Signature-256` signs these bytes. */
  verify(rawBody: Buffer, signatureHeader: string): Promise<boolean>;
  /**
   * Takes a verified delivery and resolves once everything it leads to is durable, with a word for the log. A `Fault`
   * becomes the answer, so that GitHub shows the delivery as failed.
   */
  accept(headers: DeliveryHeaders, rawBody: Buffer): Promise<{ readonly outcome: string }>;
}

// GitHub delivers nothing over 25 MB; 26 leave room for what it counts as a megabyte.
const bytesMax = 26 * 1024 * 1024;
// GitHub always names the length. A proxy may drop it, and then only ordinary deliveries pass: whoever holds no secret
// must not be able to fill the memory with bytes whose number nobody knew beforehand.
const unnamedBytesMax = 1024 * 1024;
// How many deliveries are read at one time of those who have sent many that were not signed.
const suspectsMax = 4;

/**
 * The route for webhooks. It answers 202 once `accept` has resolved. A delivery that is signed is taken however many there
 * are. Those that are not are counted, and whoever sends many of them is read a few at a time, so that what it costs to
 * find out is not felt by others.
 */
export function webhookRoute(options: WebhookRouteOptions): Route {
  const { limits } = options;
  let suspects = 0;

  /** Reads the body where it is signed. */
  const readSigned = async (request: HttpRequest, signature: string): Promise<Buffer> => {
    const body = await request.body({ bytesMax, unnamedBytesMax });
    if (await options.verify(body, signature)) return body;
    throw new Fault("signature-invalid", "The delivery's signature fits none of the webhook secrets");
  };

  const readSuspect = async (request: HttpRequest, signature: string, sender: string): Promise<Buffer> => {
    // Said in the words of the limit; a place may be free before.
    if (suspects >= suspectsMax) limits.take("forged", sender);
    suspects += 1;
    try {
      return await readSigned(request, signature);
    } finally {
      suspects -= 1;
    }
  };

  return {
    method: "POST",
    path: options.path ?? "/api/github/webhooks",
    async handler(request: HttpRequest) {
      const sender = senderOf(request, options.appId);
      try {
        const { headers, signature } = checkHeaders(request.headers);
        const isSuspect = limits.isSpent("forged", sender);
        const body = await (isSuspect ? readSuspect(request, signature, sender) : readSigned(request, signature));
        const { outcome } = await options.accept(headers, body);
        return { status: 202, body: { guid: headers.guid, outcome } };
      } catch (error) {
        if (error instanceof Fault && error.code === "signature-invalid") limits.take("forged", sender);
        throw error;
      }
    },
  };
}

/**
 * Whom a wrong signature is counted against. Anybody can have GitHub itself send deliveries here, by a webhook of their own
 * without our secret; GitHub then says that they are not the app's, and they do not count against the address from which the
 * app's come.
 */
function senderOf({ client, headers }: HttpRequest, appId: string): string {
  const target = headers["x-github-hook-installation-target-id"];
  // An id of a repository or an organisation says nothing of an app.
  const type = headers["x-github-hook-installation-target-type"] ?? "integration";
  return target === undefined || (target === appId && type === "integration") ? client : `${client}, for another app`;
}

function checkHeaders(headers: IncomingHttpHeaders): { headers: DeliveryHeaders; signature: string } {
  const mediaType = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new Fault("media-type-unsupported", "A delivery must be sent as application/json");
  }
  const signature = single(headers["x-hub-signature-256"]);
  if (signature === undefined || !/^sha256=[0-9a-f]{64}$/.test(signature)) {
    throw new Fault("signature-invalid", "The delivery carries no signature in X-Hub-Signature-256");
  }
  const event = single(headers["x-github-event"]);
  const guid = single(headers["x-github-delivery"]);
  // Both go into the delivery log, so neither may be of any length or hold anything but what GitHub puts there.
  if (event === undefined || !/^[a-z_]{1,64}$/.test(event) || guid === undefined || !/^[\w-]{1,64}$/.test(guid)) {
    throw new Fault("delivery-invalid", "The delivery lacks the header X-GitHub-Event or X-GitHub-Delivery");
  }
  return { headers: { event, guid }, signature };
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
