// `bifrost pins`: which organisations stay at a revision of global, and how far behind they are.
import { Command } from "commander";
import type { PinLag } from "../../store/store.ts";
import { count } from "../../workspace/markdown.ts";
import { pinName } from "../../workspace/pin.ts";
import { rollbackWords } from "../../workspace/rollback.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson } from "../io.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

// Two weeks: time enough for a pull request that takes the organisation to a later revision.
const nearDays = 14;

export function pinsCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("pins")
    .description("list the organisations that are pinned to a revision of global, and how far behind each of them is")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost pins")
    .action(async (options: { readonly json?: boolean }) => {
      const { pins, rollbacks } = await withDeployment(open, async ({ store }) => ({
        pins: await store.pins(),
        rollbacks: await store.rollbacks(),
      }));
      const today = new Date();
      if (options.json) {
        return printJson(io, {
          pins: pins.map((lag) => documentOf(lag, today)),
          rolledBack: rollbacks.map(({ scope, ...rollback }) => ({ scope: scopeSlug(scope), ...rollback })),
        });
      }
      // Whatever a pin says, what is rolled back does not move.
      for (const rollback of rollbacks) io.stdout.write(printable(`${rollbackWords(rollback)}\n`));
      if (pins.length === 0) {
        io.stdout.write("No organisation is pinned: all of them follow global\n");
        return;
      }
      const columns = ["organisation", "pinned to", "behind", "since", "until", "set by"];
      io.stdout.write(
        printable(
          table(
            columns,
            pins.map((lag) => row(lag, today)),
          ),
        ),
      );
    });
}

/** Where a pin stands with the day until which it is meant to hold. */
function expiryOf({ pin: { until } }: PinLag, today: Date): "passed" | "near" | null {
  if (until === null) return null;
  if (until < day(today)) return "passed";
  return until <= day(new Date(today.getTime() + nearDays * 24 * 60 * 60 * 1000)) ? "near" : null;
}

function documentOf(lag: PinLag, today: Date) {
  const { scope, pin, latest, filesBehind, behindSince } = lag;
  return {
    organization: scopeSlug(scope),
    revision: pin.revision,
    release: pin.release,
    latest,
    revisionsBehind: latest - pin.revision,
    filesBehind,
    behindSince,
    pinnedSince: pin.since,
    pinnedUntil: pin.until,
    expiry: expiryOf(lag, today),
    repository: pin.owner,
    by: pin.by,
  };
}

function row(lag: PinLag, today: Date): string[] {
  const { scope, pin, latest, filesBehind, behindSince } = lag;
  const expiry = expiryOf(lag, today);
  const behind = latest - pin.revision;
  return [
    scopeSlug(scope),
    pinName(pin),
    behind === 0 ? "nothing" : `${count(behind, "revision")}, ${count(filesBehind, "file")}`,
    behindSince === null ? "-" : day(behindSince),
    pin.until === null ? "-" : `${pin.until}${expiry === null ? "" : ` (${expiry})`}`,
    `${pin.by} in ${pin.owner}`,
  ];
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
