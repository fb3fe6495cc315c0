// What GitHub saw when it tried to deliver a webhook, and what to do about it, in plain words.
import type { SentDelivery } from "../github/app.ts";
import { webhookPath } from "../workspace/app-needs.ts";

/** How an attempt went, as far as words depend on it. */
type Attempt = Pick<SentDelivery, "statusCode" | "status">;

/** Whether the address took the delivery, by GitHub's own rule. */
export function isSuccess({ statusCode }: Attempt): boolean {
  return statusCode >= 200 && statusCode < 400;
}

interface Words {
  /** In GitHub's words for it; a pattern, as letters and details differ between servers. */
  readonly said: RegExp;
  readonly saw: string;
  readonly remedy: string;
}

const reachable = "from the internet: GET /meta of GitHub's API lists under hooks where it sends from";

// GitHub's own names for what it could not do, from "Troubleshooting webhooks" in its documentation. The rest are what its
// Enterprise Server says besides.
const unanswered: readonly Words[] = [
  {
    said: /certificate|x509|ssl|tls/i,
    saw: "the address's certificate is not one that GitHub trusts",
    remedy:
      "Have the address send a certificate of a public authority with its whole chain: openssl s_client -connect HOST:443 shows it",
  },
  {
    said: /timed? ?out/i,
    saw: "nobody answered in time",
    remedy: `Check that the server runs and is not overloaded, and that no firewall drops what comes ${reachable}`,
  },
  {
    said: /connect to network|refused/i,
    saw: "the connection was refused",
    remedy: "Check that the server runs, that the address's port leads to it, and that it lets GitHub in",
  },
  {
    said: /connect to host|resolve|lookup|no such host/i,
    saw: "the address's host was not found, or cannot be reached",
    remedy: `Check that its name leads to the server in public DNS, and that it can be reached ${reachable}`,
  },
];

/** What GitHub saw, as the end of a sentence. */
export function answerOf(attempt: Attempt): string {
  if (attempt.statusCode !== 0) return `answered with status ${attempt.statusCode}`;
  return wordsOf(attempt)?.saw ?? "nobody answered";
}

/** What to do about an attempt that failed. */
export function remedyOf(attempt: Attempt): string {
  const { statusCode } = attempt;
  if (statusCode === 0) {
    return wordsOf(attempt)?.remedy ?? "Check that the server runs, and that GitHub can reach the webhook URL";
  }
  if (statusCode === 401) return "Set WEBHOOK_SECRET to the secret in the app's settings; several, separated by commas";
  if (statusCode === 404 || statusCode === 405) {
    return `Let the webhook URL end with ${webhookPath}, and check the proxy before the server`;
  }
  if (statusCode === 413) return "Let the proxy before the server take bodies of up to 25 MB";
  if (statusCode === 415) return "Choose the content type application/json in the app's settings";
  if (statusCode === 502 || statusCode === 504) {
    return "Check that the server runs, and that the proxy before it leads to it";
  }
  if (statusCode === 503) return "Check that the server has its settings and its database: its log says what it lacks";
  return "Look for the deliveries in the app's settings under Advanced, and for their ids in the server's log";
}

function wordsOf({ status }: Attempt): Words | undefined {
  return unanswered.find(({ said }) => said.test(status));
}
