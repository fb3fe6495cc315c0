// Fills a database with what a large deployment holds beside the repository that is measured: a thousand repositories, each
// of an organisation of its own, with a thousand files each.
import { Client } from "pg";

const statements = [
  `insert into organizations (slug, name) select 'other-' || n, 'Other ' || n from generate_series(1, 1000) n`,
  `insert into installations (id, account_id, account_login, account_type, suspended)
    select 1000000 + n, 1000000 + n, 'other-' || n, 'Organization', false from generate_series(1, 1000) n`,
  `insert into repositories (id, installation_id, account_id, owner, name, default_branch, private, archived, state,
      scoped, organization_id, requested_scope)
    select 1000000 + n, 1000000 + n, 1000000 + n, 'other-' || n, 'modules', 'main', true, false, 'bound', true, o.id, o.slug
    from generate_series(1, 1000) n join organizations o on o.slug = 'other-' || n`,
  `insert into grants (organization_id, repository_id, granted_by)
    select organization_id, id, 'bench' from repositories where id > 1000000`,
  `insert into revisions (organization_id, number, repository_id, upserts, deletes)
    select organization_id, 1, id, 1000, 0 from repositories where id > 1000000`,
  `insert into workspace_files (organization_id, repository_id, revision, path, entity_type, content, content_hash,
      git_sha, size_bytes)
    select r.organization_id, r.id, 1, 'shared/m' || n || '.ts', 'module', 'export const value = ' || n || E';\\n',
      encode(sha256(n::text::bytea), 'hex'), left(encode(sha256(n::text::bytea), 'hex'), 40), 27
    from repositories r, generate_series(1, 1000) n where r.id > 1000000`,
  "vacuum analyze",
];

/** Adds the rows to a database at a Postgres URL. Takes half a minute. */
export async function fillDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
