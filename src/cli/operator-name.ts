// Who an operator claims to be: the command line knows the machine's word for it and nothing more.
import { hostname, userInfo } from "node:os";

/** The name under which the record of acts keeps what a command did. */
export function operatorName(): string {
  return `cli:${userInfo().username}@${hostname()}`;
}
