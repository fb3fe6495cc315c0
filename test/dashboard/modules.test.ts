// The pages about a scope's modules, and the same as JSON, over HTTP on real Postgres.
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { moduleRoutes } from "../../src/dashboard/module-routes.ts";
import { scopeSlug } from "../../src/workspace/scope.ts";
import { type CatalogScene, catalogScene, type Pushed } from "../catalog/scene.ts";
import { type Person, type ServedDashboard, serveDashboard } from "./serve.ts";

let scene: CatalogScene;
let acme: Pushed;
let slug: string;
let reader: Person;
const operator: Person = { id: 4, login: "operator", repositories: [] };
/** Five lines; the first and the third are what they are given. */
const moduleOf = (one: string, third: string) =>
  `export const one = ${one};\n\nexport const ${third} = 3;\n\nexport const five = 5;\n`;
const crlf = "const user = 'a\u202eb';\r\nconst last = 1;";

beforeAll(async () => {
  scene = await catalogScene();
  acme = await scene.organization();
  slug = scopeSlug(acme.granted.scope);
  await scene.store.addGrant(
    { scope: acme.granted.scope, kind: "repository", repositoryId: acme.repositoryId },
    "test",
  );
  reader = { id: 2, login: "reader", repositories: [{ id: acme.repositoryId, isAdmin: false }] };
  const many = Array.from({ length: 250 }, (_, index) => [`many/m${index}.ts`, `export const m = ${index};\n`]);
  await scene.global.push({
    ...Object.fromEntries(many),
    "shared/halopsa.ts": moduleOf("1", "two"),
    "shared/text.ts": "export const text = 1;\n",
    "shared/use.ts": 'import { one } from "./halopsa";\nimport "./nowhere";\nexport const use = one;\n',
    "shared/<b>.ts": "",
  });
  await acme.push({
    "shared/halopsa.js": moduleOf("1", "mine"),
    "shared/text.ts": "export const text = 1;\n",
    "shared/crlf.ts": crlf,
    "big.ts": Array.from({ length: 20_000 }, (_, line) => `export const line${line} = ${line};`).join("\n"),
    "gone.ts": "was here\n",
    "data.json": JSON.stringify("x".repeat(1_000_000)),
  });
  await acme.push({ "shared/halopsa.js": moduleOf("1", "ours") }, ["gone.ts"]);
  await scene.global.push({
    "shared/halopsa.ts": moduleOf("'one'", "two"),
  });
});
afterAll(() => scene.close());

async function served(): Promise<ServedDashboard> {
  return serveDashboard(scene.store);
}

async function textOf(path: string, person: Person = reader): Promise<string> {
  const response = await (await served()).get(path, person);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(Buffer.byteLength(text), path).toBeLessThan(150 * 1024);
  return text;
}

/** Text as somebody reads it. */
function read(html: string): string {
  return html
    .replaceAll(/<(?:script|style)[\s\S]*?<\/(?:script|style)>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ");
}

describe("the modules of a scope", () => {
  test("are listed with kind, layer, standing, size and last change", async () => {
    const page = await textOf(`/scopes/${slug}?q=halopsa`);
    const text = read(page.replaceAll(/<\/?mark>/g, ""));
    expect(text).toMatch(/shared\/ halopsa\.js stale override module .* 7[0-9] B just now Ada [0-9a-f]{7}/);
    expect(text).toMatch(/shared\/ halopsa\.ts hidden module global/);
    expect(text).toContain("2 files");
    expect(page).toContain("<mark>halopsa</mark>");
    expect(page).toMatch(/href="https:\/\/github\.com\/acme-inc\/modules-\d+\/commit\/[0-9a-f]{40}"/);
  });

  test("come a page at a time, and every page leads to the others with the same filter", async () => {
    const page = await textOf(`/scopes/${slug}?q=many&page=2`);
    expect(read(page)).toContain("101–200 of 250 files");
    expect(page).toContain(`href="/scopes/${slug}?q=many&amp;page=3"`);
    expect((page.match(/<th scope="row">/g) ?? []).length).toBe(100);
  });

  test("say what to do where nothing fits, and shrug off a query that makes no sense", async () => {
    expect(read(await textOf(`/scopes/${slug}?q=zzz`))).toContain("No file fits");
    expect(read(await textOf(`/scopes/${slug}?kind=nonsense&page=-1&sort=up`))).toContain("1–100 of");
  });

  test("escape whatever a path is made of", async () => {
    const page = await textOf(`/scopes/${slug}?q=%3Cb%3E`);
    expect(page).toContain("&lt;b&gt;");
    expect(page).not.toContain("<b>");
    expect(await textOf(`/scopes/${slug}/modules/shared/%3Cb%3E.ts`)).toContain("&lt;b&gt;.ts");
  });
});

describe("a module", () => {
  const at = (path: string, query = "") => `/scopes/${slug}/modules/${path}${query}`;

  test("shows its source with colours and lines, and what it overrides", async () => {
    const page = await textOf(at("shared/halopsa.js"));
    expect(page).toContain(
      '<tr id="L1"><td><a href="#L1">1</a></td><td><span class="pl-k">export const</span> one = <span class="pl-c1">1</span>;</td></tr>',
    );
    expect(read(page)).toContain("Overrides global: shared/halopsa.ts");
    expect(read(await textOf(at("shared/halopsa.ts")))).toContain(`Overridden by ${slug}: shared/halopsa.js`);
  });

  test("shows the diff to global in one column and in two, with what changed within lines", async () => {
    const unified = await textOf(at("shared/halopsa.js", "?view=diff"));
    expect(read(unified)).toContain("+2 −2");
    expect(unified).toContain('<tr class="del"><td>3</td><td></td>');
    expect(unified).toMatch(/<mark>two<\/mark>/);
    const split = await textOf(at("shared/halopsa.js", "?view=split"));
    expect(split).toMatch(/<tr><td class="del">3<\/td>.*<td class="add">3<\/td>/);
  });

  test("shows its history in both layers, with every version to be seen", async () => {
    const page = await textOf(at("shared/halopsa.js", "?view=history"));
    expect(read(page)).toMatch(
      /changed in revision 2 shared\/halopsa\.ts.*changed in revision 2 Ada.*added in revision 1/,
    );
    expect(page).toContain(at("shared/halopsa.js", "?layer=own&amp;at=1"));
    const past = read(await textOf(at("shared/halopsa.js", "?layer=own&at=1")));
    expect(past).toContain("This is the file as it was at revision 1, and was it until revision 2.");
    expect(past).toContain("mine = 3 ;");
    expect(read(await textOf(at("shared/halopsa.js", "?layer=own&at=2&view=diff")))).toContain("+1 −1");
  });

  test("shows where its imports lead, a global module's too, with every path tried", async () => {
    const text = read(await textOf(at("shared/use.ts", "?view=imports")));
    expect(text).toContain(`./halopsa ${slug} shared/halopsa.js stale override`);
    expect(text).toContain("Cannot find module");
    expect(text).toContain("20 paths were tried");
    expect(text).toContain(`${slug} shared/nowhere.ts`);
  });

  test("shows a stale override beside what it was made from and what that has become", async () => {
    const page = await textOf(at("shared/halopsa.js", "?view=three-way"));
    expect(read(page)).toContain("Global has changed this module once since it was last in step");
    expect(page).toMatch(/<td class="theirs">1<\/td>/);
    expect(page).toMatch(/<td class="yours">3<\/td>/);
  });

  test("keeps what is gone within reach", async () => {
    const text = read(await textOf(at("gone.ts")));
    expect(text).toMatch(/Deleted in revision 2 by Ada/);
    expect(text).toContain("was here");
  });

  test("shows text of any kind: CR LF, no end, bidi controls, long lines, many lines", async () => {
    const odd = await textOf(at("shared/crlf.ts"));
    expect(odd).toContain('<span class="unseen bidi" title="right-to-left override">U+202E</span>');
    expect(read(odd)).toMatch(
      /characters that change the order.*2 lines · 38 B · TypeScript · line ends CRLF.*No newline at end of file/,
    );
    expect(read(await textOf(at("data.json")))).toContain("995,002 more characters");
    const first = await textOf(at("big.ts"));
    expect(read(first)).toMatch(/20,000 lines.*part 1 of \d+/);
    const starts = /data-starts="([\d ]+)"/.exec(first)?.[1]?.split(" ") ?? [];
    expect(await textOf(at("big.ts", "?part=2"))).toContain(`<tr id="L${starts[1]}">`);
  });

  test("is there as it is, and as nothing but text", async () => {
    const dashboard = await served();
    const raw = await dashboard.get(`/scopes/${slug}/raw/shared/crlf.ts`, reader);
    expect(await raw.text()).toBe(crlf);
    expect(raw.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(raw.headers.get("content-security-policy")).toContain("sandbox");
    const patch = await dashboard.get(`/scopes/${slug}/patch/shared/halopsa.js`, reader);
    expect(await patch.text()).toMatch(/^diff --git a\/shared\/halopsa\.ts b\/shared\/halopsa\.js\n/);
  });

  test.each([
    "modules/never.ts",
    "modules/shared/halopsa.js?layer=own&at=0",
    "modules/../../x.ts",
    "raw/never.ts",
    "patch/shared/crlf.ts",
  ])("is not there: %s", async (path) => {
    expect((await (await served()).get(`/scopes/${slug}/${path}`, reader)).status).toBe(404);
  });
});

describe("overrides", () => {
  test("tell how far each is from global, and since when it is stale", async () => {
    const text = read(await textOf(`/scopes/${slug}/overrides`));
    expect(text).toMatch(/All 2 In step 0 Stale 1 Redundant 1/);
    expect(text).toMatch(
      /shared\/halopsa\.js stale override shared\/halopsa\.ts \+2 −2 revision 2, just now [0-9a-f]{7} Diff · Three-way/,
    );
  });

  test("of global are counted for operators, with no name of anybody", async () => {
    const page = await textOf("/scopes/global/overrides", operator);
    expect(read(page)).toMatch(/1 of 1 organisations.*shared\/halopsa\.ts module 1/);
    expect(page).not.toContain(slug);
    const readerOfGlobal: Person = {
      id: 5,
      login: "g",
      repositories: [{ id: scene.global.repositoryId, isAdmin: false }],
    };
    await scene.store.addGrant(
      { scope: scene.operator.scope, kind: "repository", repositoryId: scene.global.repositoryId },
      "test",
    );
    const dashboard = await served();
    expect((await dashboard.get("/scopes/global", readerOfGlobal)).status).toBe(200);
    expect((await dashboard.get("/scopes/global/overrides", readerOfGlobal)).status).toBe(404);
    expect((await dashboard.get("/api/v1/overrides", readerOfGlobal)).status).toBe(404);
  });
});

describe("/api/v1", () => {
  const ajv = addFormats.default(new Ajv.default({ strict: false }));

  /** Asks, and holds the answer against the schema that the route names. */
  async function asked(
    path: string,
    person: Person = reader,
  ): Promise<{ body: Record<string, unknown>; link: string | null }> {
    const response = await (await served()).get(path, person);
    expect(response.status).toBe(200);
    const body = (await response.json()) as Record<string, unknown>;
    const { pathname } = new URL(path, "http://modules.test");
    const route = moduleRoutes.find(
      (one) => one.form === "data" && new URLPattern({ pathname: one.path }).test({ pathname }),
    );
    if (route?.form !== "data" || route.api === undefined) throw new Error(`No route describes ${path}`);
    const validate = ajv.compile(z.toJSONSchema(route.api.answer, { io: "output" }));
    expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
    return { body, link: response.headers.get("link") };
  }

  test("lists modules a page at a time, with links to the others", async () => {
    const { body, link } = await asked(`/api/v1/scopes/${slug}/modules?q=many&per_page=100&page=2`);
    expect(body).toMatchObject({ total: 250, page: 2, perPage: 100 });
    expect(body.items).toHaveLength(100);
    expect(link).toContain(`</api/v1/scopes/${slug}/modules?q=many&per_page=100&page=3>; rel="next"`);
    expect(link).toContain('page=1>; rel="prev"');
    expect((await asked(`/api/v1/scopes/${slug}/modules?page=99`)).body.items).toEqual([]);
  });

  test("tells a module, its diff, history, imports and three texts", async () => {
    expect((await asked(`/api/v1/scopes/${slug}/modules/shared/halopsa.js`)).body).toMatchObject({
      layer: "own",
      isPresent: true,
      content: expect.stringContaining("ours = 3"),
      module: { overrides: "shared/halopsa.ts", override: "stale" },
    });
    expect((await asked(`/api/v1/scopes/${slug}/diff/shared/halopsa.js`)).body).toMatchObject({
      kind: "layers",
      diff: { added: 2, removed: 2 },
    });
    expect((await asked(`/api/v1/scopes/${slug}/history/shared/halopsa.js?per_page=1`)).body).toMatchObject({
      total: 4,
      items: [{ kind: "changed", layer: "global" }],
    });
    expect((await asked(`/api/v1/scopes/${slug}/imports/shared/use.ts`)).body).toMatchObject({
      imports: [
        { line: 1, leadsTo: "module", files: [{ scope: slug, path: "shared/halopsa.js" }] },
        { line: 2, leadsTo: "nowhere", diagnostics: [{ code: "module-not-found" }] },
      ],
    });
    expect((await asked(`/api/v1/scopes/${slug}/three-way/shared/halopsa.js`)).body.regions).toMatchObject([
      { kind: "theirs" },
      { kind: "same" },
      { kind: "yours" },
      { kind: "same" },
    ]);
  });

  test("tells overrides, and for operators how often global is overridden", async () => {
    expect((await asked(`/api/v1/scopes/${slug}/overrides?state=stale`)).body).toMatchObject({
      total: 1,
      items: [{ state: "stale", distance: { added: 2, removed: 2 }, staleSince: { number: 2 }, changes: 1 }],
    });
    expect((await asked("/api/v1/overrides?q=halopsa", operator)).body).toMatchObject({
      items: [{ path: "shared/halopsa.ts", organizations: 1 }],
    });
  });

  test("refuses a query that it does not know, by name", async () => {
    const response = await (await served()).get(`/api/v1/scopes/${slug}/modules?kind=x&colour=red`, reader);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "query-invalid", message: expect.stringMatching(/colour.*kind/) },
    });
  });
});
