// The tools of the web that an isolate borrows from Node: see isolate/web.ts for their shape. Every argument comes from
// hostile code; a wrong one throws in the isolate and nowhere else.
import { randomBytes, randomUUID } from "node:crypto";
import type { IsolateHost, UrlParts } from "../isolate/host.ts";

type Services = Omit<
  IsolateHost,
  "log" | "startTimer" | "stopTimer" | "importModule" | "imported" | "finish" | "fail" | "now" | "stacksTaken"
>;

// Streams that a run may decode at the same time, each of which keeps a decoder out here.
const decodersMax = 1000;

const urlProperties = new Set([
  "href",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
]);

/** Makes the services of one run; nothing in them outlives it. */
export function createServices(): Services {
  const decoders = new Map<number, TextDecoder>();

  return {
    clone: (value) => value,
    parseUrl: (url, base) => {
      const parsed = URL.parse(String(url), base === undefined ? undefined : String(base));
      return parsed === null ? null : partsOf(parsed);
    },
    changeUrl: (url, property, value) => {
      const parsed = URL.parse(String(url));
      if (parsed === null || !urlProperties.has(property)) return null;
      try {
        Reflect.set(parsed, property, String(value));
      } catch {
        return null;
      }
      return partsOf(parsed);
    },
    parseQuery: (text) => [...new URLSearchParams(String(text))],
    formatQuery: (pairs) => new URLSearchParams(pairs.map((pair) => [String(pair[0]), String(pair[1])])).toString(),
    encodeText: (text) => new TextEncoder().encode(String(text)),
    encodingOf: (label) => new TextDecoder(String(label)).encoding,
    decodeText: (bytes, label, flags, state, isLast) => {
      const make = (): TextDecoder =>
        new TextDecoder(String(label), { fatal: flags.includes("fatal"), ignoreBOM: flags.includes("ignoreBOM") });
      if (state === 0) return make().decode(bytes);
      const decoder = decoders.get(state) ?? make();
      if (isLast) decoders.delete(state);
      else if (decoders.size < decodersMax || decoders.has(state)) decoders.set(state, decoder);
      else throw new RangeError(`A run decodes at most ${decodersMax} streams at a time`);
      return decoder.decode(bytes, { stream: !isLast });
    },
    encodeBase64: (text) => orNull(() => btoa(String(text))),
    decodeBase64: (text) => orNull(() => atob(String(text))),
    randomBytes: (count) => new Uint8Array(randomBytes(Math.min(Number(count), 65_536))),
    randomUuid: () => randomUUID(),
  };
}

function partsOf(url: URL): UrlParts {
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return [href, origin, protocol, username, password, host, hostname, port, pathname, search, hash];
}

function orNull(convert: () => string): string | null {
  try {
    return convert();
  } catch {
    return null;
  }
}
