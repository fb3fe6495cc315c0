// The two pages of the short-lived server: what will be made, with the button for it, and that it was made.
import { html } from "hono/html";

type Html = Awaited<ReturnType<typeof html>>;

/** Shows a manifest, and posts it to GitHub when the button is pressed. */
export function manifestPage(
  action: string,
  manifest: {
    readonly name: string;
    readonly url: string;
    readonly default_permissions: Readonly<Record<string, string>>;
    readonly default_events: readonly string[];
  },
): Promise<string> {
  const permissions = Object.entries(manifest.default_permissions);
  return document(
    "Create the GitHub App",
    html`<p>GitHub will show you one page and make the app <strong>${manifest.name}</strong> for <code>${manifest.url}</code>.</p>
<p>It may: ${permissions.map(([name, level]) => `${level} ${name.replaceAll("_", " ")}`).join(", ")}.</p>
<p>It is told of: ${manifest.default_events.map((name) => name.replaceAll("_", " ")).join(", ")}.</p>
<form method="post" action="${action}">
  <input type="hidden" name="manifest" value="${JSON.stringify(manifest)}">
  <button>Create it on GitHub</button>
</form>`,
  );
}

/** Says that all is done. */
export function donePage(file: string): Promise<string> {
  return document(
    "The app is created",
    html`<p>What the server needs is in <code>${file}</code>. The terminal says what to do next; you can close this page.</p>`,
  );
}

/** Says why nothing was made of what the browser brought. */
export function refusedPage(why: string): Promise<string> {
  return document("That did not work", html`<p>${why}.</p>`);
}

async function document(title: string, body: Html | Promise<Html>): Promise<string> {
  return `${await html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Bifrost Modules</title>
  <link rel="icon" href="data:,">
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`}`;
}
