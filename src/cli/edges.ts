// What the commands reach, as the program is given it.
import type { Parser } from "../parsing/parser.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { CreateApp } from "./commands/app.ts";
import type { Examine } from "./commands/doctor.ts";
import type { Migrate } from "./commands/migrate.ts";
import type { Serve } from "./commands/serve.ts";
import type { OpenDeployment } from "./deployment.ts";

/** Each is opened when a command needs it, so that `--help` waits for none of them. */
export interface CliEdges {
  openSandbox(): Promise<Sandbox>;
  /** Opens the parser that reads a folder's sources where a hostile one does no harm. */
  openParser(): Promise<Parser>;
  readonly openDeployment: OpenDeployment;
  readonly migrate: Migrate;
  readonly examine: Examine;
  readonly serve: Serve;
  readonly createApp: CreateApp;
}
