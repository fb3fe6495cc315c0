import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    // A process for each file: edges hold connections and child processes, and a crash takes down one file only.
    pool: "forks",
    // Tests mostly wait for servers and child processes: on two cores, four files at a time take 4 minutes, and one after the other 7.
    maxWorkers: 4,
    // Real servers on a busy machine of two cores: a test that takes longer than this hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ["default"],
  },
});
