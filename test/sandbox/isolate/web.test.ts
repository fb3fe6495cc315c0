import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { resultOf } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("TextEncoder and TextDecoder turn text into bytes and back, also in pieces", async () => {
  const result = await resultOf(
    sandbox,
    `const bytes = new TextEncoder().encode("a€😀");
    const stream = new TextDecoder();
    let pieces = ""; for (const byte of bytes) pieces += stream.decode(new Uint8Array([byte]), { stream: true }); pieces += stream.decode();
    const errors = [];
    for (const attempt of [() => new TextDecoder("klingon"), () => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255]))]) {
      try { attempt(); } catch (error) { errors.push(error.name); }
    }
    const target = new Uint8Array(5);
    return [[...bytes], bytes instanceof Uint8Array, new TextDecoder().decode(bytes.subarray(1, 4)), pieces,
      new TextDecoder("latin1").decode(new Uint8Array([0xe9]).buffer), new TextDecoder().decode(new Uint8Array([255])),
      errors, new TextEncoder().encodeInto("a€😀", target), [...target], new TextDecoder().encoding];`,
  );
  expect(result).toEqual([
    [97, 226, 130, 172, 240, 159, 152, 128],
    true,
    "€",
    "a€😀",
    "é",
    "\ufffd",
    ["RangeError", "TypeError"],
    { read: 2, written: 4 },
    [97, 226, 130, 172, 0],
    "utf-8",
  ]);
});

test("atob() and btoa() convert, and refuse what does not belong there", async () => {
  const result = await resultOf(
    sandbox,
    `const errors = [];
    for (const attempt of [() => btoa("€"), () => atob("*")]) try { attempt(); } catch (error) { errors.push([error.name, error instanceof DOMException, error.code]); }
    return [btoa("hello"), atob("aGVsbG8="), errors];`,
  );
  const refused = ["InvalidCharacterError", true, 5];
  expect(result).toEqual(["aGVsbG8=", "hello", [refused, refused]]);
});

test("structuredClone() copies what can be copied and refuses the rest", async () => {
  const result = await resultOf(
    sandbox,
    `const map = new Map([["list", [new Date(5), /x/g, new Set([1n])]]]); map.set("self", map);
    const copy = structuredClone(map);
    const [date, pattern, set] = copy.get("list");
    let refused; try { structuredClone({ f() {} }); } catch (error) { refused = error.name; }
    const buffer = new ArrayBuffer(4); const moved = structuredClone(buffer, { transfer: [buffer] });
    return [copy !== map, copy.get("self") === copy, date.getTime(), date instanceof Date, pattern.flags, set.has(1n), refused, moved.byteLength, buffer.detached];`,
  );
  expect(result).toEqual([true, true, 5, true, "g", true, "DataCloneError", 4, true]);
});

test("crypto gives random UUIDs and bytes, and performance.now() advances", async () => {
  const result = await resultOf(
    sandbox,
    `const errors = [];
    for (const attempt of [() => crypto.getRandomValues(new Uint8Array(65_537)), () => crypto.getRandomValues(new Float64Array(1))]) try { attempt(); } catch (error) { errors.push(error.name); }
    const view = new Uint32Array(new ArrayBuffer(64), 16, 8);
    const same = crypto.getRandomValues(view) === view;
    const rest = new Uint8Array(view.buffer, 48).some(Boolean);
    const start = performance.now(); while (performance.now() === start);
    return [crypto.randomUUID(), crypto.randomUUID(), same, view.some(Boolean), rest, errors, typeof crypto.subtle];`,
  );
  const [one, other, ...rest] = result as unknown[];
  expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(one).not.toBe(other);
  expect(rest).toEqual([true, true, false, ["QuotaExceededError", "TypeMismatchError"], "undefined"]);
});
