// `bifrost pins`: which organisations stay at a revision of global, and how far behind they are.
import { Command } from "commander";
import { z } from "zod";
import type { PinLag } from "../../store/store.ts";
import { count } from "../../workspace/markdown.ts";
import { type PinState, pinName, pinStates } from "../../workspace/pin.ts";
import { rollbackWords } from "../../workspace/rollback.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type OpenDeployment, withDeployment } from "../deployment.ts";
import { integer, moment, text } from "../document-shapes.ts";
import { type CliIo, printJson } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";
import { table } from "../table.ts";

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    pins: z.array(
      z.strictObject({
        organization: text,
        revision: integer,
        release: text.nullable(),
        latest: integer,
        revisionsBehind: integer,
        filesBehind: integer,
        behindSince: moment.nullable(),
        pinnedSince: moment,
        pinnedUntil: text.nullable().meta({ description: "YYYY-MM-DD" }),
        expiry: z.enum(["passed", "near"]).nullable(),
        repository: text,
        by: text,
        states: z.array(text),
        releaseRevision: integer.nullable(),
      }),
    ),
    rolledBack: z.array(
      z.strictObject({
        scope: text,
        target: integer,
        revision: integer,
        by: text,
        since: moment,
        purged: z.array(integer),
      }),
    ),
  });

export function pinsCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("pins")
    .description("list the organisations that are pinned to a revision of global, and how far behind each of them is")
    .addOption(jsonOption(document))
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
      const columns = ["organisation", "pinned to", "behind", "since", "until", "set by", ""];
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

function documentOf(lag: PinLag, today: Date) {
  const { scope, pin, latest, filesBehind, behindSince, release } = lag;
  const states = pinStates(pin, release, today);
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
    expiry: states.includes("expired") ? "passed" : states.includes("expires-soon") ? "near" : null,
    repository: pin.owner,
    by: pin.by,
    states,
    releaseRevision: release?.revision ?? null,
  };
}

function row(lag: PinLag, today: Date): string[] {
  const { scope, pin, latest, filesBehind, behindSince, release } = lag;
  const behind = latest - pin.revision;
  return [
    scopeSlug(scope),
    pinName(pin),
    behind === 0 ? "nothing" : `${count(behind, "revision")}, ${count(filesBehind, "file")}`,
    behindSince === null ? "-" : day(behindSince),
    pin.until ?? "-",
    `${pin.by} in ${pin.owner}`,
    pinStates(pin, release, today)
      .map((state) => stateText(state, lag))
      .join("; "),
  ];
}

function stateText(state: PinState, { pin, release }: PinLag): string {
  switch (state) {
    case "expired":
      return "its day has passed";
    case "expires-soon":
      return "its day is near";
    case "release-moved":
      return `${pin.release} is revision ${release?.revision} now`;
    case "release-unnamed":
      return `${pin.release} names no revision any more`;
    case "release-deleted":
      return `the tag ${pin.release} was deleted`;
    case "ownerless":
      return `${pin.owner} does not feed it any more`;
    default:
      throw state satisfies never;
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
