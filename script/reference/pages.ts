// Every page of the reference, by its path from the root of the repository.
import { apiPage } from "./api.ts";
import { commandsPage } from "./commands.ts";
import { diagnosticsPage } from "./diagnostics.ts";
import { environmentPage } from "./environment.ts";
import { faultsPage } from "./faults.ts";
import { metricsPage } from "./metrics.ts";

/** Makes them all: path and text. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["docs/reference/commands.md", commandsPage()],
    ["docs/reference/environment.md", environmentPage()],
    ["docs/reference/faults.md", faultsPage()],
    ["docs/reference/api.md", apiPage()],
    ["docs/reference/metrics.md", await metricsPage()],
    ["docs/diagnostics/README.md", await diagnosticsPage()],
  ]);
}
