// Stylesheets, scripts and pictures: read once, served under addresses that hold their hash, so that browsers keep them
// for good and never use an old one.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { HttpAnswer } from "../http/http.ts";
import { usedTokens } from "./tokens.ts";

export interface Assets {
  /** The address of a file of assets/, or of `tokens.css`. Throws where there is none of this name. */
  address(name: string): string;
  /** Answers a request for the part of an address behind `/assets/`; `undefined` where it is none of ours. */
  answer(part: string): HttpAnswer | undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const folder = fileURLToPath(new URL("./assets/", import.meta.url));

/** Reads the files of assets/, and the design tokens that the stylesheets among them use. */
export function loadAssets(): Assets {
  const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`)]));
  const stylesheets = [...files].filter(([name]) => name.endsWith(".css")).map(([, bytes]) => bytes.toString());
  files.set("tokens.css", Buffer.from(usedTokens(primerFile, stylesheets.join("\n"))));
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
