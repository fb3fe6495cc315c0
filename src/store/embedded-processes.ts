// Which lasting processes use an embedded Postgres, told by a file for each that is named after it. The database itself
// sees one connection, whoever is behind it.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const folderName = "processes";

/** Takes the database's folder and says that this process uses it. Gives what takes that back. */
export async function signOn(home: string): Promise<() => Promise<void>> {
  const folder = join(home, folderName);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${process.pid}`);
  await writeFile(file, "", { mode: 0o600 });
  return () => rm(file, { force: true });
}

/** Ids of the lasting processes that use the database in a folder. One that was killed left its file, and is not named. */
export async function lastingProcesses(home: string): Promise<number[]> {
  const files = await readdir(join(home, folderName)).catch(() => []);
  return files.map(Number).filter((id) => Number.isSafeInteger(id) && id > 0 && isAlive(id));
}

function isAlive(processId: number): boolean {
  try {
    // Signal 0 asks whether there is such a process and does nothing to it.
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It is somebody else's, so it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
