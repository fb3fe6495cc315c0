// The command line as a whole: every command, each from its own file.
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { appCommand } from "./commands/app.ts";
import { auditCommand } from "./commands/audit.ts";
import { blastCommand } from "./commands/blast.ts";
import { checkCommand } from "./commands/check.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { grantCommand, refuseCommand, revokeCommand } from "./commands/grant.ts";
import { grantsCommand } from "./commands/grants.ts";
import { logCommand } from "./commands/log.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { orgCommand } from "./commands/org.ts";
import { overridesCommand } from "./commands/overrides.ts";
import { pinsCommand } from "./commands/pins.ts";
import { releasesCommand } from "./commands/releases.ts";
import { repoCommand } from "./commands/repo.ts";
import { resolveCommand } from "./commands/resolve.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { runCommand } from "./commands/run.ts";
import { serveCommand } from "./commands/serve.ts";
import type { CliEdges } from "./edges.ts";
import type { CliIo } from "./io.ts";

export function createProgram(io: CliIo, edges: CliEdges): Command {
  const program = new Command("bifrost")
    .description("Modules for every organisation, over those for all")
    .version(manifest.version, "-V, --version", "print the version");
  const commands = [
    checkCommand(io, edges),
    runCommand(io, edges),
    explainCommand(io),
    resolveCommand(io, edges.openDeployment),
    appCommand(io, edges.createApp),
    serveCommand(edges.serve),
    migrateCommand(io, edges.migrate),
    doctorCommand(io, edges.examine),
    orgCommand(io, edges.openDeployment),
    grantCommand(io, edges.openDeployment),
    grantsCommand(io, edges.openDeployment),
    revokeCommand(io, edges.openDeployment),
    refuseCommand(io, edges.openDeployment),
    repoCommand(io, edges.openDeployment),
    logCommand(io, edges.openDeployment),
    diffCommand(io, edges.openDeployment),
    overridesCommand(io, edges.openDeployment),
    pinsCommand(io, edges.openDeployment),
    releasesCommand(io, edges.openDeployment),
    rollbackCommand(io, edges.openDeployment),
    auditCommand(io, edges.openDeployment),
    blastCommand(io, edges),
  ];
  for (const command of commands) program.addCommand(command);
  return program.addHelpText("after", '\n"bifrost COMMAND --help" shows options and an example.');
}
