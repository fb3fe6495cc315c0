// Python is stored and served like any other module, for executors that run it; nothing here can tell whether it works.
import { count } from "./markdown.ts";

/** Whether a path is of Python. */
export function isPython(path: string): boolean {
  return path.endsWith(".py");
}

/** A sentence for whoever wonders why nothing is said of these files. */
export function pythonWords(files: number): string {
  const [are, them] = files === 1 ? ["is", "it"] : ["are", "them"];
  return `${count(files, "Python file")} ${are} stored for executors that run ${them}, and neither linked nor run here.`;
}
