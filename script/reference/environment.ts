// The page of the environment, from the schema that reads it.
import { z } from "zod";
import { environment } from "../../src/environment.ts";
import { code, page, sentence, table } from "./markdown.ts";

interface Variable {
  readonly description?: string;
  readonly unset?: string;
  readonly enum?: readonly string[];
}

export function environmentPage(): string {
  const { properties = {} } = z.toJSONSchema(environment, { io: "input" });
  const defaults: Readonly<Record<string, unknown>> = environment.parse({});
  const rows = Object.entries(properties as Record<string, Variable>).map(([name, variable]) => {
    const { description, unset, enum: choices } = variable;
    const value = defaults[name];
    if (description === undefined || (unset === undefined && value === undefined)) {
      throw new Error(
        `Cannot describe ${name}: say in src/environment.ts what it is and what holds where it is not set`,
      );
    }
    const values = choices === undefined ? "" : `: ${choices.map(code).join(", ")}`;
    return [code(name), sentence(`${description}${values}`), value === undefined ? `${unset}` : code(`${value}`)];
  });
  return page(
    "Environment",
    "Everything is set by variables of the environment; an empty one counts as unset. All wrong ones are named at once at the start, " +
      "each with what would be right and none with its value, and `bifrost doctor` says the same of a deployment. Whoever keeps them " +
      "in a file starts with `set -a; . ./bifrost.env; set +a`.",
    table(["variable", "what it is", "default, or what holds without it"], rows),
    "Beside them, the command line obeys `NO_COLOR` and `FORCE_COLOR`.",
  );
}
