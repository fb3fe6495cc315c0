// Reads `.github/bifrost.yml`: text in, a request or every problem at its line out. Whether the request is allowed is
// not decided here.
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { BindingRequest } from "../workspace/binding.ts";
import type { Diagnostic } from "../workspace/diagnostic.ts";
import { editDistance } from "../workspace/edit-distance.ts";
import { joinPath } from "../workspace/path.ts";
import { ManifestReport, type TextRange } from "./manifest-report.ts";
import { keyExamples, type ManifestKey, manifestSchema } from "./manifest-schema.ts";

export { createIgnore } from "./ignore.ts";
export { type Selection, selectFiles } from "./select-files.ts";

/** What a manifest asks for, with warnings at most; or, where it cannot be taken, every reason why. */
export type ManifestReading =
  | { readonly request: BindingRequest; readonly diagnostics: readonly Diagnostic[] }
  | { readonly diagnostics: readonly Diagnostic[] };

// A real one is a few lines long. Beyond this, somebody is feeding the parser.
const manifestBytesMax = 64 * 1024;
const start: TextRange = [0, 0];

/** Reads the text of a manifest. Strict: what is not understood is refused, everything at once. Never throws. */
export function readManifest(text: string): ManifestReading {
  const lines = new LineCounter();
  const report = new ManifestReport(lines);
  if (new TextEncoder().encode(text).length > manifestBytesMax) {
    report.refuse(`The file is over the limit of ${manifestBytesMax} bytes`, start);
    return { diagnostics: report.diagnostics };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Our findings are the only output.
    logLevel: "error",
    // Without floats and hexadecimals `global: 1.10` is the tag that it reads as, and not the number 1.1.
    customTags: (tags) =>
      tags.filter(
        (tag) => typeof tag === "string" || (!tag.tag.endsWith(":float") && !("format" in tag && tag.format)),
      ),
  });
  refuseSyntax(document, text, report);
  const { contents } = document;
  if (report.diagnostics.length > 0) return { diagnostics: report.diagnostics };
  if (!isMap(contents)) {
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
    const message = isEmpty ? "The file is empty" : 'The file must consist of lines "key: value"';
    report.refuse(message, isEmpty ? start : rangeOf(contents), exampleRemedy("scope"));
    return { diagnostics: report.diagnostics };
  }

  refuseUnknownKeys(contents, report);
  const parsed = manifestSchema.safeParse(document.toJS());
  for (const { path, message } of parsed.error?.issues ?? []) {
    const node = contents.getIn(path, true) as Node | undefined;
    report.refuse(message, node?.range ? rangeOf(node) : keyRange(contents, path[0]), exampleRemedy(path[0]));
  }
  refuseCombinations(contents, report);
  if (!parsed.success || report.diagnostics.length > 0) return { diagnostics: report.diagnostics };

  const { scope, root, global, pinned_until: pinnedUntil, gate, ignore } = parsed.data;
  const request: BindingRequest = {
    scope,
    root: joinPath("", root) ?? "",
    ...(global !== undefined && { global }),
    ...(pinnedUntil !== undefined && { pinnedUntil }),
    gate,
    ignore,
  };
  return { request, diagnostics: report.diagnostics };
}

/** Refuses bad YAML, and those of its powers that make a file mean other than what a reader sees. */
function refuseSyntax(document: Document.Parsed, text: string, report: ManifestReport): void {
  // What is missing is missing after the last thing that is there, and not on the empty line below it.
  const end = Math.max(1, text.trimEnd().length);
  for (const { message, code, pos } of [...document.errors, ...document.warnings]) {
    const isSecond = code === "MULTIPLE_DOCS";
    const range: TextRange = pos[0] >= end ? [end - 1, end] : pos;
    if (isSecond) report.refuse("The file holds a second YAML document: keep one", range);
    else report.refuse(`Not valid YAML: ${message}`, range, exampleRemedy("scope"));
  }
  if (document.directives.yaml.version !== "1.2") {
    report.refuse(`YAML ${document.directives.yaml.version} is not supported: remove the line "%YAML"`, start);
  }
  visit(document, {
    Alias: (_, node) => report.refuse(`The alias "*${node.source}" is not supported: repeat the value`, rangeOf(node)),
    Value: (_, node) => {
      if (node.anchor) report.refuse(`The anchor "&${node.anchor}" is not supported: remove it`, rangeOf(node));
    },
  });
}

function refuseUnknownKeys(contents: YAMLMap, report: ManifestReport): void {
  const known = Object.keys(keyExamples);
  for (const { key } of contents.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (Object.hasOwn(keyExamples, name)) continue;
    // A key may be any node; `visit` has seen that it is no alias.
    const range = rangeOf(key as Node);
    const folded = name.toLowerCase().replaceAll("-", "_");
    // A slip leaves most of a word as it was.
    const reach = Math.min(2, Math.floor(folded.length / 3));
    const nearest = known.find((candidate) => editDistance(folded, candidate, reach) <= reach);
    report.refuse(
      name === "<<" ? "Merge keys are not supported: write the keys out" : `Unknown key ${JSON.stringify(name)}`,
      range,
      nearest ? `Write "${nearest}"` : `Remove it: the keys are ${known.join(", ")}`,
    );
  }
}

/** Refuses keys that are right by themselves and mean nothing together. */
function refuseCombinations(contents: YAMLMap, report: ManifestReport): void {
  if (contents.get("scope") === "global" && contents.has("global")) {
    report.refuse(
      'Only an organisation can be pinned to a revision of global, and this file has "scope: global"',
      keyRange(contents, "global"),
      'Remove "global"',
    );
  }
  if (contents.has("pinned_until") && !contents.has("global")) {
    report.refuse(
      '"pinned_until" means nothing without "global"',
      keyRange(contents, "pinned_until"),
      `Remove it, or add the revision or release to be pinned to: ${keyExamples.global}`,
    );
  }
}

/** The range of a key, or of the whole map's start where it has no such key. */
function keyRange(contents: YAMLMap, key: PropertyKey | undefined): TextRange {
  const pair: Pair | undefined = contents.items.find((item) => isScalar(item.key) && item.key.value === key);
  return pair ? rangeOf(pair.key as Node) : [rangeOf(contents)[0], rangeOf(contents)[0]];
}

function rangeOf(node: Node): TextRange {
  return node.range ? [node.range[0], node.range[1]] : start;
}

function exampleRemedy(key: PropertyKey | undefined): string | undefined {
  return typeof key === "string" && Object.hasOwn(keyExamples, key)
    ? `Write for example: ${keyExamples[key as ManifestKey]}`
    : undefined;
}
