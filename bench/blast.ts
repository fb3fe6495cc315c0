// The blast radius of a change of global among a thousand organisations with fifty workflows each: every text is of its
// own, so that nothing that one organisation has was parsed for another. Once where each overrides a module that every
// tenth module of global imports, and once where all of global imports it.
import { Client } from "pg";
import type { WorkspacePath } from "../src/workspace/path.ts";
import { openCheckScene } from "./check-scene.ts";
import { type Bench, figure, timed } from "./measure.ts";

const organizations = 1000;
const workflows = 50;
const modules = 300;

const statements = [
  `insert into organizations (slug, name) select 'blast-' || n, 'Blast ' || n from generate_series(1, ${organizations}) n`,
  `insert into revisions (organization_id, number, upserts, deletes)
    select id, 1, ${workflows} + 1, 0 from organizations where slug like 'blast-%'`,
  // The first workflow of 41 organisations loads the module that is changed; two of them by a name that goes away.
  `insert into workspace_files (organization_id, revision, path, entity_type, content, content_hash, size_bytes)
    select id, 1, path, 'workflow', content, encode(sha256(content::bytea), 'hex'), octet_length(content) from (
      select o.id, 'workflows/w' || w || '.ts' as path,
        case when o.n <= 41 and w = 0
          then 'import { ' || case when o.n <= 2 then 'gone' else 'value7' end || E' as first } from "shared/m7";\\n'
          else 'import { value' || 8 + (o.n * 7 + w) % ${modules - 8} || ' as first } from "shared/m'
            || 8 + (o.n * 7 + w) % ${modules - 8} || E'";\\n' end
        || E'import { base1 } from "lib/base1";\\nimport { text } from "../lib/text";\\n'
        || E'export interface Input { ticket: number; subject?: string }\\n'
        || 'export default (input: Input) => ({ ticket: input.ticket, first, base1, text, of: "' || o.n || '-' || w || E'" });\\n'
        as content
      from (select id, substring(slug from 7)::int as n from organizations where slug like 'blast-%') o,
        generate_series(0, ${workflows - 1}) w) files`,
  // Each has an override of its own.
  `insert into workspace_files (organization_id, revision, path, entity_type, content, content_hash, size_bytes)
    select id, 1, 'lib/text.ts', 'module', content, encode(sha256(content::bytea), 'hex'), octet_length(content) from (
      select id, 'export const text = "' || slug || E'";\\n' as content from organizations where slug like 'blast-%') files`,
  "vacuum analyze",
];

/** Global, in which one module in so many imports what every organisation overrides. */
function makeGlobal(importedByOneIn: number): Map<WorkspacePath, string> {
  const sources = new Map<string, string>([["lib/text.ts", 'export const text = "global";\n']]);
  for (let base = 0; base < 20; base += 1) {
    sources.set(`lib/base${base}.ts`, `export const base${base} = ${base};\n`);
  }
  for (let index = 0; index < modules; index += 1) {
    const base = index % 20;
    const needs = index % importedByOneIn === 0 ? 'import { text } from "lib/text";\n' : "";
    const lines = Array.from(
      { length: 40 },
      (_, line) => `export const step${line} = (input: number) => input + ${line};`,
    );
    sources.set(
      `shared/m${index}.ts`,
      `import { base${base} } from "lib/base${base}";\n${needs}${index === 7 ? "export const gone = 1;\n" : ""}export const value${index} = base${base} + ${index};\n${lines.join("\n")}\n`,
    );
  }
  return sources as Map<WorkspacePath, string>;
}

const of = `${organizations.toLocaleString("en")} organisations of ${workflows} workflows`;
const name = `the blast radius among ${of}, nothing parsed, 41 affected and run`;

export const blastBenches: readonly Bench[] = [
  blastBench(10, name),
  blastBench(1, `${name}, each with an override of what all of global imports`),
];

function blastBench(importedByOneIn: number, name: string): Bench {
  return {
    group: "check",
    measure: async () => {
      const before = makeGlobal(importedByOneIn);
      const scene = await openCheckScene(before, "global");
      try {
        const client = new Client({ connectionString: scene.servers.databaseUrl });
        await client.connect();
        for (const statement of statements) await client.query(statement);
        await client.end();
        const path = "shared/m7.ts" as WorkspacePath;
        const after = new Map(before).set(path, (before.get(path) ?? "").replace("export const gone = 1;\n", ""));
        let summary = "";
        const tookMs = await timed(async () => {
          ({ summary } = await scene.check(after));
        });
        if (!summary.includes("41 organisations affected: 39 pass, 2 would break.")) throw new Error(summary);
        return [figure({ group: "check", name, value: tookMs, unit: "ms", reach: 20_000 })];
      } finally {
        await scene.close();
      }
    },
  };
}
