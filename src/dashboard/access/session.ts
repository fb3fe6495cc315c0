// Who has signed in, sealed into a cookie: the server keeps no list of sessions, and nobody but the server can read or
// change one. Its key comes from a secret that every web process holds, so that each of them can open it.
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";
import { z } from "zod";

/** What a session holds. Times are in seconds since 1970, as GitHub's lifetimes are in seconds. */
const shape = z.object({
  /** Random, the same for as long as somebody stays signed in. */
  id: z.string().min(16),
  userId: z.number().int().positive(),
  login: z.string().min(1),
  token: z.string().min(1),
  /** Null where GitHub was told that tokens do not expire. */
  tokenExpiresAt: z.number().int().nullable(),
  refreshToken: z.string().min(1).nullable(),
  /** When the session is over whatever happens. */
  endsAt: z.number().int(),
});
export type Session = Readonly<z.infer<typeof shape>>;

export interface Sessions {
  /** The session as the text of a cookie. */
  seal(session: Session): Promise<string>;
  /** The session that a cookie holds; `undefined` where it is over, or was not sealed with this key. */
  open(sealed: string): Promise<Session | undefined>;
  /** What a form of this session must bring along, so that no other site can send it. */
  formToken(session: Session): string;
}

/** Makes the seal from a deployment's secret. */
export function createSessions(secret: string): Sessions {
  const key = (purpose: string) => new Uint8Array(hkdfSync("sha256", secret, "bifrost dashboard", purpose, 32));
  const sealKey = key("session cookie");
  const formKey = key("form token");
  return {
    seal: (session) =>
      new EncryptJWT({ session })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime(session.endsAt)
        .encrypt(sealKey),
    async open(sealed) {
      try {
        const { payload } = await jwtDecrypt(sealed, sealKey, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
          requiredClaims: ["exp"],
        });
        return shape.parse(payload.session);
      } catch {
        // Over, forged, or sealed by a deployment with another secret: it is nobody's session, whatever the reason.
        return undefined;
      }
    },
    formToken: (session) => createHmac("sha256", formKey).update(session.id).digest("base64url"),
  };
}

/** What a token is known by where the token itself must not be kept. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
