// Tells how far a sync has come, to whoever watches from another process. A sync that is over in a moment tells nothing: it
// would only cost, and nobody would see it.
import type { Registry } from "../store/store.ts";
import type { SyncPhase, SyncProgress } from "../workspace/progress.ts";

export interface ProgressTeller extends AsyncDisposable {
  /** Tells the phase, and how many files of how many are read where that is known by now. */
  tell(phase: SyncPhase, done?: number, total?: number): void;
}

// Most pushes are over by then. After that, what a person takes for moving; each is one row written over.
const silentMs = 300;
const everyMs = 400;

/** Of a sync that nobody watches. */
export const tellNobody: ProgressTeller = { tell: () => {}, [Symbol.asyncDispose]: async () => {} };

/** Begins to tell. Disposing of it takes back what was told. */
export function tellProgress(
  store: Pick<Registry, "saveProgress">,
  repositoryId: number,
  commit: string,
): ProgressTeller {
  let progress: SyncProgress = { commit, phase: "tree", done: 0, total: 0 };
  let told: SyncProgress | undefined;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const write = async () => {
    if (told !== progress) {
      told = progress;
      // Whoever watches misses a step, and the sync goes on.
      writing = store.saveProgress(repositoryId, progress).catch(() => {});
      await writing;
    }
    timer = setTimeout(write, everyMs);
  };
  timer = setTimeout(write, silentMs);
  return {
    tell(phase, done = progress.done, total = progress.total) {
      progress = { commit, phase, done, total };
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await writing;
      // A write that had begun has set the timer anew by now.
      clearTimeout(timer);
      if (told !== undefined) await store.saveProgress(repositoryId, null).catch(() => {});
    },
  };
}
