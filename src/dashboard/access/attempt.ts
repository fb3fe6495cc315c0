// A sign-in that was begun: what GitHub must send back, and what proves that it was this browser that began it. Sealed into
// a cookie of its own, so that several tabs may sign in at once.
import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { z } from "zod";
import type { DashboardSettings } from "../settings.ts";
import { readCookie, setCookie } from "./cookies.ts";

const shape = z.object({ state: z.string(), verifier: z.string(), returnTo: z.string() });
export type Attempt = Readonly<z.infer<typeof shape>>;

// As long as GitHub's code is good for.
const attemptSeconds = 600;

/** Begins one: what GitHub is told of it, and the cookie that remembers the rest. */
export async function beginAttempt(settings: DashboardSettings, returnTo: string) {
  const attempt: Attempt = {
    state: randomBytes(24).toString("base64url"),
    verifier: randomBytes(32).toString("base64url"),
    returnTo,
  };
  const sealed = await new EncryptJWT({ attempt })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .setExpirationTime(`${attemptSeconds}s`)
    .encrypt(keyOf(settings));
  return {
    state: attempt.state,
    challenge: createHash("sha256").update(attempt.verifier).digest("base64url"),
    cookie: setCookie(settings, cookieOf(attempt.state), sealed, attemptSeconds),
  };
}

/** The attempt that a browser began and that GitHub answers by this state; `undefined` where there is none. */
export async function readAttempt(
  settings: DashboardSettings,
  header: string | undefined,
  state: string,
): Promise<Attempt | undefined> {
  if (!/^[\w-]{32}$/.test(state)) return undefined;
  const sealed = readCookie(settings, header, cookieOf(state));
  if (sealed === undefined) return undefined;
  try {
    const { payload } = await jwtDecrypt(sealed, keyOf(settings), { requiredClaims: ["exp"] });
    const attempt = shape.parse(payload.attempt);
    return attempt.state === state ? attempt : undefined;
  } catch {
    return undefined;
  }
}

/** The cookie that forgets it: each is good once. */
export function spentCookie(settings: DashboardSettings, state: string): string {
  return setCookie(settings, cookieOf(state), "", 0);
}

function cookieOf(state: string): string {
  return `bifrost_sign_in_${state.slice(0, 8)}`;
}

function keyOf({ secret }: DashboardSettings): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "bifrost dashboard", "sign-in attempt", 32));
}
