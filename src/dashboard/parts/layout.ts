// What is around every page: head, header, the tabs of a scope, footer.
import type { ScopeAccess, Viewer } from "../access/viewer.ts";
import type { Assets } from "../assets.ts";
import type { Page } from "../route.ts";
import { changeForm } from "./form.ts";
import { type Html, html } from "./html.ts";

export interface LayoutOptions {
  readonly assets: Assets;
  /** The path of the page, by which its place in the navigation is marked. */
  readonly path: string;
  /** Undefined where nobody has signed in. */
  readonly viewer?: Viewer | undefined;
  /** The scope that the page is about. */
  readonly access?: ScopeAccess | undefined;
  /** What the last change did. */
  readonly notice?: string | undefined;
}

/** The whole document of a page. */
export async function documentOf(page: Page, options: LayoutOptions): Promise<string> {
  const { assets, path, viewer, access, notice } = options;
  const title = [page.title, access?.name, "Bifrost Modules"].filter(Boolean).join(" · ");
  const document = await html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="${assets.address("icon.svg")}" type="image/svg+xml">
  <link rel="stylesheet" href="${assets.address("style.css")}">
  ${["keyboard.js", ...(page.scripts ?? [])].map((name) => html`<script src="${assets.address(name)}" type="module"></script>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${header(path, viewer)}
${access && scopeTabs(path, access)}
<main id="content" tabindex="-1">
${notice && html`<p class="notice" role="status">${notice}</p>`}
${page.body}
</main>
</body>
</html>
`;
  return `${document}`;
}

// A bridge, as in assets/icon.svg.
const bridge = html`<svg aria-hidden="true" width="20" height="20" viewBox="0 0 16 16" fill="none" stroke="currentColor"
  stroke-width="1.5" stroke-linecap="round"><path d="M1 12.5h14M1 9c4-6.5 10-6.5 14 0M4.5 12.5V6M8 12.5V4.5M11.5 12.5V6"/></svg>`;

function header(path: string, viewer: Viewer | undefined): Html {
  const entries = viewer && [
    { href: "/scopes", text: "Scopes" },
    { href: "/grants", text: "Grants" },
    ...(viewer.isOperator ? [{ href: "/audit", text: "Audit" }] : []),
  ];
  return html`<header class="top">
  <a class="brand" href="/">${bridge}Bifrost Modules</a>
  ${entries && html`<nav aria-label="Main">${entries.map(({ href, text }) => link(href, text, isWithin(path, href)))}</nav>`}
  ${
    viewer &&
    html`<div class="who"><span>${viewer.login}${viewer.isOperator ? html` <span class="label">operator</span>` : ""}</span>
  ${changeForm(viewer, "/logout", html`<button class="plain">Sign out</button>`)}</div>`
  }
</header>`;
}

function scopeTabs(path: string, { slug, name }: ScopeAccess): Html {
  const root = `/scopes/${slug}`;
  const tabs = [
    { href: root, text: "Modules", isCurrent: path === root || isWithin(path, `${root}/modules`) },
    ...(["overrides", "revisions", "repositories", "checks"] as const).map((tab) => ({
      href: `${root}/${tab}`,
      text: `${tab.charAt(0).toUpperCase()}${tab.slice(1)}`,
      isCurrent: isWithin(path, `${root}/${tab}`),
    })),
  ];
  return html`<div class="scope">
  <p class="scope-name"><a href="/scopes">Scopes</a> / <strong>${name}</strong>${
    name.toLowerCase() === slug ? "" : html` <span class="muted">${slug}</span>`
  }</p>
  <nav aria-label="${name}" class="tabs">${tabs.map(({ href, text, isCurrent }) => link(href, text, isCurrent))}</nav>
</div>`;
}

function link(href: string, text: string, isCurrent: boolean): Html {
  return isCurrent ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`;
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
