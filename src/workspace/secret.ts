// What a secret looks like in text, so that logs, messages and answers can be freed of it. It knows shapes, not values:
// a secret without a shape of its own must be kept out of texts by whoever holds it.

// Each shape is found in time that grows with the text alone: one that can begin at every character of a long word is
// either bounded or begins only where the word does.
const shapes: readonly (readonly [RegExp, string])[] = [
  // Line ends may be real or, inside JSON, escaped. A cut-off key is as secret as a whole one, so its end is optional.
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\[nr])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
    "[private key]",
  ],
  // Every kind of GitHub token. Installation tokens come as 36 characters or as some 520 with dots in them.
  [/\bgh[a-z]_[A-Za-z0-9._-]{36,}/g, "[token]"],
  [/\bgithub_pat_[A-Za-z0-9_]{22,}/g, "[token]"],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, "[token]"],
  [/\b(bearer|token|basic) +[A-Za-z0-9._~+/=-]{16,}/gi, "$1 [token]"],
  // Names that OAuth and signed download addresses give to what must not be read.
  [/([?&](?:access_token|client_secret|refresh_token|code|token|sig)=)[^&\s"'\\]+/g, "$1[token]"],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"'\\]*):[^\s/@"'\\]+@/gi, "$1:[password]@"],
];

/** Takes text and gives it back with private keys, tokens and passwords of addresses replaced by what they were. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const [shape, name] of shapes) clean = clean.replace(shape, name);
  return clean;
}
