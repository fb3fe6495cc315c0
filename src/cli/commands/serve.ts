// `bifrost serve`: the app, until it is asked to stop.
import { Command, Option } from "commander";
import type { Role } from "../../main.ts";

const roles = ["all", "web", "worker"] as const satisfies readonly Role[];

/** Runs the app and resolves when it has stopped. */
export type Serve = (role: Role) => Promise<void>;

export function serveCommand(serve: Serve): Command {
  return new Command("serve")
    .description("run the app: webhooks and jobs")
    .addOption(new Option("--role <role>", "what this process does").choices(roles).default("all"))
    .addHelpText("after", "\nExample:\n  $ APP_ID=7 PRIVATE_KEY_PATH=app.pem WEBHOOK_SECRET=… bifrost serve")
    .action((options: { readonly role: Role }) => serve(options.role));
}
