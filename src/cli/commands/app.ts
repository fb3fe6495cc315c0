// `bifrost app create`: makes the GitHub App, by GitHub's own pages in a browser.
import { relative } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../errors.ts";
import type { Registration } from "../../registration/register-app.ts";
import { text } from "../document-shapes.ts";
import { type CliIo, isTerminal, printJson, styleFor } from "../io.ts";
import { jsonOption } from "../json-option.ts";
import { printable } from "../printable.ts";

export interface CreateAppOptions {
  readonly organization: string | undefined;
  readonly name: string | undefined;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly file: string;
  readonly opensBrowser: boolean;
  readonly signal: AbortSignal;
  onReady(address: string): void;
}

/** Leads a person through GitHub's pages. */
export type CreateApp = (options: CreateAppOptions) => Promise<Registration>;

interface Options {
  readonly organization?: string;
  readonly name?: string;
  readonly url: string;
  readonly out: string;
  readonly open: boolean;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
const document = () =>
  z.strictObject({
    ok: z.literal(true),
    app: text.meta({ description: "its slug on GitHub" }),
    page: text,
    file: text,
  });

export function appCommand(io: CliIo, createApp: CreateApp): Command {
  return new Command("app")
    .description("create the GitHub App")
    .addCommand(createCommand(io, createApp))
    .addHelpText("after", "\nExample:\n  $ bifrost app create --url https://modules.example.com");
}

function createCommand(io: CliIo, createApp: CreateApp): Command {
  return new Command("create")
    .description("create the GitHub App in a browser, and write what the server needs of it to a file")
    .requiredOption("--url <url>", "where browsers and GitHub reach the server, such as https://modules.example.com")
    .option("--organization <login>", "the organisation that owns the app (default: whoever presses the button)")
    .option("--name <name>", "the app's name, which no other app on GitHub may have (default: Bifrost Modules)")
    .option("--out <file>", "the file to write", "bifrost.env")
    .option("--no-open", "only print the address to open")
    .addOption(jsonOption(document))
    .addHelpText(
      "after",
      "\nNo secret is printed. The file is readable by you alone, and nothing is overwritten.\n\nExample:\n  $ bifrost app create --organization acme-inc --url https://modules.example.com",
    )
    .action(async (options: Options) => {
      const publicUrl = publicUrlOf(options.url);
      const stop = new AbortController();
      const interrupted = () =>
        stop.abort(
          new Fault("interrupted", "Stopped before the app was created", {
            remedy: "Nothing is left of it: run the command again whenever you like",
          }),
        );
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
      const made = await createApp({
        organization: options.organization,
        name: options.name,
        publicUrl,
        file: options.out,
        opensBrowser: options.open && isTerminal(io.stderr),
        signal: stop.signal,
        onReady: (address) => io.stderr.write(`Open this address in a browser on this machine:\n\n  ${address}\n\n`),
      }).finally(() => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
      });
      if (options.json) printJson(io, { ok: true, app: made.slug, page: made.pageUrl, file: made.path });
      else io.stdout.write(next(made, publicUrl, styleFor(io.stdout)));
    });
}

function next(
  { slug, pageUrl, path, hasWebhook }: Registration,
  publicUrl: string,
  style: ReturnType<typeof styleFor>,
): string {
  const shown = relative(process.cwd(), path);
  const file = shown.startsWith("..") ? path : `./${shown}`;
  return printable(`${style("green", "Created")} the GitHub App ${slug}. What the server needs is in ${file}: keep it secret.

1. Name yourself as an operator: add BIFROST_OPERATORS=<your GitHub id> to that file. GitHub tells it at
   /users/<your login> of its API; a login works too, until somebody else takes it.
2. Start the server with it:
     set -a; . ${file}; set +a; bifrost serve
3. Install the app on the repositories that hold modules:
     ${pageUrl}/installations/new
${hasWebhook ? "" : `\nGitHub cannot reach ${publicUrl}, so the app's webhook is off: pushes are noticed within a minute, by asking.\n`}`);
}

function publicUrlOf(text: string): string {
  const url = URL.parse(text);
  const isRoot = url !== null && /^https?:$/.test(url.protocol) && `${url.pathname}${url.search}${url.hash}` === "/";
  if (!isRoot || url.username !== "" || url.password !== "") {
    throw new Fault(
      "wrong-use",
      `--url must be the root of a host, such as https://modules.example.com: it is "${text}"`,
    );
  }
  return url.origin;
}
