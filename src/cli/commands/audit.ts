// `bifrost audit`: who did what, when and from where.
import { Command } from "commander";
import type { AuditRecord } from "../../workspace/audit.ts";
import { findScope, type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { readCount } from "../options.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

interface Options {
  readonly scope?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function auditCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("audit")
    .description("list who did what, when and from where, newest first; nothing of it can be changed")
    .option("--scope <scope>", "only acts on this organisation, by slug or id, or on global")
    .option("--limit <count>", "how many to list", readCount, 50)
    .option("--json", "print one JSON document")
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
