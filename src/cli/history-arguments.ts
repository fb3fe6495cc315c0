// Arguments of the commands that look at the past.
import { InvalidArgumentError } from "commander";
import { Fault } from "../errors.ts";
import { parseMoment } from "../history/moment.ts";
import { joinPath, parsePath, type WorkspacePath } from "../workspace/path.ts";
import type { Moment } from "../workspace/revision.ts";

export const momentHelp = "a revision's number, or a date such as 2026-03-01 or 2026-03-01T12:00Z";

/** Reads a revision or a date for commander. */
export function readMoment(text: string): Moment {
  const moment = parseMoment(text);
  if (moment === undefined) throw new InvalidArgumentError(`Give ${momentHelp}.`);
  return moment;
}

/** Reads a path from the workspace's root. Throws `Fault` `wrong-use`. */
export function readPath(text: string): WorkspacePath {
  const path = parsePath(joinPath("", text) ?? "");
  if (path !== undefined && !text.startsWith("/")) return path;
  throw new Fault("wrong-use", `This is not a path in the workspace: ${JSON.stringify(text)}`, {
    remedy: "Give a path from the workspace's root, such as shared/halopsa.ts, shared/halopsa or shared",
  });
}
