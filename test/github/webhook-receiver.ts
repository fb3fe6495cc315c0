// A web server that takes webhooks as an app does, remembers them and answers what it is told to.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedWebhook {
  readonly event: string;
  readonly guid: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly url: string;
  /** What arrived, oldest first. */
  readonly received: ReceivedWebhook[];
  /** The status to answer with. */
  status: number;
  close(): Promise<void>;
}

/** Starts a receiver on a free port of loopback. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = request.headers as Record<string, string>;
    receiver.received.push({
      event: headers["x-github-event"] ?? "",
      guid: headers["x-github-delivery"] ?? "",
      headers,
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(receiver.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`,
    received: [],
    status: 202,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
