// How a sync tells how far it has come.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tellProgress } from "../../src/sync/progress.ts";
import type { SyncProgress } from "../../src/workspace/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function board(saving: () => Promise<void> = async () => {}) {
  const told: (SyncProgress | null)[] = [];
  const saveProgress = async (_: number, progress: SyncProgress | null) => {
    told.push(progress);
    await saving();
  };
  return { told, store: { saveProgress } };
}

test("tellProgress() says nothing of a sync that is over in a moment", async () => {
  const { told, store } = board();
  const progress = tellProgress(store, 1, "c");
  progress.tell("files", 5, 10);
  await progress[Symbol.asyncDispose]();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([]);
});

test("tellProgress() writes the newest now and then, nothing twice, and takes it back in the end", async () => {
  const { told, store } = board();
  const progress = tellProgress(store, 1, "c");
  for (let done = 0; done <= 1000; done += 1) {
    progress.tell("files", done, 1000);
    await vi.advanceTimersByTimeAsync(1);
  }
  const files = told.map((one) => one?.done);
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThan(4);
  progress.tell("storing");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.at(-1)).toEqual({ commit: "c", phase: "storing", done: 1000, total: 1000 });
  const written = told.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.length).toBe(written);
  await progress[Symbol.asyncDispose]();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told.slice(written)).toEqual([null]);
});

test("tellProgress() does not mind that nobody can be told", async () => {
  const { told, store } = board(() => Promise.reject(new Error("away")));
  const progress = tellProgress(store, 1, "c");
  await vi.advanceTimersByTimeAsync(500);
  progress.tell("storing");
  await vi.advanceTimersByTimeAsync(500);
  await progress[Symbol.asyncDispose]();
  expect(told.map((one) => one?.phase)).toEqual(["tree", "storing", undefined]);
});
