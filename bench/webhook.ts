// A webhook acknowledged, 50 at a time and its job durable, against the bare middleware that forgets it at once.
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { readConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { startApp } from "../src/main.ts";
import type { Bench } from "./measure.ts";
import { startServers } from "./servers.ts";

// The package's types do not describe what its JSON is when imported as a module.
const published = examples as unknown as readonly {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}[];
const secret = "the secret of the bench";
const atOnce = 50;

export const webhookBenches: readonly Bench[] = [
  {
    group: "webhook",
    name: `a push acknowledged, ${atOnce} at a time, its job durable`,
    against: "the bare @octokit/webhooks middleware with an empty handler",
    reach: null,
    turns: 21,
    warmUps: 5,
    per: atOnce,
    prepare: async () => {
      const servers = await startServers();
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const config = readConfig({
        APP_ID: "1",
        PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
        WEBHOOK_SECRET: secret,
        BIFROST_DATABASE_URL: servers.databaseUrl,
        BIFROST_REDIS_URL: servers.redisUrl,
        HOST: "127.0.0.1",
        PORT: "0",
      });
      const app = await startApp(config, "web", createLog("error"));

      const webhooks = new Webhooks({ secret });
      webhooks.on("push", () => {});
      const middleware = createServer(createNodeMiddleware(webhooks, { path: "/api/github/webhooks" }));
      await new Promise<void>((resolve) => middleware.listen(0, "127.0.0.1", resolve));
      const { port } = middleware.address() as AddressInfo;
      return {
        subject: () => deliver(`${app.url}/api/github/webhooks`),
        baseline: () => deliver(`http://127.0.0.1:${port}/api/github/webhooks`),
        close: async () => {
          middleware.closeAllConnections();
          middleware.close();
          await app.close();
          await servers.close();
        },
      };
    },
  },
];

/** A push to the default branch of one of a hundred repositories, as GitHub sends it. */
function body(index: number): string {
  const push = published.find(({ name }) => name === "push")?.examples[0];
  const repository = { ...(push?.repository as object), id: 1 + (index % 100), default_branch: "main" };
  return JSON.stringify({ ...push, ref: "refs/heads/main", deleted: false, repository, installation: { id: 1 } });
}

const bodies = Array.from({ length: atOnce }, (_, index) => body(index));

async function deliver(url: string): Promise<void> {
  await Promise.all(
    bodies.map(async (text) => {
      const answer = await fetch(url, {
        method: "POST",
        body: text,
        headers: {
          "content-type": "application/json",
          "x-github-event": "push",
          "x-github-delivery": randomUUID(),
          "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`,
        },
      });
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }),
  );
}
