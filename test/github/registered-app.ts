// A registered GitHub App: its key, webhook, permissions and the accounts it is installed on.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { Account } from "./account.ts";
import { announceAuthorizationRevoked } from "./announce.ts";
import type { GitHubEmulator } from "./emulator.ts";
import { Installation, type InstallOptions } from "./installation.ts";
import type { Permissions } from "./permissions.ts";
import type { JsonObject } from "./schema.ts";

export interface AppOptions {
  readonly name?: string;
  /** Where webhooks go; can be set later. Without one nothing is sent. */
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  readonly permissions?: Permissions;
  readonly events?: readonly string[];
  /** Where people may be led back to when they have signed in. */
  readonly callbackUrls?: readonly string[];
  /** Default: the developer. */
  readonly owner?: Account | undefined;
}

/** The permissions that a check app with a merge queue needs, and no more. */
const defaultPermissions: Permissions = {
  metadata: "read",
  contents: "read",
  checks: "write",
  pull_requests: "read",
  merge_queues: "read",
};

const defaultEvents = ["push", "pull_request", "merge_group", "check_run", "check_suite", "repository"];

// Making a key takes up to a second, and no test needs one of its own.
let keyPair: { readonly privateKey: string; readonly publicKey: KeyObject } | undefined;

function keys() {
  if (keyPair === undefined) {
    const made = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const privateKey = made.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    keyPair = { privateKey, publicKey: createPublicKey(privateKey) };
  }
  return keyPair;
}

export class RegisteredApp {
  readonly github: GitHubEmulator;
  readonly id: number;
  readonly hookId: number;
  readonly name: string;
  readonly slug: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly owner: Account;
  readonly createdAt = new Date();
  readonly installations: Installation[] = [];
  /** PEM, PKCS #1, as GitHub hands it out. */
  readonly privateKey: string;
  readonly publicKey: KeyObject;
  webhookUrl: string | undefined;
  webhookSecret: string;
  webhookContentType: "json" | "form" = "json";
  webhookVerifiesCertificate = true;
  permissions: Permissions;
  events: readonly string[];
  callbackUrls: readonly string[];

  constructor(github: GitHubEmulator, owner: Account, options: AppOptions) {
    this.github = github;
    this.id = github.nextId();
    this.hookId = github.nextId();
    this.owner = owner;
    this.name = options.name ?? "Bifrost Modules";
    this.slug = this.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    this.clientId = `Iv23li${this.id.toString(36).padStart(14, "0")}`;
    this.clientSecret = `secret-of-app-${this.id}`.padEnd(40, "0");
    this.webhookUrl = options.webhookUrl;
    this.webhookSecret = options.webhookSecret ?? "";
    this.permissions = options.permissions ?? defaultPermissions;
    this.events = options.events ?? defaultEvents;
    this.callbackUrls = options.callbackUrls ?? [];
    const { privateKey, publicKey } = keys();
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** Installs the app on an account, on all of its repositories or on the chosen ones. */
  install(account: Account, options: InstallOptions = {}): Promise<Installation> {
    return Installation.create(this, account, options);
  }

  /** Signs claims with the app's key, for identifications that no library would make. */
  sign(claims: JsonObject): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), this.privateKey).toString("base64url")}`;
  }

  /** Takes back the authorisation that a user gave the app; GitHub tells the app whatever it subscribed to. */
  async revokeAuthorization(user: Account): Promise<void> {
    this.github.userTokens.revokeAll(this, user);
    await announceAuthorizationRevoked(this, user);
  }
}
