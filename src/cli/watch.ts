// Tells when files below some folders change. Asks the system to be told, and looks at nothing by itself.
import { watch } from "node:fs";

export interface Watcher {
  /** Waits until something has changed since the last time, and then until all has been still for a moment. */
  changed(): Promise<void>;
}

// An editor writes a file in several steps, and git many files; all of that is one change.
const stillMs = 60;

/** Watches folders from now on, and for as long as the process lives. */
export function watchFolders(folders: readonly string[]): Watcher {
  let hasChanged = false;
  let still: ReturnType<typeof setTimeout> | undefined;
  let tell: (() => void) | undefined;
  const settle = () => {
    still = undefined;
    if (tell === undefined) return;
    hasChanged = false;
    tell();
    tell = undefined;
  };
  const note = () => {
    hasChanged = true;
    clearTimeout(still);
    still = setTimeout(settle, stillMs);
  };
  for (const folder of folders) {
    // An error is a folder that went away: the next look says so better than an event could.
    watch(folder, { recursive: true }, (_, path) => {
      if (path === null || isOfInterest(path)) note();
    }).on("error", note);
  }
  return {
    changed: () =>
      new Promise((resolve) => {
        tell = resolve;
        if (hasChanged && still === undefined) settle();
      }),
  };
}

/** Whether a path below a folder could matter: nothing in hidden folders does, but for the file that binds. */
function isOfInterest(path: string): boolean {
  return path.split(/[/\\]/).every((name) => name === ".github" || (!name.startsWith(".") && name !== "node_modules"));
}
