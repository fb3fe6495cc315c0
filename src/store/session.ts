// Plain SQL with `$1` placeholders, as Postgres itself reads them, on the pool or on one transaction's connection. Values
// travel beside the text and are never written into it.
import { randomUUID } from "node:crypto";
import { type EntityManager, IsolationLevel, type Kysely, type MikroORM } from "@mikro-orm/postgresql";

type Executor = Pick<Kysely<unknown>, "executeQuery">;

/** Something that SQL can be run on. */
export interface Session {
  /** Runs one statement and gives its rows. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** The session of an entity manager: its transaction's connection, or else any connection of the pool. */
export function sessionOf(entityManager: EntityManager): Session {
  const executor =
    entityManager.getTransactionContext<Executor & object>() ?? entityManager.getConnection().getClient();
  return sessionOn(executor);
}

/** Runs `work` in one transaction that sees a single moment of the database and writes nothing. */
export function readSnapshot<T>(orm: MikroORM, work: (session: Session) => Promise<T>): Promise<T> {
  return orm.em.getConnection().transactional((transaction) => work(sessionOn(transaction)), {
    isolationLevel: IsolationLevel.REPEATABLE_READ,
    readOnly: true,
  });
}

function sessionOn(executor: Executor): Session {
  return {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await executor.executeQuery<Row>({
        sql: text,
        parameters: values,
        query: { kind: "RawNode", sqlFragments: [text], parameters: [] },
        queryId: { queryId: randomUUID() },
      });
      return rows;
    },
  };
}
