// What Postgres or the way to it says, as faults of ours. The server's address is named, its password never.
import { Fault } from "../errors.ts";

// Classes of SQLSTATE and Node's codes that mean "no server", "not now" or "not with this login"; the same statement
// against a healthy server would have worked.
const unavailable =
  /^(?:08|53|57|58|28)|^3D000$|^(?:ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EPIPE|EACCES)/;
const unavailableMessage =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|server closed the connection/i;

// Every statement steps down to one of them, and they were there when the connection was made.
const lostRole = /^(?:role "bifrost_\w+" does not exist|permission denied to set role "bifrost_\w+")$/;

/** What a server that answers refuses, by its SQLSTATE. */
const refusals: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  "3D000": { what: "there is no such database", remedy: "Create the database, or correct BIFROST_DATABASE_URL" },
  "28P01": { what: "the password is wrong", remedy: "Correct the password in BIFROST_DATABASE_URL" },
  "28000": { what: "the user may not log in", remedy: "Correct the user in BIFROST_DATABASE_URL, or let it log in" },
  "53300": { what: "it has no connection left", remedy: "Raise max_connections, or run fewer processes" },
};

/** Turns whatever was thrown into the fault that it means, or gives it back where it is something else. */
export function storeFault(error: unknown, url: string): unknown {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  const refusal = refusals[code];
  if (refusal !== undefined) {
    const { what, remedy } = refusal;
    return new Fault("store-unavailable", `Cannot use Postgres at ${addressOf(url)}: ${what}`, {
      cause: error,
      remedy,
    });
  }
  if (unavailable.test(code) || unavailableMessage.test(message)) {
    return new Fault(
      "store-unavailable",
      `Cannot use Postgres at ${addressOf(url)}: ${code || "the connection ended"}`,
      {
        cause: error,
      },
    );
  }
  if (lostRole.test(message)) {
    return new Fault("store-outdated", `The database at ${addressOf(url)} lacks the roles that hold scopes apart`, {
      cause: error,
    });
  }
  // undefined_table, undefined_column, invalid_schema_name: the code is newer than the schema.
  if (["42P01", "42703", "3F000"].includes(code)) {
    return new Fault("store-outdated", `The database at ${addressOf(url)} lacks a part of the schema`, {
      cause: error,
    });
  }
  return error;
}

/** Gives a copy of an object of asynchronous methods that throw faults in place of the driver's errors. */
export function withStoreFaults<T extends object>(methods: T, url: string): T {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    async (...parameters: unknown[]) => {
      try {
        return await method(...parameters);
      } catch (error) {
        throw storeFault(error, url);
      }
    },
  ]);
  return Object.fromEntries(wrapped);
}

/** The server and database of a URL, without user, password or options. */
export function addressOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    return `${searchParams.get("host") ?? hostname}${port && `:${port}`}${pathname}`;
  } catch {
    return "an address that is no URL";
  }
}

/** The code of an error or of what caused it; a name that leads to several addresses fails with an `AggregateError`. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
