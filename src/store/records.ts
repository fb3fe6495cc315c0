// What was answered: check runs by what they are about, and the merge groups that wait for some.
import type { EntityManager } from "@mikro-orm/postgresql";
import { type CheckRecord, parseSubject, subjectName } from "../workspace/check.ts";
import { recorded } from "./audit.ts";
import { CheckRow, MergeGroupRow } from "./entities.ts";
import { registrySession } from "./session.ts";
import type { CheckKey, Registry } from "./store.ts";

type Records = Pick<
  Registry,
  | "check"
  | "saveCheck"
  | "renewCheck"
  | "allowRun"
  | "checksAt"
  | "openChecks"
  | "abandonedChecks"
  | "waitingChecks"
  | "awaitingChecks"
  | "unansweredPulls"
  | "mergeGroup"
  | "saveMergeGroup"
>;

/** The part of the registry that keeps records. `begin` gives an entity manager for one call. */
export function recordRegistry(begin: () => EntityManager): Records {
  return {
    check: async (repositoryId, subject, headSha) => {
      const row = await begin().findOne(CheckRow, { repositoryId, subject: subjectName(subject), headSha });
      return row === null ? undefined : recordOf(row);
    },

    // Whoever saves a check has read it some time ago: what somebody else allowed since then stays.
    saveCheck: async ({ runAllowedBy: _, subject, ...check }) => {
      await begin().upsert(CheckRow, { ...check, subject: subjectName(subject), updatedAt: new Date() });
    },

    renewCheck: async ({ repositoryId, subject, headSha }, leaseUntil) => {
      await begin().nativeUpdate(
        CheckRow,
        { repositoryId, subject: subjectName(subject), headSha, conclusion: null },
        { leaseUntil },
      );
    },

    allowRun: ({ repositoryId, subject, headSha }, by) =>
      recorded(begin(), async (session, record) => {
        const changed = await session.query(
          `update checks set run_allowed_by = $4 where repository_id = $1 and subject = $2 and head_sha = $3
          returning head_sha`,
          [repositoryId, subjectName(subject), headSha, by],
        );
        if (changed.length === 0) return false;
        const details = { subject: subjectName(subject), commit: headSha };
        await record({ act: "run-allowed", scope: null, repositoryId, by: `github:${by}`, details });
        return true;
      }),

    checksAt: async (repositoryId, headSha) => {
      const rows = await begin().find(CheckRow, { repositoryId, headSha }, { orderBy: { subject: "asc" } });
      return rows.map(recordOf);
    },

    openChecks: async (repositoryId, subject) => {
      const where = { repositoryId, subject: subjectName(subject), conclusion: null };
      return (await begin().find(CheckRow, where)).map(recordOf);
    },

    abandonedChecks: async (now, limit) => {
      const rows = await registrySession(begin()).query<StoredCheck>(
        `select c.repository_id, c.subject, c.head_sha from checks c
        join repositories r on r.id = c.repository_id
        left join installations i on i.id = r.installation_id
        where c.conclusion is null and c.lease_until < $1
          and r.state <> 'detached' and not r.archived and not coalesce(i.suspended, false) and i.removed_at is null
        order by c.lease_until limit $2`,
        [now, limit],
      );
      return rows.map(keyOf);
    },

    awaitingChecks: async ({ names, revision }, limit) => {
      // A subject may have been answered at another commit since.
      const rows = await registrySession(begin()).query<StoredCheck>(
        `select c.repository_id, c.subject, c.head_sha from checks c
        where (c.awaits = any($1::text[])
            or (c.awaits ~ '^revision:[0-9]{1,15}$' and substring(c.awaits from 10)::bigint <= $2))
          and not exists (select from checks newer where newer.repository_id = c.repository_id
            and newer.subject = c.subject and newer.updated_at > c.updated_at)
        order by c.updated_at desc limit $3`,
        [names, revision, limit],
      );
      return rows.map(keyOf);
    },

    waitingChecks: async (repositoryId) => {
      return (await begin().find(CheckRow, { repositoryId, conclusion: "action_required" })).map(recordOf);
    },

    unansweredPulls: async (repositoryId, heads) => {
      const rows = await registrySession(begin()).query<{ number: string }>(
        `select h.number from unnest($2::integer[], $3::text[]) as h (number, sha)
        where not exists (
          select from checks c where c.repository_id = $1 and c.subject = 'pull:' || h.number and c.head_sha = h.sha
            and (c.conclusion is null or c.conclusion <> 'cancelled'))
        order by h.number`,
        [repositoryId, heads.map(({ number }) => number), heads.map(({ headSha }) => headSha)],
      );
      return rows.map(({ number }) => Number(number));
    },

    mergeGroup: async (repositoryId, headSha) => {
      const row = await begin().findOne(MergeGroupRow, { repositoryId, headSha });
      if (row === null) return undefined;
      const { createdAt: _, ...group } = row;
      return group;
    },

    saveMergeGroup: async ({ repositoryId, headSha, baseSha, baseBranch, isOver }) => {
      // One that is over stays over, in whatever order its deliveries come.
      await registrySession(begin()).query(
        `insert into merge_groups (repository_id, head_sha, base_sha, base_branch, is_over) values ($1, $2, $3, $4, $5)
        on conflict (repository_id, head_sha) do update set is_over = merge_groups.is_over or excluded.is_over`,
        [repositoryId, headSha, baseSha, baseBranch, isOver],
      );
    },
  };
}

interface StoredCheck {
  readonly repository_id: string;
  readonly subject: string;
  readonly head_sha: string;
}

function keyOf({ repository_id, subject, head_sha }: StoredCheck): CheckKey {
  return { repositoryId: Number(repository_id), subject: subjectOf(subject), headSha: head_sha };
}

function recordOf(row: CheckRow): CheckRecord {
  const { repositoryId, subject, headSha, checkRunId, conclusion, leaseUntil, awaits, runAllowedBy } = row;
  return {
    repositoryId,
    subject: subjectOf(subject),
    headSha,
    checkRunId,
    conclusion: conclusion ?? null,
    leaseUntil: leaseUntil ?? null,
    awaits: awaits ?? null,
    runAllowedBy: runAllowedBy ?? null,
  };
}

function subjectOf(name: string): CheckRecord["subject"] {
  const subject = parseSubject(name);
  if (subject === undefined) throw new TypeError(`A check is recorded for "${name}", which is nothing to check`);
  return subject;
}
