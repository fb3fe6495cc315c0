// Compiling whole scripts at once: what V8 leaves for the first call is not in its code cache, and every fresh isolate would do it
// again. Modules are left as they are, since of those most runs need little.
import { setFlagsFromString } from "node:v8";

/**
 * Does work in which V8 compiles every function it meets. A code cache belongs to the flags that it was made under, so one that
 * was made in here is taken in here alone.
 */
export function eagerly<Result>(work: () => Result): Result {
  setFlagsFromString("--no-lazy");
  try {
    return work();
  } finally {
    setFlagsFromString("--lazy");
  }
}
