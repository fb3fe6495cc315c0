import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { failureOf, resultOf, run } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("EventTarget calls its listeners in order, each once where asked, until stopped", async () => {
  const result = await resultOf(
    sandbox,
    `const seen = []; const target = new EventTarget();
    const first = () => seen.push("first");
    target.addEventListener("x", first); target.addEventListener("x", first);
    target.addEventListener("x", { handleEvent: (event) => seen.push(event.type, event.target === target) }, { once: true });
    target.addEventListener("x", (event) => { event.preventDefault(); event.stopImmediatePropagation(); });
    target.addEventListener("x", () => seen.push("never"));
    const kept = target.dispatchEvent(new Event("x"));
    target.removeEventListener("x", first);
    const prevented = target.dispatchEvent(new CustomEvent("x", { cancelable: true, detail: 1 }));
    return [seen, kept, prevented];`,
  );
  expect(result).toEqual([["first", "x", true], true, false]);
});

test("a listener that throws fails the run, and the other listeners are called", async () => {
  const outcome = await run(
    sandbox,
    `const target = new EventTarget();
    target.addEventListener("x", () => { throw new Error("listener"); });
    target.addEventListener("x", () => console.log("called"));
    export default () => { target.dispatchEvent(new Event("x")); };`,
  );
  expect(failureOf(outcome).message).toBe("Error: listener");
  expect(outcome.logs).toEqual([{ level: "info", message: "called" }]);
});

test("AbortController aborts its signal once, with its reason or an AbortError", async () => {
  const result = await resultOf(
    sandbox,
    `const seen = []; const controller = new AbortController();
    controller.signal.addEventListener("abort", () => seen.push("event")); controller.signal.onabort = () => seen.push("onabort");
    controller.abort(); controller.abort("again");
    let thrown; try { controller.signal.throwIfAborted(); } catch (error) { thrown = [error.name, error.code, error instanceof DOMException, error instanceof Error]; }
    let illegal; try { new AbortSignal(); } catch (error) { illegal = error.name; }
    return [seen, controller.signal.aborted, thrown, AbortSignal.abort("why").reason, illegal];`,
  );
  expect(result).toEqual([["event", "onabort"], true, ["AbortError", 20, true, true], "why", "TypeError"]);
});

test("AbortSignal.timeout() and AbortSignal.any() abort when their time or their first signal comes", async () => {
  const result = await resultOf(
    sandbox,
    `const controller = new AbortController();
    const any = AbortSignal.any([controller.signal, AbortSignal.timeout(2)]);
    await new Promise((resolve) => any.addEventListener("abort", resolve));
    return [any.reason.name, AbortSignal.any([AbortSignal.abort("now")]).reason];`,
  );
  expect(result).toEqual(["TimeoutError", "now"]);
});
