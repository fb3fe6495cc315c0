// GitHub over HTTP, answering from memory in a thread of its own, so that its work is done beforehand and on another core:
// what is measured is what our side of the conversation takes, with the loopback in it.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RepositoryFacts } from "../src/workspace/repository.ts";

export type ThreadMessage =
  | {
      readonly kind: "commit";
      readonly facts: RepositoryFacts;
      readonly changes: ReadonlyMap<string, string>;
      readonly archive: boolean;
      /** Makes it the merge of a pull request of this number, and the branch stays where it is. */
      readonly pullNumber?: number;
    }
  | { readonly kind: "requests" }
  | { readonly kind: "concluded" };

/** A check run as it was concluded. */
export interface Concluded {
  readonly name: string;
  readonly conclusion: string;
  readonly summary: string;
}

export interface GitHubServer {
  readonly apiUrl: string;
  /** A private key that the app may sign with; nobody checks it. */
  readonly privateKey: string;
  /** Commits changed files on top of the last commit, and its archive where it will be asked for. Gives the commit. */
  commit(facts: RepositoryFacts, changes: ReadonlyMap<string, string>, archive?: boolean): Promise<string>;
  /** Opens a pull request that changes these files of the branch. Gives its head. */
  openPull(facts: RepositoryFacts, changes: ReadonlyMap<string, string>, pullNumber: number): Promise<string>;
  /** Resolves with the next check run that is concluded, those that were since the last call first. */
  concluded(): Promise<Concluded>;
  /** What was asked since the last call. */
  requests(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startGitHubServer(): Promise<GitHubServer> {
  const worker = new Worker(new URL("./github-thread.ts", import.meta.url));
  const answered = async <T>(): Promise<T> => (await once(worker, "message"))[0];
  const ask = <T>(message: ThreadMessage): Promise<T> => {
    const answer = answered<T>();
    worker.postMessage(message);
    return answer;
  };
  const apiUrl = await answered<string>();
  return {
    apiUrl,
    privateKey: newPrivateKey(),
    commit: (facts, changes, archive = false) => ask({ kind: "commit", facts, changes, archive }),
    openPull: (facts, changes, pullNumber) => ask({ kind: "commit", facts, changes, archive: false, pullNumber }),
    concluded: () => ask({ kind: "concluded" }),
    requests: () => ask({ kind: "requests" }),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** A key that an app may sign with where nobody checks it. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}
