// The end of a process whose parent is gone. A process that is busy with what somebody wrote, perhaps without end, never hears
// that its channel is closed; a thread of its own does.
import { Worker } from "node:worker_threads";

const lookEveryMs = 500;

// Runs in a thread of its own, as text, so that no file has to be read for it.
const watch = `
const { workerData: { parent, lookEveryMs } } = require("node:worker_threads");
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, lookEveryMs);
`;

/** From now on this process ends within a second of its parent, whatever it is busy with. To be called early. */
export function endWithParent(): void {
  process.on("disconnect", () => process.exit());
  const workerData = { parent: process.ppid, lookEveryMs };
  new Worker(watch, { eval: true, workerData, env: {}, resourceLimits: { maxOldGenerationSizeMb: 8 } }).unref();
}
