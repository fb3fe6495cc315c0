import { expect, test } from "vitest";
import { createFairQueue } from "../../src/dashboard/highlight/fair-queue.ts";

test("createFairQueue() gives keys their turns one after the other, whoever asks for many", async () => {
  const queue = createFairQueue(10);
  const order: string[] = [];
  const work = async (key: string, name: string) => {
    const turn = await queue.turn(key, 60_000);
    order.push(name);
    turn?.end();
  };
  const first = await queue.turn("acme", 60_000);
  const all = [work("acme", "acme 1"), work("acme", "acme 2"), work("acme", "acme 3"), work("globex", "globex 1")];
  first?.end();
  await Promise.all(all);
  expect(order).toEqual(["acme 1", "globex 1", "acme 2", "acme 3"]);
  // Nobody is left, so the next need not wait.
  expect(await queue.turn("acme", 0)).toBeDefined();
});

test("createFairQueue() lets a key have only so many waiting, and others as many", async () => {
  const queue = createFairQueue(2);
  const first = await queue.turn("acme", 60_000);
  const waiting = [queue.turn("acme", 60_000), queue.turn("acme", 60_000)];
  expect(await queue.turn("acme", 60_000)).toBeUndefined();
  const other = queue.turn("globex", 60_000);
  first?.end();
  for (const turn of [waiting[0], other, waiting[1]]) {
    const got = await turn;
    expect(got).toBeDefined();
    got?.end();
  }
});

test("createFairQueue() lets go of whoever waits too long, and passes their turn on", async () => {
  const queue = createFairQueue(2);
  const first = await queue.turn("acme", 60_000);
  const patient = queue.turn("acme", 60_000);
  expect(await queue.turn("acme", 1)).toBeUndefined();
  first?.end();
  const turn = await patient;
  expect(turn).toBeDefined();
  turn?.end();
  expect(await queue.turn("globex", 0)).toBeDefined();
});
