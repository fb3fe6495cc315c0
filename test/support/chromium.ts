// Finds the Chromium that is installed on the machine, and says how it is started.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Starts it without a window. Throws where there is none, and says how to get one. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
  });
}

async function findChromium(): Promise<string> {
  const named = process.env.BIFROST_TEST_CHROMIUM;
  if (named) return named;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return path;
    }
  }
  throw new Error(
    `Cannot find a browser: install Chromium so that one of ${names.join(", ")} is on PATH, or set BIFROST_TEST_CHROMIUM`,
  );
}
