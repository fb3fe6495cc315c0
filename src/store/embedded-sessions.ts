// The one session of the embedded Postgres, shared between connections. The socket server hands it one protocol message
// at a time, from whichever connection sent one, and keeps to a connection only while a transaction is open. A statement
// with parameters is several messages (parse, bind, execute, sync), so without this two connections' statements would
// mix: here a connection keeps the session until its statement has ended, too.
import type { PGlite } from "@electric-sql/pglite";

// First bytes of the messages that a client ends a statement with: a query in one message, or Sync.
const query = "Q".charCodeAt(0);
const sync = "S".charCodeAt(0);
// Of the messages that open one: Parse, Bind, Close, Describe, Execute, Function call, Flush.
const openers = new Set([..."PBCDEFH"].map((letter) => letter.charCodeAt(0)));

/** Gives a database as the socket server wants it, whose `isInTransaction` also holds inside a statement. */
export function withWholeStatements(database: PGlite): PGlite {
  let isInStatement = false;
  const own: Partial<PGlite> = {
    isInTransaction: () => isInStatement || database.isInTransaction(),
    execProtocolRawStream: async (message, options) => {
      const first = message[0] ?? 0;
      if (openers.has(first)) isInStatement = true;
      if (first === query || first === sync) isInStatement = false;
      await database.execProtocolRawStream(message, options);
    },
    // The server's rollback for a connection that went away, perhaps in the middle of a statement.
    exec: async (text, options) => {
      isInStatement = false;
      return await database.exec(text, options);
    },
  };
  return new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
