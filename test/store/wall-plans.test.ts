// What the policies do to the planner: nothing. Among many organisations, each of the store's statements on a scope reads its
// tables by the same indexes as without them.
import { expect, onTestFinished, test, vi } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { createOrm } from "../../src/store/orm.ts";
import { everyScopeSession, type Session, scopedSession } from "../../src/store/session.ts";
import { grantOperator } from "../../src/workspace/grant.ts";
import { type OrganizationId, scopeOf } from "../../src/workspace/scope.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { path } from "./sample.ts";

const sent = vi.hoisted(() => [] as { readonly text: string; readonly values: readonly unknown[] }[]);

vi.mock(import("../../src/store/walled-client.ts"), async (original) => {
  const { WalledClient } = await original();
  return {
    WalledClient: class extends WalledClient {
      override query(text: unknown, values: unknown = [], ...others: unknown[]): never {
        sent.push({ text: String(text), values: values as readonly unknown[] });
        return super.query(text, values, ...others);
      }
    },
  };
});

const tables = ["workspace_files", "workspace_file_history", "revisions"];

test("the store's statements on a scope take the same indexes with the policies and without", async () => {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  const orm = createOrm(database.url, 1);
  onTestFinished(async () => {
    await Promise.all([store.close(), orm.close(true)]);
    await database.drop();
  });
  const columns = "organization_id, path, content, entity_type, content_hash, git_sha, size_bytes, repository_id";
  const file = "o.id, 'm/' || n || '.ts', '', 'module', md5(n::text), md5(n::text), 0, 1 + n % 3";
  const each = "from organizations o, generate_series(1, 500) n";
  for (const statement of [
    "insert into organizations (slug, name) select 'org-' || n, '' from generate_series(1, 40) n",
    `insert into workspace_files (${columns}, revision) select ${file}, 1 + n % 50 ${each}`,
    `insert into workspace_file_history (${columns}, valid_from, valid_until) select ${file}, n % 20, 20 + n % 30 ${each}`,
    `insert into revisions (organization_id, number, upserts, deletes) select o.id, n, 1, 0 ${each}`,
    `analyze ${tables.join(", ")}`,
  ]) {
    await database.query(statement);
  }
  const [row] = await database.query("select id, slug from organizations limit 1");
  const granted = grantOperator(scopeOf({ id: String(row?.id) as OrganizationId, slug: String(row?.slug) }));
  const paths = [path("m/7.ts"), path("m/8.ts")];

  sent.length = 0;
  await store.snapshot(granted);
  await store.contents(granted, paths);
  await store.contents(granted, paths, 30);
  await store.layersNow(granted);
  await store.listLayer(granted, 30);
  await store.filesOfRepository(granted, 2);
  await store.changesSince(granted, 45);
  await store.revisions(granted, 10);
  await store.versions(granted, paths);
  await store.ownedSnapshots(granted);
  const statements = sent.filter(({ text }) => tables.some((table) => text.includes(`from ${table}`)));
  expect(statements.length).toBeGreaterThan(14);

  const scoped = scopedSession(orm.em, granted);
  const every = everyScopeSession(orm.em, "a test");
  for (const { text, values } of statements) {
    const without = await scansOf(every, text, values);
    expect([text, await scansOf(scoped, text, values)]).toEqual([text, without]);
    expect([text, without.join()]).toEqual([text, expect.not.stringMatching(/Seq Scan/)]);
  }
});

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly Plan[];
}

/** How the tables of scopes are read by a statement: each table once for every index that it is read by, or by none. */
async function scansOf(session: Session, text: string, values: readonly unknown[]): Promise<string[]> {
  const [row] = await session.query<{ "QUERY PLAN": readonly { readonly Plan: Plan }[] }>(
    `explain (format json) ${text}`,
    values,
  );
  const scans: string[] = [];
  const visit = (plan: Plan) => {
    const index = plan["Index Name"];
    if (index !== undefined) scans.push(index);
    else if (plan["Node Type"] === "Seq Scan" && tables.includes(plan["Relation Name"] ?? "")) {
      scans.push(`Seq Scan on ${plan["Relation Name"]}`);
    }
    plan.Plans?.forEach(visit);
  };
  if (row !== undefined) visit(row["QUERY PLAN"][0]?.Plan ?? { "Node Type": "none" });
  return scans.filter((scan) => /^Seq|^(?:workspace|revisions)/.test(scan)).sort();
}
