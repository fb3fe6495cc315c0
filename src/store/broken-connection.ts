// Connections that break inside a transaction. The library that MikroORM runs on gives a connection back to its pool only
// after a BEGIN, COMMIT or ROLLBACK that succeeded, so every one that broke would take a place in the pool for ever.

/** What of a connection matters here; MikroORM hands it over without a type. */
export interface BreakableConnection {
  executeQuery(query: { readonly sql: string }, options?: unknown): Promise<unknown>;
}

/**
 * Changes a new connection so that it always finds its way back. A ROLLBACK that cannot be sent counts as done, because
 * the server rolls back what a lost connection leaves; a BEGIN that failed is said again by the statement after it. The
 * pool itself throws connections away that have broken.
 */
export function returnWhenBroken(connection: BreakableConnection): void {
  const execute = connection.executeQuery.bind(connection);
  let beginning: { readonly error: unknown } | undefined;
  connection.executeQuery = async (query, options) => {
    if (query.sql === "rollback") {
      beginning = undefined;
      return await execute(query, options).catch(() => ({ rows: [] }));
    }
    if (beginning !== undefined) throw beginning.error;
    try {
      return await execute(query, options);
    } catch (error) {
      if (!/^(?:begin|start transaction)\b/.test(query.sql)) throw error;
      beginning = { error };
      return { rows: [] };
    }
  };
}
