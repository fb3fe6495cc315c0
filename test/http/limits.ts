// Limits that refuse nothing, for tests of something else.
import type { RateLimits } from "../../src/http/rate-limits.ts";

/** Lets everybody ask for as much as they like. */
export const noLimits: RateLimits = { take: () => {}, isSpent: () => false };
