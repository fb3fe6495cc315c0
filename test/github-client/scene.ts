// A GitHub with one account, one repository and the app installed, and our client connected to it.
import { expect, onTestFinished } from "vitest";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import type { GitHub, RepositoryAddress } from "../../src/github/github.ts";
import { type GitHubEmulator, startGitHub } from "../github/emulator.ts";
import type { Installation } from "../github/installation.ts";
import type { RegisteredApp } from "../github/registered-app.ts";
import type { Repository } from "../github/repository.ts";
import type { TreeChanges } from "../github/tree-entry.ts";

export interface Scene {
  readonly emulator: GitHubEmulator;
  readonly app: RegisteredApp;
  readonly installation: Installation;
  readonly repository: Repository;
  readonly address: RepositoryAddress;
  readonly client: GitHub;
}

/** Sets the scene and clears it away after the test, which fails where a request was not what GitHub describes. */
export async function setScene(files?: TreeChanges, options: Partial<GitHubOptions> = {}): Promise<Scene> {
  const emulator = await startGitHub();
  onTestFinished(async () => {
    await emulator.close();
    expect(emulator.violations).toEqual([]);
  });
  const account = emulator.createAccount("acme");
  const repository = await account.createRepository("modules", files === undefined ? {} : { files });
  const app = emulator.registerApp();
  const installation = await app.install(account);
  const client = connectGitHub({
    appId: app.id,
    privateKey: app.privateKey,
    apiUrl: emulator.apiUrl,
    serverUrl: emulator.serverUrl,
    ...options,
  });
  return { emulator, app, installation, repository, address: addressOf(repository, installation), client };
}

function addressOf(repository: Repository, installation: Installation): RepositoryAddress {
  return { id: repository.id, installationId: installation.id, owner: repository.owner.login, name: repository.name };
}

/** What was asked of the API, without requests for tokens, as method and path. */
export function asked({ emulator }: Scene): string[] {
  return emulator.requests
    .filter((request) => !request.path.endsWith("/access_tokens"))
    .map((request) => `${request.method} ${request.path}`);
}
