// Stylesheets, scripts and pictures: read once, served under addresses that hold their hash, so that browsers keep them
// for good and never use an old one.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "../errors.ts";
import type { HttpAnswer } from "../http/http.ts";
import type { DashboardRoute } from "./route.ts";
import { usedTokens } from "./tokens.ts";

export interface Assets {
  /**
   * The address of a script or picture of assets/, or of `style.css`, which is all of its stylesheets and the design
   * tokens that they use. Throws where there is none of this name.
   */
  address(name: string): string;
  /** Answers a request for the part of an address behind `/assets/`; `undefined` where it is none of ours. */
  answer(part: string): HttpAnswer | undefined;
}

/** Serves the files. */
export const assetRoute: DashboardRoute = {
  access: "public",
  form: "plain",
  method: "GET",
  path: "/assets/:name",
  limit: "asset",
  answer: async ({ assets }, { params }) => {
    const answer = assets.answer(params.name ?? "");
    if (answer === undefined) throw new Fault("not-found", "There is nothing at this address");
    return answer;
  },
};

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const folder = fileURLToPath(new URL("./assets/", import.meta.url));

/** Reads the files of assets/, and puts the stylesheets together. */
export function loadAssets(): Assets {
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`)]));
  const names = [...files.keys()].filter((name) => name.endsWith(".css"));
  // What all pages have in common comes first, so that a page's own rules win.
  names.sort((one, other) => Number(other === "bifrost.css") - Number(one === "bifrost.css") || (one < other ? -1 : 1));
  const rules = names.map((name) => `${files.get(name)}`).join("\n");
  for (const name of names) files.delete(name);
  files.set("style.css", Buffer.from(`${usedTokens(primerFile, rules)}\n${rules}`));
  const parts = new Map([...files].map(([name, bytes]) => [name, hashed(name, bytes)]));
  const byPart = new Map([...parts].map(([name, part]) => [part, name]));
  return {
    address(name) {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`There is no file ${name} in src/dashboard/assets`);
      return `/assets/${part}`;
    },
    answer(part) {
      const name = byPart.get(part);
      const body = name === undefined ? undefined : files.get(name);
      if (name === undefined || body === undefined) return undefined;
      const headers = {
        "content-type": contentTypes[extname(name)] ?? "application/octet-stream",
        "cache-control": "public, max-age=31536000, immutable",
      };
      return { status: 200, headers, body };
    },
  };
}

function primerFile(path: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`@primer/primitives/dist/css/${path}`), "utf8");
}

function hashed(name: string, bytes: Buffer): string {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const extension = extname(name);
  return `${name.slice(0, -extension.length)}-${digest}${extension}`;
}
