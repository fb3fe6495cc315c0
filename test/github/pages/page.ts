// The pages of the emulated GitHub: plain HTML with forms that a browser can press.
import type { Answer } from "../exchange.ts";

/** A page with a heading and what stands below it, which must be HTML already. */
export function page(title: string, body: string, status = 200): Answer {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(title)} · GitHub</title></head>
<body style="font: 16px system-ui; max-width: 40rem; margin: 3rem auto"><h1>${escaped(title)}</h1>${body}</body></html>
`;
  return { status, body: Buffer.from(html), contentType: "text/html; charset=utf-8" };
}

/** Text as it stands in HTML, also within quotes. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Fields of a form that nobody sees. */
export function hidden(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join("");
}

export function redirect(location: string): Answer {
  return { status: 302, headers: { location } };
}
