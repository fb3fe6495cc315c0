// The page on which a manifest becomes an app: it shows what would be made, and leads back with a code.
import { randomBytes } from "node:crypto";
import { appAnswer } from "../answers/app.ts";
import { type Answer, type Exchange, json, type Route } from "../exchange.ts";
import type { Permissions } from "../permissions.ts";
import { notFound } from "../refusal.ts";
import { isJsonObject } from "../schema.ts";
import { escaped, hidden, page, redirect } from "./page.ts";

/** What of a manifest matters here. */
interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly redirect_url: string;
  readonly callback_urls?: readonly string[];
  readonly setup_url?: string;
  readonly public?: boolean;
  readonly hook_attributes?: { readonly url: string; readonly active?: boolean };
  readonly default_permissions?: Permissions;
  readonly default_events?: readonly string[];
}

export const newAppRoutes: readonly Route[] = [
  ...["/settings/apps/new", "/organizations/{org}/settings/apps/new"].map(
    (path): Route => ({ method: "POST", path, access: { as: "anyone" }, isUndescribed: true, answer: show }),
  ),
  {
    method: "POST",
    path: "/settings/apps/create",
    access: { as: "anyone" },
    isUndescribed: true,
    answer: (exchange) => {
      const { manifest: text = "", state, owner } = sentFields(exchange);
      const manifest = JSON.parse(text) as Manifest;
      const app = exchange.github.registerApp({
        name: manifest.name,
        webhookSecret: randomBytes(20).toString("hex"),
        ...(manifest.hook_attributes && { webhookUrl: manifest.hook_attributes.url }),
        ...(manifest.default_permissions && { permissions: manifest.default_permissions }),
        ...(manifest.default_events && { events: manifest.default_events }),
        callbackUrls: manifest.callback_urls ?? [],
        ...(owner && { owner: exchange.github.accountNamed(owner) }),
      });
      const code = randomBytes(20).toString("hex");
      exchange.github.manifestCodes.set(code, app);
      const target = new URL(manifest.redirect_url);
      target.searchParams.set("code", code);
      if (state !== undefined) target.searchParams.set("state", state);
      return redirect(target.href);
    },
  },
  {
    method: "POST",
    path: "/app-manifests/{code}/conversions",
    access: { as: "anyone" },
    answer: ({ github, path }) => {
      const app = github.manifestCodes.get(path.code ?? "");
      if (app === undefined) throw notFound();
      github.manifestCodes.delete(path.code ?? "");
      const { clientId, clientSecret, webhookSecret, privateKey } = app;
      const secrets = { client_secret: clientSecret, webhook_secret: webhookSecret, pem: privateKey };
      return json({ ...appAnswer(app), client_id: clientId, ...secrets }, 201);
    },
  },
];

function sentFields({ body }: Exchange): Record<string, string> {
  return isJsonObject(body) ? (body as Record<string, string>) : {};
}

function show(exchange: Exchange): Answer {
  const { manifest: text = "" } = sentFields(exchange);
  const { state } = Object.fromEntries(exchange.query);
  const problems = problemsOf(text);
  if (problems.length > 0)
    return page("Invalid GitHub App configuration", `<p>${problems.map(escaped).join("<br>")}</p>`, 422);
  const { name } = JSON.parse(text) as Manifest;
  const owner = exchange.path.org;
  const fields = { manifest: text, ...(state !== undefined && { state }), ...(owner !== undefined && { owner }) };
  const form = `<form method="post" action="/settings/apps/create">${hidden(fields)}
    <p><button>Create GitHub App for ${escaped(owner ?? "yourself")}</button></p></form>`;
  return page(`Create GitHub App ${name}`, form);
}

/** What GitHub would say of a manifest. */
function problemsOf(text: string): string[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return ["The manifest is not JSON"];
  }
  if (!isJsonObject(manifest)) return ["The manifest is not an object"];
  const isUrl = (value: unknown) => typeof value === "string" && URL.canParse(value);
  const wrong = ["url", "redirect_url"]
    .filter((key) => !isUrl(manifest[key]))
    .map((key) => `${key} must be a valid URL`);
  const known = new Set(
    "name url hook_attributes redirect_url callback_urls setup_url description public default_events default_permissions request_oauth_on_install setup_on_update".split(
      " ",
    ),
  );
  return [
    ...wrong,
    ...(typeof manifest.name === "string" && manifest.name.length <= 34
      ? []
      : ["name must have at most 34 characters"]),
    ...Object.keys(manifest)
      .filter((key) => !known.has(key))
      .map((key) => `${key} is unknown`),
  ];
}
