// Webhook deliveries: signs, sends and remembers them, and lets a test hold them back, reorder, repeat or lose them.
// What is in them is payloads/'s business.
import { createHmac, randomUUID } from "node:crypto";
import { description } from "./openapi.ts";
import type { RegisteredApp } from "./registered-app.ts";
import { isJsonObject, type JsonObject } from "./schema.ts";

/** What is about to be told to an app. */
export interface Announcement {
  readonly app: RegisteredApp;
  readonly event: string;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: JsonObject;
}

/** One attempt to deliver. A redelivery is another attempt with the same guid. */
export interface Delivery extends Announcement {
  readonly id: number;
  readonly guid: string;
  readonly action: string | null;
  readonly redelivery: boolean;
  /** The exact body that was signed. */
  readonly body: string;
  /** `held`: not sent yet. `lost`: never sent, and GitHub's own log does not show it. */
  state: "held" | "sent" | "lost";
  url: string;
  deliveredAt: Date;
  durationMs: number;
  /** 0 until it was sent, and where nobody answered. */
  statusCode: number;
  status: string;
  requestHeaders: Readonly<Record<string, string>>;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}

export type DeliveryFilter = (delivery: Delivery) => boolean;

/** GitHub waits this long for an answer. */
const answerTimeoutMs = 10_000;

export class Deliveries {
  /** Every attempt, oldest first, with those held back and lost. */
  readonly log: Delivery[] = [];
  readonly #violations: string[];
  readonly #losses: { readonly filter: DeliveryFilter; left: number }[] = [];
  #holds: DeliveryFilter | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #nextId = 90_000_001;

  constructor(violations: string[]) {
    this.#violations = violations;
  }

  /** Sends after all that came before and resolves once it is answered; at once where it is held or lost. */
  async announce(announcement: Announcement): Promise<Delivery | undefined> {
    // An app without a webhook is told nothing, and its log shows nothing.
    if (announcement.app.webhookUrl === undefined) return undefined;
    const { event, payload } = announcement;
    const action = typeof payload.action === "string" ? payload.action : undefined;
    this.#violations.push(
      ...description()
        .payloadProblems(event, action, payload)
        .map((problem) => `${event}: ${problem}`),
    );
    const delivery = this.#record(announcement, randomUUID(), JSON.stringify(payload), false);
    const loss = this.#losses.find(({ filter, left }) => left > 0 && filter(delivery));
    if (loss !== undefined) {
      loss.left--;
      delivery.state = "lost";
    } else if (this.#holds?.(delivery) !== true) {
      await this.send(delivery);
    }
    return delivery;
  }

  /** From now on keeps back the deliveries that match; all of them without a filter. */
  hold(filter: DeliveryFilter = () => true): void {
    this.#holds = filter;
  }

  get held(): Delivery[] {
    return this.log.filter(({ state }) => state === "held");
  }

  /** Holds no more back, and sends what is held in the order that `order` puts it in; what it leaves out stays held. */
  async release(order: (held: Delivery[]) => Delivery[] = (held) => held): Promise<Delivery[]> {
    this.#holds = undefined;
    const chosen = order(this.held);
    for (const delivery of chosen) await this.send(delivery);
    return chosen;
  }

  /** Loses the next deliveries that match: they are never sent, and the API does not list them. */
  drop(filter: DeliveryFilter = () => true, times = 1): void {
    this.#losses.push({ filter, left: times });
  }

  /** Delivers once more under the same guid, as the button and the API do. Gives the new attempt, answered. */
  async redeliver(guid: string): Promise<Delivery> {
    const original = this.log.find((delivery) => delivery.guid === guid);
    if (original === undefined) throw new Error(`Cannot redeliver as there is no delivery ${guid}`);
    const again = this.#record(original, guid, original.body, true);
    await this.send(again);
    return again;
  }

  /** Sends a delivery now, behind those under way. Sending one twice delivers it twice. */
  send(delivery: Delivery): Promise<void> {
    const sent = this.#tail.then(() => attempt(delivery));
    this.#tail = sent;
    return sent;
  }

  /** Resolves once nothing is under way any more. */
  async settled(): Promise<void> {
    for (let tail: unknown; tail !== this.#tail; ) {
      tail = this.#tail;
      await tail;
    }
  }

  #record(announcement: Announcement, guid: string, body: string, redelivery: boolean): Delivery {
    const { app, event, installationId, repositoryId, payload } = announcement;
    const delivery: Delivery = {
      ...{ app, event, installationId, repositoryId, payload, guid, body, redelivery },
      id: this.#nextId++,
      action: isJsonObject(payload) && typeof payload.action === "string" ? payload.action : null,
      state: "held",
      url: app.webhookUrl ?? "",
      deliveredAt: new Date(),
      durationMs: 0,
      statusCode: 0,
      status: "pending",
      requestHeaders: headersOf(announcement, guid, body),
      responseHeaders: {},
      responseBody: "",
    };
    this.log.push(delivery);
    return delivery;
  }
}

function headersOf({ app, event }: Announcement, guid: string, body: string): Record<string, string> {
  const sign = (algorithm: string) => createHmac(algorithm, app.webhookSecret).update(body).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/0b1f05e",
    "x-github-delivery": guid,
    "x-github-event": event,
    "x-github-hook-id": String(app.hookId),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    ...(app.webhookSecret === ""
      ? {}
      : { "x-hub-signature": `sha1=${sign("sha1")}`, "x-hub-signature-256": `sha256=${sign("sha256")}` }),
  };
}

async function attempt(delivery: Delivery): Promise<void> {
  const startedAt = performance.now();
  delivery.state = "sent";
  delivery.deliveredAt = new Date();
  delivery.url = delivery.app.webhookUrl ?? delivery.url;
  try {
    const response = await fetch(delivery.url, {
      method: "POST",
      headers: delivery.requestHeaders,
      body: delivery.body,
      redirect: "manual",
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    delivery.responseBody = await response.text();
    delivery.responseHeaders = Object.fromEntries(response.headers);
    delivery.statusCode = response.status;
    delivery.status = response.statusText || (response.ok ? "OK" : "Invalid HTTP Response");
  } catch (error) {
    delivery.status = statusOf(error);
    delivery.statusCode = 0;
  }
  delivery.durationMs = performance.now() - startedAt;
}

/** What GitHub's log says of an attempt that nobody answered. */
function statusOf(error: unknown): string {
  if (!(error instanceof Error)) return "failed to connect to host";
  if (error.name === "TimeoutError") return "timed out";
  const code = error.cause instanceof Error && "code" in error.cause ? `${error.cause.code}` : "";
  if (code === "ECONNREFUSED") return "failed to connect to network";
  if (/CERT|SELF_SIGNED/.test(code)) return "peer certificate cannot be authenticated with given CA certificates";
  return "failed to connect to host";
}
