// GitHub's own log of what it sent to the app's webhook, as far as it failed, and the request to send it again. GitHub
// never tries again by itself.
import { z } from "zod";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { FailedAttempts } from "./github.ts";

const attemptsAnswer = z.array(
  z.object({
    // Larger than a JavaScript number can tell apart on some servers: those cannot be asked for, and are left out.
    id: z.number(),
    guid: z.string(),
    event: z.string(),
    delivered_at: z.iso.datetime({ offset: true }),
    installation_id: z.number().nullish(),
  }),
);

// The most that GitHub gives at once.
const pageSize = 100;

/** One page of failed attempts, newest first. */
export async function listFailedDeliveries(
  connection: Connection,
  cursor: string | undefined,
): Promise<FailedAttempts> {
  const answer = await connection.asApp().rest.apps.listWebhookDeliveries({
    per_page: pageSize,
    status: "failure",
    ...(cursor !== undefined && { cursor }),
  });
  const attempts = read("the log of deliveries", attemptsAnswer, answer.data);
  return {
    attempts: attempts
      .filter(({ id }) => Number.isSafeInteger(id))
      .map(({ id, guid, event, delivered_at, installation_id }) => ({
        guid,
        deliveryId: id,
        event,
        installationId: installation_id ?? null,
        failedAt: new Date(delivered_at),
      })),
    nextCursor: nextCursor(answer.headers.link),
  };
}

/** Asks GitHub to send an attempt's delivery again; gives false where it will not, as it does after some days. */
export async function redeliver(connection: Connection, deliveryId: number): Promise<boolean> {
  try {
    await connection.asApp().rest.apps.redeliverWebhookDelivery({ delivery_id: deliveryId });
    return true;
  } catch (error) {
    if (answeredWith(error, 400, 404, 410, 422)) return false;
    throw error;
  }
}

function nextCursor(link: string | undefined): string | undefined {
  const address = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return (address && URL.parse(address)?.searchParams.get("cursor")) || undefined;
}
