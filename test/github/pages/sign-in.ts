// Where people let an app act in their name, and where the app takes what they gave it.
import { type Answer, type Exchange, json, type Route } from "../exchange.ts";
import { notFound } from "../refusal.ts";
import type { RegisteredApp } from "../registered-app.ts";
import { isJsonObject } from "../schema.ts";
import { TokenRefused, type UserGrant } from "../user-tokens.ts";
import { escaped, hidden, page, redirect } from "./page.ts";

export const signInRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/login/oauth/authorize",
    access: { as: "anyone" },
    isUndescribed: true,
    answer: (exchange) => {
      const asked = Object.fromEntries(exchange.query);
      const app = appOf(exchange, asked.client_id);
      if (app === undefined) throw notFound();
      const target = redirectUri(app, asked.redirect_uri);
      if (target === undefined) {
        return page("Be careful!", "<p>The redirect_uri is not associated with this application.</p>");
      }
      // GitHub takes no other way of proving who asked for the code.
      if (asked.code_challenge !== undefined && asked.code_challenge_method !== "S256") {
        return back(target, { error: "invalid_request", ...state(asked) });
      }
      const people = exchange.github.accounts.filter(({ type }) => type === "User");
      const buttons = people.map(
        ({ login }) => `<p><button name="login" value="${escaped(login)}">Authorize as ${escaped(login)}</button></p>`,
      );
      const form = `<form method="post" action="/login/oauth/authorize">${hidden({ ...asked, redirect_uri: target })}
        ${buttons.join("")}<p><button name="cancel" value="1">Cancel</button></p></form>`;
      return page(`Authorize ${app.name}`, form);
    },
  },
  {
    method: "POST",
    path: "/login/oauth/authorize",
    access: { as: "anyone" },
    isUndescribed: true,
    answer: (exchange) => {
      const sent = fields(exchange);
      const app = appOf(exchange, sent.client_id);
      const target = app && redirectUri(app, sent.redirect_uri);
      if (app === undefined || target === undefined) throw notFound();
      const user = exchange.github.accountNamed(sent.login ?? "");
      if (sent.cancel !== undefined || user === undefined) {
        const error_description = "The user has denied your application access.";
        return back(target, { error: "access_denied", error_description, ...state(sent) });
      }
      const code = exchange.github.userTokens.authorize(app, user, target, sent.code_challenge);
      return back(target, { code, ...state(sent) });
    },
  },
  {
    method: "POST",
    path: "/login/oauth/access_token",
    access: { as: "anyone" },
    isUndescribed: true,
    answer: (exchange) => {
      const sent = fields(exchange);
      const app = appOf(exchange, sent.client_id);
      if (app === undefined) throw notFound();
      // GitHub answers with 200 also where it refuses.
      if (sent.client_secret !== app.clientSecret) {
        return refused("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
      }
      try {
        const { userTokens } = exchange.github;
        if (sent.grant_type === "refresh_token") return given(userTokens.refresh(app, sent.refresh_token ?? ""));
        return given(userTokens.exchange(app, sent.code ?? "", sent.code_verifier, sent.redirect_uri));
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error;
        return refused(error.reason, error.message);
      }
    },
  },
];

function appOf({ github }: Exchange, clientId: string | undefined): RegisteredApp | undefined {
  return github.apps.find((app) => app.clientId === clientId);
}

function fields({ body }: Exchange): Record<string, string> {
  return isJsonObject(body) ? (body as Record<string, string>) : {};
}

/** The address to lead back to: one of those that the app names, the first where the request names none. */
function redirectUri(app: RegisteredApp, asked: string | undefined): string | undefined {
  return asked === undefined ? app.callbackUrls[0] : app.callbackUrls.find((known) => known === asked);
}

function state(asked: Readonly<Record<string, string>>): Record<string, string> {
  return asked.state === undefined ? {} : { state: asked.state };
}

function back(target: string, parameters: Readonly<Record<string, string>>): Answer {
  const url = new URL(target);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return redirect(url.href);
}

function refused(error: string, description: string): Answer {
  return json({ error, error_description: description, error_uri: "https://docs.github.com" });
}

function given({ token, refreshToken, expiresAt, refreshExpiresAt }: UserGrant): Answer {
  const secondsUntil = (date: Date) => Math.round((date.getTime() - Date.now()) / 1000);
  return json({
    access_token: token,
    expires_in: secondsUntil(expiresAt),
    refresh_token: refreshToken,
    refresh_token_expires_in: secondsUntil(refreshExpiresAt),
    scope: "",
    token_type: "bearer",
  });
}
