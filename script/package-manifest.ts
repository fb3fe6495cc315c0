// Prints the package.json of the npm package: what a reader of the package needs, without what only a checkout uses.
import manifest from "../package.json" with { type: "json" };

const { name, version, description, license, type, engines, dependencies } = manifest;
const published = {
  name,
  version,
  description,
  license,
  type,
  engines,
  // npx starts what is named like the package; at a prompt the short name is the one to type.
  bin: { bifrost: "bin/bifrost", [name]: "bin/bifrost" },
  dependencies,
};
process.stdout.write(`${JSON.stringify(published, null, 2)}\n`);
