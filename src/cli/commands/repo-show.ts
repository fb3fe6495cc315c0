// `bifrost repo show`: where one repository stands, why, what to do about it, and what happens next by itself.
import { Command } from "commander";
import type { Served } from "../../store/store.ts";
import { count } from "../../workspace/markdown.ts";
import type { Repository } from "../../workspace/repository.ts";
import { scopeSlug } from "../../workspace/scope.ts";
import { type Standing, standingOf } from "../../workspace/standing.ts";
import { findRepository, type OpenDeployment, withDeployment } from "../deployment.ts";
import { type CliIo, printJson, styleFor } from "../io.ts";
import { printable } from "../printable.ts";
import { repositoryDocument } from "../repository-document.ts";

export function repoShowCommand(io: CliIo, open: OpenDeployment): Command {
  return new Command("show")
    .description("show where a repository stands, why, and what to do about it")
    .argument("<repository>", "OWNER/REPO")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  $ bifrost repo show acme-inc/bifrost-modules")
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const shown = await withDeployment(open, async ({ store, jobs }) => {
        const repository = await findRepository(store, name);
        const syncs = await jobs.unfinished("sync", `${repository.id}`);
        return { repository, standing: standingOf(repository, syncs), served: await store.served(repository.id) };
      });
      const { repository, standing, served } = shown;
      if (options.json) {
        const serves = served.map(({ scope, ...brought }) => ({ scope: scopeSlug(scope), ...brought }));
        return printJson(io, { ...repositoryDocument(repository, standing), serves });
      }
      const style = styleFor(io.stdout);
      const { status, message, remedy } = standing;
      const color = status === "well" ? "green" : "yellow";
      io.stdout.write(`${repository.owner}/${repository.name}  ${style([color, "bold"], status)}\n`);
      io.stdout.write(`  ${printable(message)}\n`);
      if (remedy !== null) io.stdout.write(`  ${style("dim", "to do:")} ${printable(remedy)}\n`);
      io.stdout.write("\n");
      const lines = details(repository, standing, served);
      const width = Math.max(...lines.map(([label]) => label.length));
      for (const [label, text] of lines) io.stdout.write(`${label.padEnd(width)}  ${printable(text)}\n`);
    });
}

type Line = readonly [label: string, text: string];

function details(repository: Repository, standing: Standing, served: readonly Served[]): Line[] {
  const { scope, requestedScope, syncedSha, syncedAt, lastSync, troubles, hold, quota } = repository;
  const revision = lastSync?.revision == null ? "" : `, revision ${lastSync.revision}`;
  const serves = served.map(servedText);
  const findings = (lastSync?.diagnostics ?? []).filter(({ message }) => message !== standing.message);
  return [
    ["scope", scope ? scopeSlug(scope) : "none"],
    ...(requestedScope === null ? [] : [["asks for", requestedScope] as const]),
    ["default branch", repository.defaultBranch],
    ["wanted commit", repository.wantedSha ?? "not known"],
    ["synced commit", syncedSha === null ? "none" : `${syncedSha}${syncedAt ? `, ${time(syncedAt)}` : ""}${revision}`],
    ["next try", nextTry(standing)],
    ...(["sync", "check"] as const).flatMap((work): Line[] => {
      const trouble = troubles[work];
      if (trouble === undefined) return [];
      return [
        [`${work} error`, `${time(trouble.at)}: ${trouble.message}`],
        ["", trouble.remedy],
      ];
    }),
    ...(hold === null ? [] : [heldLine(hold)]),
    [
      "requests left",
      quota === null ? "not known" : `${quota.remaining} of ${quota.limit}, until ${time(quota.resetAt)}`,
    ],
    ["serves", serves.length === 0 ? "nothing" : serves.join(", ")],
    ...findings.flatMap(({ severity, message, remedy }): Line[] => [
      [severity, message],
      ...(remedy === undefined ? [] : [["", remedy] as const]),
    ]),
  ];
}

function servedText({ scope, files, pins, returns }: Served): string {
  const what = [
    ...(files > 0 ? [count(files, "file")] : []),
    ...(pins ? ["the pin"] : []),
    ...(files === 0 && returns ? ["what comes back when its rollback ends"] : []),
  ];
  return `${what.join(" and ")} of ${scopeSlug(scope)}`;
}

function nextTry({ nextTryAt, runningSince, failedTries }: Standing): string {
  const running = runningSince === null ? "" : `running since ${time(runningSince)}`;
  if (nextTryAt === null) return running === "" ? "none is queued" : running;
  const after = failedTries === 0 ? "" : `, after ${count(failedTries, "failed try", "failed tries")}`;
  const next = nextTryAt <= new Date() ? `as soon as a worker is free${after}` : `${time(nextTryAt)}${after}`;
  return running === "" ? next : `${running}, then ${next}`;
}

function heldLine({ commit, deletes, live, since, approvedBy }: NonNullable<Repository["hold"]>): Line {
  const held = `${commit.slice(0, 12)} since ${time(since)}, ${deletes} deletes of ${count(live, "file")}`;
  return ["held", approvedBy === null ? held : `${held}, approved by ${approvedBy}`];
}

function time(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
