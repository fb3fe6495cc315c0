// Which form of the fault tests runs. The short one is part of every run of the tests; the long one takes its time.

/** Set by the soak: every trouble at every step, and kills by the hundred. */
export const isLongForm = process.env.BIFROST_TEST_SOAK === "1";

/** How long a test of many syncs may take, in milliseconds: each of them waits for servers, on a machine that may be busy. */
export const patienceMs = isLongForm ? 3_600_000 : 120_000;
