// The page of the metrics: every instrument that the sources make, with the name that Prometheus reads it by.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { metrics } from "@opentelemetry/api";
import { parseSync, Visitor } from "oxc-parser";
import { startTelemetry } from "../../src/telemetry/telemetry.ts";
import { code, page, sentence, table } from "./markdown.ts";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

const makers = {
  createCounter: "counter",
  createHistogram: "histogram",
  createObservableGauge: "gauge",
  createGauge: "gauge",
  createUpDownCounter: "gauge",
  createObservableCounter: "counter",
  createObservableUpDownCounter: "gauge",
} as const;
type Maker = keyof typeof makers;

interface Instrument {
  readonly maker: Maker;
  readonly name: string;
  readonly description: string;
  readonly unit: string | undefined;
}

export async function metricsPage(): Promise<string> {
  const instruments = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .flatMap((path) => instrumentsIn(path, readFileSync(join(sources, path), "utf8")));
  const names = await prometheusNames(instruments);
  const rows = instruments
    .map((instrument) => ({ ...instrument, said: names.get(instrument.name) ?? "" }))
    .sort((one, other) => (one.said < other.said ? -1 : 1))
    .map(({ maker, said, description, unit }) => {
      const [, what = description, labels = ""] = /^(.*) \(([^()]*)\)$/.exec(description) ?? [];
      return [
        code(said),
        makers[maker],
        unitName(unit),
        labels.split(", ").filter(Boolean).map(code).join(", "),
        sentence(what),
      ];
    });
  return page(
    "Metrics",
    "Told at `/metrics`, in the text format of Prometheus. A counter counts since the process started; a histogram is three series, " +
      "`_bucket`, `_sum` and `_count`, in seconds with buckets from a millisecond to ten minutes. No label names an organisation or a " +
      "repository. [deploy/alerts.yaml](../../deploy/alerts.yaml) has an alert for each way in which this can fail.",
    table(["metric", "kind", "unit", "labels", "is"], rows),
  );
}

function unitName(unit: string | undefined): string {
  return { s: "seconds", By: "bytes" }[unit ?? ""] ?? unit ?? "";
}

/** The calls in a source that make an instrument. Throws where one has no name or no description in plain text. */
function instrumentsIn(path: string, text: string): Instrument[] {
  const found: Instrument[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [name, options] }) {
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
      const maker = callee.property.name;
      if (!Object.hasOwn(makers, maker)) return;
      const said = (key: string): string | undefined => {
        if (options?.type !== "ObjectExpression") return undefined;
        for (const property of options.properties) {
          if (property.type !== "Property" || property.key.type !== "Identifier" || property.key.name !== key) continue;
          if (property.value.type === "Literal") return `${property.value.value}`;
        }
        return undefined;
      };
      const description = said("description");
      if (name?.type !== "Literal" || typeof name.value !== "string" || description === undefined) {
        throw new Error(
          `Cannot describe a metric of src/${path}: give ${maker}() its name and a description as plain strings`,
        );
      }
      found.push({ maker: maker as Maker, name: name.value, description, unit: said("unit") });
    },
  }).visit(parseSync(path, text).program);
  return found;
}

/** The name of each instrument as `/metrics` tells it, by making it and asking. */
async function prometheusNames(instruments: readonly Instrument[]): Promise<ReadonlyMap<string, string>> {
  const telemetry = startTelemetry({ role: "reference", version: "0" });
  try {
    const meter = metrics.getMeter("reference");
    for (const { maker, name, unit } of instruments) {
      // Some are there already, and the name itself is told as the description beside what came of it.
      const made = `reference.${name}`;
      const options = { description: name, ...(unit !== undefined && { unit }) };
      if (makers[maker] === "histogram") meter.createHistogram(made, options).record(1);
      else if (makers[maker] === "counter") meter.createCounter(made, options).add(1);
      else meter.createObservableGauge(made, options).addCallback((result) => result.observe(1));
    }
    const told = (await telemetry.metrics()).matchAll(/^# HELP reference_(\S+) (.+)$/gm);
    const names = new Map<string, string>();
    for (const [, said = "", name = ""] of told) names.set(name, said);
    return names;
  } finally {
    await telemetry.close();
  }
}
