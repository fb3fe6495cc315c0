// `bifrost audit`: who did what, when and from where.
import { Command } from "commander";
import { z } from "zod";
import { type AuditRecord, auditActs } from "../../workspace/audit.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { readCount } from "../options.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

interface Options {
  readonly scope?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    audit: z.array(
      z.strictObject({
        id: integer,
        at: moment,
        act: z.enum(auditActs),
        scope: text.nullable(),
        repositoryId: integer.nullable(),
        repository: text.nullable(),
        by: text,
        source: z.union([
          z.strictObject({ from: z.literal("command-line"), claims: text }),
          z.strictObject({ from: z.literal("webhook"), delivery: text, sender: text.nullable() }),
          z.strictObject({ from: z.enum(["github", "dashboard"]), login: text }),
          z.strictObject({ from: z.literal("app") }),
        ]),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    ),
  });

export function auditCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("audit")
    .description("list who did what, when and from where, newest first; nothing of it can be changed")
    .option("--scope <scope>", "only acts on this organisation, by slug or id, or on global")
    .option("--limit <count>", "how many to list", readCount, 50)
    .addOption(jsonOption(document))
    .addHelpText("after", "\nExample:\n  $ bifrost audit --scope acme")
    .action(async ({ scope: scopeName, limit, json }: Options) => {
      const records = await withDeployment(open, async ({ store }) => {
        const scope = scopeName === undefined ? null : await findScope(store, scopeName);
        return store.audit({ scope, limit });
      });
      if (json) return printJson(io, { audit: records });
      if (records.length === 0) {
        io.stdout.write("Nothing was done yet\n");
        return;
      }
      io.stdout.write(
        printable(table(["at", "act", "scope", "repository", "by", "from", "details"], records.map(row))),
      );
    });
}

function row({ at, act, scope, repository, by, source, details }: AuditRecord): string[] {
  return [
    at.toISOString().replace(/\.\d+Z$/, "Z"),
    act,
    scope ?? "-",
    repository ?? "-",
    by,
    sourceText(source),
    Object.entries(details)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ") || "-",
  ];
}

function sourceText(source: AuditRecord["source"]): string {
  switch (source.from) {
    case "command-line":
      return "command line";
    case "webhook":
      return `delivery ${source.delivery}${source.sender === null ? "" : ` by ${source.sender}`}`;
    case "github":
      return `button, by ${source.login}`;
    case "dashboard":
      return `dashboard, by ${source.login}`;
    case "app":
      return "app";
    default:
      throw source satisfies never;
  }
}
