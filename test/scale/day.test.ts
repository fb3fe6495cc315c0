// The simulation that docs/scaling.md counts with: it loses nothing, gives the same day twice, and waits as long as theory says.
import { expect, test } from "vitest";
import { type DayOptions, erlangWaitMs, simulateDay } from "../../bench/day.ts";

const small: DayOptions = {
  seed: 7,
  organizations: 300,
  hours: 24,
  pushesPerDay: 120,
  checksPerDay: 60,
  skew: 2,
  peak: 2,
  workers: 1,
  slotsPerWorker: 4,
  sync: { localMs: 4_000, requests: 14, atOnce: 4 },
  check: { localMs: 8_000, requests: 14, atOnce: 4 },
  requestsAtOnce: 12,
  latencyMs: 400,
  allowance: 600,
  sweepAtOnce: 2,
};

test("no job is lost while jobs merge, wait for the allowance and for GitHub, and some are left at the end", () => {
  const day = simulateDay(small);
  expect(day.arrived).toBe(day.merged + day.done + day.left);
  for (const many of [day.merged, day.done, day.left, day.postponed, day.headsAsked]) expect(many).toBeGreaterThan(0);
  // As many as were asked for, within what chance makes of them (five standard deviations).
  const wanted = small.organizations * (small.pushesPerDay + small.checksPerDay);
  expect(Math.abs(day.arrived - wanted)).toBeLessThan(5 * Math.sqrt(wanted));
  expect(day.slotsBusy).toBeLessThanOrEqual(1);
  expect(day.requestsBusy).toBeLessThanOrEqual(1);
  expect(simulateDay(small)).toEqual(day);
  expect(simulateDay({ ...small, seed: 8 })).not.toEqual(day);
});

test.each([
  [1, 0.6],
  [4, 0.8],
  [16, 0.9],
])("without GitHub, %d workers that are busy for %d of the time wait as Erlang says", (workers, busy) => {
  // So many repositories that none merges, of one kind, at one rate.
  const serviceMs = 1_000;
  const arrivalsPerMs = (busy * workers) / serviceMs;
  const organizations = 200_000;
  const day = simulateDay({
    ...small,
    ...{ organizations, workers, hours: 8, slotsPerWorker: 1, skew: 0, peak: 1, checksPerDay: 0, sweepAtOnce: 0 },
    pushesPerDay: (arrivalsPerMs * 24 * 3_600_000) / organizations,
    sync: { localMs: serviceMs, requests: 0, atOnce: 1 },
  });
  const wanted = erlangWaitMs(arrivalsPerMs, serviceMs, workers);
  expect(day.slotsBusy).toBeCloseTo(busy, 1);
  expect(Math.abs(day.waitMs.mean / wanted - 1)).toBeLessThan(0.1);
});
