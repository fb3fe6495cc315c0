// What goes wrong with Redis, in words that give nothing of what is sent (a password, people's code) away.
import type { Cluster, Redis } from "ioredis";
import { Fault } from "../errors.ts";
import type { RedisAddress, RedisTarget } from "./redis-target.ts";

/** Remembers why a client was last lost, which the commands that then fail do not say, and makes their faults. */
export function rememberLoss(redis: Redis | Cluster, { login, seeds }: RedisTarget): (error: unknown) => Fault {
  let lost: unknown;
  const remember = (error: unknown) => {
    lost = error;
  };
  redis.on("error", remember);
  redis.on("node error", remember);
  redis.on("ready", () => {
    lost = undefined;
  });
  const where = seeds.map(({ host, port }) => `${host}:${port}`).join(", ");
  return (error) => {
    if (error instanceof Fault) return error;
    const reason = reasonOf(isReply(error) ? error : (lost ?? error), login.password);
    // No `cause`: errors of ioredis carry the command with its arguments.
    return new Fault("cache-unavailable", `Cannot use Redis at ${where}: ${reason}`);
  };
}

/**
 * Whether a cluster answered that a slot is elsewhere, on its way or nowhere: nothing was done, and the same may be
 * asked again.
 */
export function isMisdirected(error: unknown): boolean {
  return redirections(error).length > 0;
}

/** The node that a cluster says has the slot for good. */
export function movedTo(error: unknown): RedisAddress | undefined {
  return addressOf(redirections(error).find(([kind]) => kind === "MOVED")?.[2] ?? "");
}

/** Reads `host:port` as a cluster writes it, an IPv6 address without brackets; undefined where there is no host. */
export function addressOf(text: string): RedisAddress | undefined {
  const colon = text.lastIndexOf(":");
  return colon > 0 ? { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) } : undefined;
}

const redirectionKinds = new Set<string | undefined>(["MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"]);

/** An EXEC that was refused says so; why is in the errors of the commands before it. */
function redirections(error: unknown): string[][] {
  if (!isReply(error)) return [];
  const before = (error as { readonly previousErrors?: readonly unknown[] }).previousErrors ?? [];
  return [error, ...before]
    .map((reply) => (reply instanceof Error ? reply.message.split(" ") : []))
    .filter(([kind]) => redirectionKinds.has(kind));
}

/** Whether a server refused a command to this login, or to everybody, whatever its arguments are. */
export function isForbidden(error: unknown): boolean {
  return isReply(error) && /^NOPERM |^ERR unknown command /.test(error.message);
}

/** Whether a server answered, with an error. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

function reasonOf(error: unknown, password: string | undefined): string {
  if (!(error instanceof Error)) return "unknown reason";
  // Of a cluster whose every node failed, the last one's error.
  const inner = "lastNodeError" in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
  // An AggregateError, one error for each address of a host, has a code and no message.
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : inner.name;
  // Redis repeats the arguments of a command that it does not know.
  const [text = ""] = (inner.message || code).split(", with args");
  return password ? text.replaceAll(password, "***") : text;
}
