// The file with what the server needs of a new app, and its private key beside it. Both are made before the app is, so that
// GitHub's secrets, which it shows once, have a place to go; neither ever replaces a file.
import { type FileHandle, open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Fault } from "../errors.ts";
import type { NewApp } from "../github/app-manifest.ts";

export interface SettingsFile {
  /** Absolute. */
  readonly path: string;
  readonly keyPath: string;
  /** Writes both, readable by their owner alone. */
  write(app: NewApp, more: Readonly<Record<string, string>>): Promise<void>;
  /** Takes away what was not written. */
  discard(): Promise<void>;
}

/** Makes both files, empty. Throws `Fault` `wrong-use` where one of them is there already or cannot be made. */
export async function reserveSettingsFile(file: string): Promise<SettingsFile> {
  const path = resolve(file);
  const keyPath = `${path.replace(/\.env$/, "")}.private-key.pem`;
  const settings = await reserve(path);
  const key = await reserve(keyPath).catch(async (error: unknown) => {
    await settings.close();
    await rm(path, { force: true });
    throw error;
  });
  let isWritten = false;
  return {
    path,
    keyPath,
    async write(app, more) {
      const variables = {
        APP_ID: `${app.id}`,
        PRIVATE_KEY_PATH: keyPath,
        WEBHOOK_SECRET: app.webhookSecret,
        GITHUB_CLIENT_ID: app.clientId,
        GITHUB_CLIENT_SECRET: app.clientSecret,
        ...more,
      };
      await key.writeFile(app.privateKey);
      await key.sync();
      await settings.writeFile(
        Object.entries(variables)
          .map(([name, value]) => `${name}=${quoted(value)}\n`)
          .join(""),
      );
      await settings.sync();
      isWritten = true;
    },
    async discard() {
      await Promise.all([settings.close(), key.close()]);
      if (!isWritten) await Promise.all([path, keyPath].map((one) => rm(one, { force: true })));
    },
  };
}

async function reserve(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    const why = isThere ? "is there already, and nothing is overwritten" : "cannot be made";
    throw new Fault("wrong-use", `"${path}" ${why}`, { cause: error, remedy: "Name another file with --out" });
  }
}

/** As a shell and Node's --env-file both read it. */
function quoted(value: string): string {
  return /^[\w./:@%+,-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
