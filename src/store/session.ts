// Plain SQL with `$1` placeholders, as Postgres itself reads them, on the pool or on one transaction's connection. Values
// travel beside the text and are never written into it. Each session says how far it reaches, and the database holds it to
// that: what reads or writes a table of scopes takes a `ScopedSession`, and only a grant makes one.
import { randomUUID } from "node:crypto";
import { type EntityManager, IsolationLevel, type Kysely, type MikroORM } from "@mikro-orm/postgresql";
import type { GrantedScope } from "../workspace/grant.ts";
import type { Scope } from "../workspace/scope.ts";
import { type Reach, withReach } from "./reach.ts";

type Executor = Pick<Kysely<unknown>, "executeQuery">;

/** Something that SQL can be run on. */
export interface Session {
  /** Runs one statement and gives its rows. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The registry's, on the same connection. */
  readonly registry: Session;
}

declare const reached: unique symbol;

/** One that finds rows of some scopes and of the global layer below them. */
export interface ScopedSession extends Session {
  readonly [reached]: "scopes" | "every";
}

/** One that finds the rows of every scope, for what is about all of them at once. */
export interface EveryScopeSession extends ScopedSession {
  readonly [reached]: "every";
}

/** What belongs to no scope: repositories, grants, deliveries, jobs' records. It reads no file and no report. */
export function registrySession(entityManager: EntityManager): Session {
  return sessionOn(executorOf(entityManager), { kind: "registry" });
}

/** A scope as far as it was granted: read, or read and written. */
export function scopedSession(entityManager: EntityManager, granted: GrantedScope): ScopedSession {
  return sessionOn(executorOf(entityManager), reachOf(granted)) as ScopedSession;
}

/** Several scopes, which the caller has found out may be read. */
export function scopesSession(entityManager: EntityManager, scopes: readonly Scope[]): ScopedSession {
  return sessionOn(executorOf(entityManager), { kind: "scopes", scopes, writes: false }) as ScopedSession;
}

/** What is kept of repositories that feed no scope, for whoever may read those. */
export function unscopedSession(entityManager: EntityManager): ScopedSession {
  return sessionOn(executorOf(entityManager), { kind: "unscoped" }) as ScopedSession;
}

/**
 * Every scope: lists for operators, and what one scope needs of all the others. `why` is for whoever reads the code and
 * searches it for this name.
 */
export function everyScopeSession(entityManager: EntityManager, _why: string): EveryScopeSession {
  return sessionOn(executorOf(entityManager), { kind: "every" }) as EveryScopeSession;
}

/** Runs `work` in one transaction that sees a single moment of the database and writes nothing. */
export function readSnapshot<T>(
  orm: MikroORM,
  granted: GrantedScope,
  work: (session: ScopedSession) => Promise<T>,
): Promise<T> {
  const reach = reachOf({ ...granted, access: "read" });
  return orm.em.getConnection().transactional((transaction) => work(sessionOn(transaction, reach) as ScopedSession), {
    isolationLevel: IsolationLevel.REPEATABLE_READ,
    readOnly: true,
  });
}

function reachOf({ scope, access }: Pick<GrantedScope, "scope" | "access">): Reach {
  return { kind: "scopes", scopes: [scope], writes: access === "write" };
}

/** The connection of an entity manager's transaction, or else any connection of the pool. */
function executorOf(entityManager: EntityManager): Executor {
  return entityManager.getTransactionContext<Executor & object>() ?? entityManager.getConnection().getClient();
}

function sessionOn(executor: Executor, reach: Reach): Session {
  const session = {
    query: <Row>(text: string, values: readonly unknown[] = []) =>
      withReach(reach, async () => {
        const { rows } = await executor.executeQuery<Row>({
          sql: text,
          parameters: values,
          query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
          queryId: { queryId: randomUUID() },
        });
        return rows;
      }),
    get registry(): Session {
      return reach.kind === "registry" ? session : sessionOn(executor, { kind: "registry" });
    },
  };
  return session;
}
