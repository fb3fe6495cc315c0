// Pictures of the dashboard for docs/: every page of the table of routes, in the world that the tests look at as well, as
// small PNGs and a page that shows them.
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import type { DashboardRoute } from "../src/dashboard/route.ts";
import { dashboardRoutes } from "../src/dashboard/routes.ts";
import { type DashboardWorld, sampleOf, startDashboardWorld } from "../test/journeys/dashboard-world.ts";
import { signIn } from "../test/journeys/world.ts";
import { launchChromium } from "../test/support/chromium.ts";
import { setup } from "../test/support/global-setup.ts";

const folder = fileURLToPath(new URL("../docs/screenshots/", import.meta.url));
const bytesMax = 2 * 1024 * 1024;
const size = { width: 1120, height: 720 };
const schemes = ["light", "dark"] as const;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly login: string | undefined;
}

/** Who looks at a page, so that there is something to see. */
const viewers: Readonly<Record<DashboardRoute["access"], string | undefined>> = {
  public: undefined,
  viewer: "operator",
  reader: "ada",
  admin: "ada",
  operator: "operator",
};

/** The same page as one that is taken, of a repository that feeds no scope. */
const alike: readonly string[] = ["/checks/:repository/:commit/:subject"];

function shotsOf(world: DashboardWorld): Shot[] {
  const shots: Shot[] = [
    { name: "sign-in", path: "/login", login: undefined },
    { name: "first-steps", path: "/", login: "newcomer" },
  ];
  for (const { access, form, path } of dashboardRoutes) {
    if (form !== "page" || path === "/" || path.includes("*") || alike.includes(path)) continue;
    for (const query of ["", ...(world.views[path] ?? [])]) {
      const view = new URLSearchParams(query).values().toArray().join("-");
      const name = [nameOf(path), view].filter(Boolean).join("-");
      shots.push({ name, path: `${sampleOf(path, world.samples)}${query}`, login: viewers[access] });
    }
  }
  return shots;
}

/** A route's path as the name of a file: what is fixed of it, and one of many by its number: `modules` and `module`. */
function nameOf(path: string): string {
  const words = path.split("/").filter(Boolean);
  const fixed = words.filter((word) => !word.startsWith(":"));
  const isOne = words.at(-1)?.startsWith(":") === true;
  return fixed
    .map((word, index) => (isOne && index === fixed.length - 1 ? word.replace(/ies$/, "y").replace(/s$/, "") : word))
    .join("-");
}

async function take(browser: Browser, world: DashboardWorld, shot: Shot, cookie: string | undefined): Promise<string> {
  let title = "";
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: "reduce" });
    const url = `${world.app.url}${shot.path}`;
    if (cookie !== undefined) {
      const [name = "", ...value] = cookie.split("=");
      await context.addCookies([{ name, value: value.join("="), url: world.app.url ?? "" }]);
    }
    const page = await context.newPage();
    const answer = await page.goto(url);
    if (answer?.status() !== 200) throw new Error(`${shot.path} answers ${answer?.status()}`);
    title = (await page.title()).split(" · ")[0] ?? shot.name;
    const picture = await page.screenshot();
    await writeFile(`${folder}${shot.name}-${colorScheme}.png`, await small(picture));
    await context.close();
  }
  return title;
}

/** Pages have few colours, so a palette loses nothing that anybody sees. */
async function small(picture: Buffer): Promise<Buffer> {
  return await sharp(picture).png({ palette: true, colours: 128, effort: 10, compressionLevel: 9 }).toBuffer();
}

function gallery(shots: readonly (Shot & { readonly title: string })[]): string {
  const pictures = shots.map(
    ({ name, title, path }) => `## ${title}

\`${path}\`

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="${name}-dark.png">
  <img src="${name}-light.png" alt="The page &quot;${title}&quot;" width="${size.width}">
</picture>
`,
  );
  return `# Pages of the dashboard

Made by \`script/screenshots\`, of the organisations in [examples/](../../examples/).

${pictures.join("\n")}`;
}

const stop = await setup();
const world = await startDashboardWorld();
const browser = await launchChromium();
try {
  // A demo's history is seconds old; on the pictures a few days lie between its pushes.
  await world.database.query(`update revisions r set created_at = now() - make_interval(hours => 3 + 29 *
    ((select max(number) from revisions o where o.organization_id is not distinct from r.organization_id) - number))`);
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder)) if (file.endsWith(".png")) await rm(`${folder}${file}`);
  const cookies = new Map<string, string>();
  const taken = [];
  for (const shot of shotsOf(world)) {
    const cookie = shot.login && (cookies.get(shot.login) ?? (await signIn(world, shot.login)));
    if (shot.login && cookie) cookies.set(shot.login, cookie);
    taken.push({ ...shot, title: await take(browser, world, shot, cookie) });
    process.stdout.write(`${shot.name}\n`);
  }
  await writeFile(`${folder}README.md`, gallery(taken));
  let bytes = 0;
  for (const file of await readdir(folder)) bytes += (await stat(`${folder}${file}`)).size;
  process.stdout.write(`${taken.length} pages, ${Math.round(bytes / 1024)} KB\n`);
  if (bytes > bytesMax)
    throw new Error(`The pictures take ${bytes} bytes, and ${bytesMax} are what a checkout should carry`);
} finally {
  await browser.close();
  await world.close();
  await stop();
}
