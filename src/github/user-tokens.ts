// How somebody lets the app act in their name, by GitHub's web flow: an address to go to, and the token that comes of it.
// These are pages of GitHub's server and not of its API, and they answer with 200 also where they refuse.
import { z } from "zod";
import { Fault } from "../errors.ts";

/** What lets the app ask in somebody's name. */
export interface UserTokens {
  readonly token: string;
  /** Null where the app's tokens do not end. */
  readonly expiresAt: Date | null;
  /** Good for one new token; null where tokens do not end. */
  readonly refreshToken: string | null;
  readonly refreshExpiresAt: Date | null;
}

export interface ClientSettings {
  /** The root of GitHub's pages. */
  readonly serverUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

/** Where a browser is sent so that its owner signs in; whoever has the verifier of the challenge takes the code. */
export function authorizeUrl(
  { serverUrl, clientId }: ClientSettings,
  {
    state,
    challenge,
    redirectUri,
  }: { readonly state: string; readonly challenge: string; readonly redirectUri: string },
): string {
  const url = new URL(`${serverUrl}/login/oauth/authorize`);
  url.search = `${new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  })}`;
  return url.href;
}

const answer = z.union([
  z.object({ error: z.string(), error_description: z.string().optional() }),
  z.object({
    access_token: z.string().min(1),
    expires_in: z.int().positive().optional(),
    refresh_token: z.string().min(1).optional(),
    refresh_token_expires_in: z.int().positive().optional(),
  }),
]);

/**
 * Takes a code, or a refresh token, for a token. Throws `Fault` `sign-in-refused` where the code is no good,
 * `user-token-refused` where the refresh token is not, `client-refused` where the app's own secret is wrong.
 */
export async function takeToken(
  settings: ClientSettings,
  given: Readonly<Record<string, string>>,
): Promise<UserTokens> {
  const { serverUrl, clientId, clientSecret, timeoutMs } = settings;
  const askedAt = Date.now();
  const said = await ask(`${serverUrl}/login/oauth/access_token`, timeoutMs, {
    client_id: clientId,
    client_secret: clientSecret,
    ...given,
  });
  if ("error" in said) throw refusal(said.error, said.error_description);
  const after = (seconds: number | undefined) => (seconds === undefined ? null : new Date(askedAt + seconds * 1000));
  return {
    token: said.access_token,
    expiresAt: after(said.expires_in),
    refreshToken: said.refresh_token ?? null,
    refreshExpiresAt: after(said.refresh_token_expires_in),
  };
}

/**
 * Whether GitHub takes the client's id and secret together, which it says by what it refuses of a code that is none. An id
 * that GitHub does not know is a `Fault` `github-unavailable`.
 */
export async function provesClient(settings: ClientSettings): Promise<boolean> {
  try {
    await takeToken(settings, { code: "none" });
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === "sign-in-refused") return true;
    if (error instanceof Fault && error.code === "client-refused") return false;
    throw error;
  }
}

async function ask(url: string, timeoutMs: number, body: Readonly<Record<string, string>>) {
  let said: unknown;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    said = await response.json();
  } catch (error) {
    // The cause holds the address and no more; what was sent is in neither.
    throw new Fault("github-unavailable", "GitHub does not answer a request for a user's token", { cause: error });
  }
  const read = answer.safeParse(said);
  if (read.success) return read.data;
  throw new Fault("github-unavailable", "GitHub's answer to a request for a user's token cannot be read");
}

function refusal(error: string, description = error): Fault {
  if (error === "bad_refresh_token")
    return new Fault("user-token-refused", "GitHub does not take this sign-in any more");
  if (error === "incorrect_client_credentials" || error === "redirect_uri_mismatch") {
    return new Fault("client-refused", `GitHub refuses to sign anybody in: ${description}`);
  }
  return new Fault("sign-in-refused", `GitHub did not confirm the sign-in: ${description}`);
}
