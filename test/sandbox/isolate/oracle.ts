// Node as the oracle of what workflow code expects of a modern runtime: the same statements run here and in the sandbox.
import { Console } from "node:console";
import { Writable } from "node:stream";
import { expect } from "vitest";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { resultOf, run } from "../program.ts";

const AsyncFunction: new (...source: string[]) => () => Promise<unknown> = Object.getPrototypeOf(
  async () => {},
).constructor;

// What both sides may use. `told` names what was thrown as far as a caller may rely on it.
const helpers = `"use strict";
  const told = (work) => { try { return ["gave", work()]; } catch (error) { return ["threw", error?.name, error instanceof DOMException, error instanceof Error]; } };
  const toldLater = async (work) => { try { return ["gave", await work()]; } catch (error) { return ["threw", error?.name, error instanceof DOMException]; } };
  const bytes = (...values) => new Uint8Array(values);
`;

/** Runs statements that return a value, here and in the sandbox, and expects the same JSON of both. */
export async function expectAsInNode(sandbox: Sandbox, statements: string): Promise<void> {
  const source = `${helpers}\n${statements}`;
  const inNode: unknown = JSON.parse(JSON.stringify(await new AsyncFunction(source)()));
  expect(await resultOf(sandbox, source)).toEqual(inNode);
}

/** Runs statements that write to `console`, here and in the sandbox, and expects the same text of both. */
export async function expectLoggedAsInNode(sandbox: Sandbox, statements: string): Promise<void> {
  let inNode = "";
  const stream = new Writable({
    write: (chunk, _, done) => {
      inNode += chunk;
      done();
    },
  });
  const source = `"use strict";\n${statements}`;
  new Function("console", source)(new Console({ stdout: stream, stderr: stream, colorMode: false }));
  const outcome = await run(sandbox, `${source}\nexport default () => {};`);
  expect(outcome.diagnostics).toEqual([]);
  expect(outcome.logs.map(({ message }) => `${message}\n`).join("")).toBe(inNode);
}
