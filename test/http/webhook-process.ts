// A server with the webhook route in a process of its own, so that its memory can be measured apart from its clients'.
import { pino } from "pino";
import { startHttpServer } from "../../src/http/server.ts";
import { webhookRoute } from "../../src/http/webhook-route.ts";
import { noLimits } from "./limits.ts";

const server = await startHttpServer({
  host: "127.0.0.1",
  port: 0,
  log: pino({ level: "silent" }),
  routes: [
    webhookRoute({
      limits: noLimits,
      appId: "7",
      verify: async () => false,
      accept: async () => ({ outcome: "queued" }),
    }),
    { method: "GET", path: "/memory", handler: async () => ({ status: 200, body: `${process.memoryUsage().rss}` }) },
  ],
});
process.stdout.write(server.url);
process.once("SIGTERM", () => void server.close());
