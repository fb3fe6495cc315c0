// What most tests of the emulator start from: an organisation with a repository, the app installed on it, a receiver
// for its webhooks. It is cleared away after the test, which fails where anything broke GitHub's description.
import { expect, onTestFinished } from "vitest";
import { startGitHub } from "./emulator.ts";
import { octokitOf } from "./octokit.ts";
import type { RepositoryOptions } from "./repository.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

export const repositoryName = { owner: "acme-inc", repo: "modules" };

/** Sets the scene. `violations` says how many a test means to cause. */
export async function setScene(options: RepositoryOptions & { violations?: number } = {}) {
  const { violations = 0, ...repositoryOptions } = options;
  const github = await startGitHub();
  const receiver = await startWebhookReceiver();
  onTestFinished(async () => {
    await github.deliveries.settled();
    await github.close();
    await receiver.close();
    if (violations === 0) expect(github.violations).toEqual([]);
    else expect(github.violations).toHaveLength(violations);
  });
  const app = github.registerApp({ webhookUrl: receiver.url, webhookSecret: "a secret of the test" });
  const account = github.createAccount(repositoryName.owner);
  const repository = await account.createRepository(repositoryName.repo, {
    files: { "a.ts": "export const a = 1;\n", "shared/b.ts": "export const b = 2;\n" },
    ...repositoryOptions,
  });
  const installation = await app.install(account);
  return { github, receiver, app, account, repository, installation, octokit: octokitOf(installation) };
}
