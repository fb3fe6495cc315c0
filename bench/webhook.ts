// A webhook acknowledged, 50 at a time and its job durable, against the bare middleware that forgets it at once; and how
// long it takes from there until a run sees what was pushed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import { deliver, pushBody, startBenchApp, webhookSecret } from "./deliveries.ts";
import { type Bench, contest, figure, percentile, timed } from "./measure.ts";
import { seeChangeBench } from "./see-change.ts";
import { startServers } from "./servers.ts";

const atOnce = 50;
const warmUps = 10;
const name = `a push acknowledged, ${atOnce} at a time, its job durable`;
const path = "/api/github/webhooks";

export const webhookBenches: readonly Bench[] = [
  contest({
    group: "webhook",
    name,
    against: "the bare @octokit/webhooks middleware with an empty handler",
    reach: 3,
    turns: 41,
    warmUps,
    per: atOnce,
    prepare: async () => {
      const servers = await startServers();
      const app = await startBenchApp({ servers, role: "web" });
      const webhooks = new Webhooks({ secret: webhookSecret });
      webhooks.on("push", () => {});
      const middleware = createServer(createNodeMiddleware(webhooks, { path }));
      await new Promise<void>((resolve) => middleware.listen(0, "127.0.0.1", resolve));
      const { port } = middleware.address() as AddressInfo;
      const bodies = Array.from({ length: atOnce }, (_, index) => pushBody({ id: 1 + index }));
      const deliverAll = (url: string) => Promise.all(bodies.map((body) => timed(() => deliver(url, body))));
      const tookMs: number[] = [];
      return {
        subject: async () => {
          tookMs.push(...(await deliverAll(`${app.url}${path}`)));
        },
        baseline: () => deliverAll(`http://127.0.0.1:${port}${path}`),
        rows: () => {
          const value = percentile(tookMs.slice(warmUps * atOnce), 0.99);
          return [figure({ group: "webhook", name: `${name}, 99th percentile`, value, unit: "ms", reach: 50 })];
        },
        close: async () => {
          middleware.closeAllConnections();
          middleware.close();
          await app.close();
          await servers.close();
        },
      };
    },
  }),
  seeChangeBench,
];
