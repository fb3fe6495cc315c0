// The GitHub App: whether what is registered at GitHub is what the product needs, and whether webhooks arrive.
import type { AcceptedPermissions, AppFacts, SentDelivery, WebhookFacts } from "../github/app.ts";
import { missingPermissions, neededEvents, webhookPath } from "../workspace/app-needs.ts";
import { count } from "../workspace/markdown.ts";
import { answerOf, isSuccess, remedyOf } from "./attempt-words.ts";
import { type Finding, judged, ok, type Result } from "./examination.ts";

// GitHub refuses an identification that was issued in its future or lasts for over ten minutes. Ours is issued a minute
// back, so that is what a clock may be off by.
const clockDifferenceMsMax = 60_000;
// What failed longer ago was most likely mended since.
const recentMs = 24 * 3_600_000;

/** Whether identifications made by this clock are taken. Takes by how much GitHub's is ahead, in milliseconds. */
export function judgeClock(differenceMs: number): Result {
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  const findings: Finding[] = [];
  if (Math.abs(differenceMs) > clockDifferenceMsMax) {
    findings.push({
      what: `This machine's clock is ${seconds} s ${differenceMs > 0 ? "behind" : "ahead of"} GitHub's`,
      why: "GitHub refuses the app's identification where clocks differ by more than a minute: nothing can be synced",
      remedy: "Set the clock, and have it kept by NTP",
    });
  }
  return judged(findings, { ok: `${seconds} s from GitHub's`, wrong: `${seconds} s from GitHub's` });
}

/** Whether the app asks for every permission that `app.yml` lists. */
export function judgePermissions({ permissions }: AppFacts): Result {
  const missing = missingPermissions(permissions);
  const findings = missing.map((permission) => ({
    what: `The app lacks the permission "${permission}"`,
    why: "GitHub refuses what needs it: syncs or checks stop there",
    remedy: "Give it to the app in its settings under Permissions & events, and have each account accept it",
  }));
  return judged(findings, { ok: "All of app.yml", wrong: `${count(missing.length, "permission")} missing` });
}

/** Whether the app is subscribed to every event that `app.yml` lists. */
export function judgeEvents({ events }: AppFacts): Result {
  const missing = neededEvents.filter((event) => !events.includes(event));
  const findings = missing.map((event) => ({
    what: `The app is not subscribed to the event "${event}"`,
    why: "What it tells of is noticed late, or never",
    remedy: "Subscribe the app to it in its settings under Permissions & events",
  }));
  return judged(findings, { ok: "All of app.yml", wrong: `${count(missing.length, "event")} missing` });
}

/** Whether every account has accepted what the app needs. */
export function judgeAccepted(installations: readonly AcceptedPermissions[]): Result {
  if (installations.length === 0) {
    return judged(
      [
        {
          what: "The app is not installed on any account",
          why: "It sees no repository",
          remedy: "Install it from the app's page on the repositories that hold modules",
        },
      ],
      { ok: "", wrong: "None" },
    );
  }
  const findings = installations.flatMap(({ account, permissions, suspended }): Finding[] => {
    if (suspended) {
      return [
        {
          what: `The installation on ${account} is suspended`,
          why: "GitHub tells nothing of its repositories and answers nothing about them",
          remedy: `Lift it in the settings of ${account}, under GitHub Apps`,
        },
      ];
    }
    const missing = missingPermissions(permissions);
    if (missing.length === 0) return [];
    return [
      {
        what: `${account} has not accepted ${missing.map((permission) => `"${permission}"`).join(", ")}`,
        why: "GitHub refuses what needs it for the repositories of that account",
        remedy: `Have an owner of ${account} accept the app's new permissions in its settings, under GitHub Apps`,
      },
    ];
  });
  const summary = count(installations.length, "account");
  return judged(findings, { ok: summary, wrong: `${findings.length} of ${summary}` });
}

/** Whether GitHub is told where to send webhooks, and signs them. */
export function judgeWebhook(webhook: WebhookFacts): Result {
  const settings = "in the app's settings under General, Webhook";
  if (webhook.url === undefined) {
    return judged(
      [
        {
          what: "The app has no webhook URL",
          why: "GitHub tells nothing, so pushes and pull requests are noticed late, or never",
          remedy: `Set it ${settings} to the server's public address followed by ${webhookPath}`,
        },
      ],
      { ok: "", wrong: "Not set up" },
    );
  }
  const findings: Finding[] = [];
  if (URL.parse(webhook.url)?.pathname !== webhookPath) {
    findings.push({
      what: `The webhook URL ${webhook.url} does not end with ${webhookPath}`,
      why: "Deliveries go where nobody takes them, unless a proxy on the way changes the path",
      remedy: `Set it ${settings} to the server's public address followed by ${webhookPath}`,
    });
  }
  if (!webhook.hasSecret) {
    findings.push({
      what: "The webhook has no secret",
      why: "GitHub does not sign what it sends, and every delivery is refused",
      remedy: `Set a long random text ${settings}, and the same as WEBHOOK_SECRET`,
    });
  }
  if (webhook.contentType !== undefined && webhook.contentType !== "json") {
    findings.push({
      what: `The webhook's content type is "${webhook.contentType}"`,
      why: "Only JSON is taken: every delivery is refused",
      remedy: `Choose application/json ${settings}`,
    });
  }
  if (!webhook.verifiesCertificate) {
    findings.push({
      what: "GitHub does not check the certificate of the webhook's address",
      why: "Whoever is on the way can read what GitHub sends",
      remedy: `Enable SSL verification ${settings}`,
    });
  }
  return judged(findings, { ok: webhook.url, wrong: webhook.url });
}

/** Whether webhooks arrive. A delivery that a later attempt brought home is no finding. */
export function judgeDeliveries(deliveries: readonly SentDelivery[], now: Date): Result {
  const arrived = new Set(deliveries.filter(isSuccess).map(({ guid }) => guid));
  const recent = deliveries.filter(({ deliveredAt }) => now.getTime() - deliveredAt.getTime() <= recentMs);
  const lost = new Map(recent.filter(({ guid }) => !arrived.has(guid)).map((delivery) => [delivery.guid, delivery]));
  const byAnswer = Map.groupBy(lost.values(), answerOf);
  const findings = [...byAnswer].map(([answer, failed]): Finding => {
    const events = [...new Set(failed.map(({ event }) => event))].join(", ");
    return {
      what: `${count(failed.length, "delivery", "deliveries")} of the last day did not arrive (${events}): ${answer}`,
      why: "What they told of is noticed late",
      remedy: failed[0] ? remedyOf(failed[0]) : "",
    };
  });
  if (recent.length === 0) return ok("None in the last day");
  const all = count(new Set(recent.map(({ guid }) => guid)).size, "delivery", "deliveries");
  return judged(findings, { ok: `${all} of the last day arrived`, wrong: `${lost.size} of ${all} failed` });
}
