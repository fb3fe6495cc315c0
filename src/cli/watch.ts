// Tells when files below some folders change. Asks the system to be told, and looks at nothing by itself.
import { type FSWatcher, watch } from "node:fs";
import { dirname, resolve } from "node:path";

export interface Watcher {
  /** Waits until something has changed since the last time, and then until all has been still for a moment. */
  changed(): Promise<void>;
}

// An editor writes a file in several steps, and git many files; all of that is one change.
const stillMs = 60;

/** Watches what is at these paths from now on, and for as long as the process lives. */
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
  for (const folder of folders) watchPath(resolve(folder), note);
  return {
    changed: () =>
      new Promise((resolve) => {
        tell = resolve;
        if (hasChanged && still === undefined) settle();
      }),
  };
}

/**
 * Watches whatever folder is at an absolute path. The system watches folders and not paths: who moves one away and puts
 * another there is noticed in the folder above it, or above that one.
 */
function watchPath(folder: string, note: () => void): void {
  let watchers: FSWatcher[] = [];
  const start = () => {
    // From above, so that nothing is put there unseen while the rest is set up.
    const above = ancestorsOf(folder).map(({ parent, name }) =>
      attempt(() => watch(parent, (event, changed) => event === "rename" && changed === name && startAgain())),
    );
    watchers = [...above, attempt(() => watchBelow(folder, note))].flat();
  };
  const startAgain = () => {
    for (const watcher of watchers) watcher.close();
    start();
    note();
  };
  start();
}

function watchBelow(folder: string, note: () => void): FSWatcher {
  return watch(folder, { recursive: true }, (_, path) => {
    if (path === null || isOfInterest(path)) note();
  });
}

interface Entry {
  readonly parent: string;
  readonly name: string;
}

/** Every folder on the way to a path, outermost first, with the name by which the way goes on in it. */
function ancestorsOf(path: string): Entry[] {
  const parent = dirname(path);
  if (parent === path) return [];
  return [
    ...ancestorsOf(parent),
    { parent, name: path.slice(parent.endsWith("/") ? parent.length : parent.length + 1) },
  ];
}

/** Nothing where the folder is not there, or may not be watched: what comes instead of it is noticed above it. */
function attempt(start: () => FSWatcher): FSWatcher[] {
  try {
    // An error is a folder that went away, which is noticed above it too.
    return [start().on("error", () => {})];
  } catch {
    return [];
  }
}

/** Whether a path below a folder could matter: nothing in hidden folders does, but for the file that binds. */
function isOfInterest(path: string): boolean {
  return path.split(/[/\\]/).every((name) => name === ".github" || (!name.startsWith(".") && name !== "node_modules"));
}
