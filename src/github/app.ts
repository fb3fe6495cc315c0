// The app as GitHub has it registered: who it is, what it may do, where its webhooks go and what became of the last of
// them, of which one can be sent again. What is wrong with it is judged elsewhere.
import { z } from "zod";
import { Fault } from "../errors.ts";
import { answeredWith, read } from "./answer.ts";
import type { Connection } from "./connection.ts";
import { redeliver } from "./sent-deliveries.ts";
import { signingSecret } from "./signature.ts";

export interface AppFacts {
  readonly slug: string;
  /** The address of its page on GitHub, from which it is installed. */
  readonly pageUrl: string;
  /** The id of the client that people sign in with; undefined on servers that do not tell. */
  readonly clientId: string | undefined;
  /** Permissions that the app asks for, by name. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface WebhookFacts {
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly hasSecret: boolean;
  /** Whether GitHub checks the certificate of the address. */
  readonly verifiesCertificate: boolean;
}

/** One attempt to deliver a webhook. */
export interface SentDelivery {
  /** Of this attempt alone; undefined on servers whose ids are larger than can be asked for. */
  readonly id: number | undefined;
  /** Shared by all attempts to deliver the same. */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: Date;
  /** What the address answered with, 0 where nobody did. */
  readonly statusCode: number;
  /** What became of it in GitHub's words, such as `OK` or `timed out`. */
  readonly status: string;
}

export interface AcceptedPermissions {
  readonly account: string;
  readonly suspended: boolean;
  /** Permissions that the account has accepted, by name. */
  readonly permissions: Readonly<Record<string, string>>;
}

/** The app's own view of itself. Every method throws `Fault` with a `github-…` code where GitHub will not answer. */
export interface GitHubApp {
  /** By how much GitHub's clock is ahead of ours, in milliseconds, to the second that GitHub's answers are written to. */
  clockDifferenceMs(): Promise<number>;
  facts(): Promise<AppFacts>;
  webhook(): Promise<WebhookFacts>;
  /** The newest hundred attempts, newest first. */
  deliveries(): Promise<SentDelivery[]>;
  /** Has an attempt's delivery sent again; gives false where GitHub will not, as it does after some days. */
  redeliver(deliveryId: number): Promise<boolean>;
  /**
   * Which of these secrets an attempt was signed with, as an index. `unsigned` where it had no signature, `unknown` where
   * none of them made it: or GitHub shows the payload in another spelling than it sent.
   */
  signingSecret(deliveryId: number, secrets: readonly string[]): Promise<number | "unsigned" | "unknown">;
  accepted(): Promise<AcceptedPermissions[]>;
}

const permissions = z.record(z.string(), z.string());
const appAnswer = z.object({
  slug: z.string(),
  html_url: z.url(),
  client_id: z.string().optional(),
  permissions,
  events: z.array(z.string()),
});
const webhookAnswer = z.object({
  url: z.string().optional(),
  content_type: z.string().optional(),
  secret: z.string().nullish(),
  insecure_ssl: z.union([z.string(), z.number()]).optional(),
});
const deliveryAnswer = z.object({
  id: z.number(),
  guid: z.string(),
  event: z.string(),
  delivered_at: z.string(),
  status: z.string(),
  status_code: z.int(),
});
const requestAnswer = z.object({
  request: z.object({
    headers: z.record(z.string(), z.unknown()).nullable(),
    payload: z.record(z.string(), z.unknown()).nullable(),
  }),
});
const installationAnswer = z.object({
  account: z.object({ login: z.string().optional(), slug: z.string().optional() }),
  permissions,
  suspended_at: z.string().nullish(),
});

const clockTimeoutMs = 10_000;
// The most that GitHub gives at once.
const pageSize = 100;

/** The app behind a connection. `apiUrl` is the API's root. */
export function openApp(connection: Connection, apiUrl: string): GitHubApp {
  return {
    clockDifferenceMs: () => clockDifferenceMs(apiUrl),
    async facts() {
      try {
        const { data } = await connection.asApp().rest.apps.getAuthenticated();
        const { html_url: pageUrl, client_id: clientId, ...rest } = read("the app", appAnswer, data);
        return { ...rest, pageUrl, clientId };
      } catch (error) {
        // 404 where there is no app of this id, 401 where the key is not its own.
        if (!answeredWith(error, 401, 404)) throw error;
        throw new Fault("github-rejected", error.message, {
          cause: error,
          remedy:
            "Check that APP_ID and PRIVATE_KEY belong to each other, that neither was deleted, and that GITHUB_API_URL leads to where the app is registered",
        });
      }
    },
    async webhook() {
      const { data } = await connection.asApp().rest.apps.getWebhookConfigForApp();
      const answer = read("the app's webhook", webhookAnswer, data);
      return {
        url: answer.url || undefined,
        contentType: answer.content_type,
        hasSecret: Boolean(answer.secret),
        verifiesCertificate: `${answer.insecure_ssl ?? 0}` === "0",
      };
    },
    async deliveries() {
      const { data } = await connection.asApp().rest.apps.listWebhookDeliveries({ per_page: pageSize });
      return read("the app's deliveries", z.array(deliveryAnswer), data).map((answer) => ({
        id: Number.isSafeInteger(answer.id) ? answer.id : undefined,
        guid: answer.guid,
        event: answer.event,
        deliveredAt: new Date(answer.delivered_at),
        statusCode: answer.status_code,
        status: answer.status,
      }));
    },
    redeliver: (deliveryId) => redeliver(connection, deliveryId),
    async signingSecret(deliveryId, secrets) {
      const { data } = await connection.asApp().rest.apps.getWebhookDelivery({ delivery_id: deliveryId });
      const { headers, payload } = read("a delivery", requestAnswer, data).request;
      const [, signature] =
        Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "x-hub-signature-256") ?? [];
      if (typeof signature !== "string") return headers === null ? "unknown" : "unsigned";
      return (await signingSecret(secrets, Buffer.from(JSON.stringify(payload)), signature)) ?? "unknown";
    },
    async accepted() {
      const octokit = connection.asApp();
      const found = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: pageSize });
      return read("the app's installations", z.array(installationAnswer), found).map((answer) => ({
        account: answer.account.login ?? answer.account.slug ?? "",
        suspended: Boolean(answer.suspended_at),
        permissions: answer.permissions,
      }));
    },
  };
}

/** Asks without a token, as a wrong clock is a reason for GitHub to refuse one. */
async function clockDifferenceMs(apiUrl: string): Promise<number> {
  const askedAt = Date.now();
  let response: Response;
  try {
    response = await fetch(`${apiUrl}/`, { redirect: "manual", signal: AbortSignal.timeout(clockTimeoutMs) });
    await response.body?.cancel();
  } catch {
    throw new Fault("github-unavailable", `Nobody answers at ${apiUrl}`, {
      remedy: "Check GITHUB_API_URL, and that this machine may reach it: names, proxies, firewalls, certificates",
    });
  }
  const date = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(date))
    throw new Fault("github-unavailable", `What answers at ${apiUrl} does not say what time it is`);
  // The answer was written somewhere between question and answer.
  return date - (askedAt + Date.now()) / 2;
}
