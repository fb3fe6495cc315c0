// Children of a test that say one line of JSON and end.
import type { ChildProcess } from "node:child_process";

/** What a child says until it ends. */
export async function saidBy<T>(child: ChildProcess): Promise<T> {
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await new Promise((resolve) => child.once("close", resolve));
  return JSON.parse(said);
}
