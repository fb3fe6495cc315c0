import { afterAll, expect, test } from "vitest";
import { createSandbox } from "../../../src/sandbox/pool.ts";
import { resultOf } from "../program.ts";

const sandbox = createSandbox({ processes: 1 });
afterAll(() => sandbox.close());

test("URL gives its parts, resolves against a base and takes changes", async () => {
  const result = await resultOf(
    sandbox,
    `const url = new URL("../b?q=1#h", "https://user:pw@example.com:8080/a/c/d");
    const parts = [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash];
    url.pathname = "/ü"; url.port = ""; url.searchParams.append("r", "a b"); url.hash = "";
    return [parts, String(url), JSON.stringify({ url }), url.searchParams.get("r"), url.searchParams === url.searchParams];`,
  );
  expect(result).toEqual([
    [
      "https://user:pw@example.com:8080/a/b?q=1#h",
      "https://example.com:8080",
      "https:",
      "user",
      "pw",
      "example.com:8080",
      "example.com",
      "8080",
      "/a/b",
      "?q=1",
      "#h",
    ],
    "https://user:pw@example.com/%C3%BC?q=1&r=a+b",
    '{"url":"https://user:pw@example.com/%C3%BC?q=1&r=a+b"}',
    "a b",
    true,
  ]);
});

test("URL refuses what is none, says so beforehand, and follows a new search", async () => {
  const result = await resultOf(
    sandbox,
    `let error; try { new URL("nowhere"); } catch (caught) { error = [caught.name, caught.code]; }
    const url = new URL("https://example.com/?a=1"); url.search = "?b=2";
    return [error, URL.canParse("nowhere"), URL.parse("nowhere"), URL.parse("x:y").href, url.searchParams.get("b"), url instanceof URL, Object.keys(URL)];`,
  );
  expect(result).toEqual([["TypeError", "ERR_INVALID_URL"], false, null, "x:y", "2", true, []]);
});

test("URLSearchParams reads, changes, sorts and writes", async () => {
  const result = await resultOf(
    sandbox,
    `const params = new URLSearchParams("?b=2&a=1&b=3");
    params.append("c", "ä&"); params.set("b", 9); params.delete("nothing"); params.sort();
    return [String(params), [...params], params.has("a"), params.has("a", "2"), params.getAll("b"), params.size,
      String(new URLSearchParams({ x: 1 })), String(new URLSearchParams([["y", "2"]])), [...params.keys()].join(), params.get("none")];`,
  );
  expect(result).toEqual([
    "a=1&b=9&c=%C3%A4%26",
    [
      ["a", "1"],
      ["b", "9"],
      ["c", "ä&"],
    ],
    true,
    false,
    ["9"],
    3,
    "x=1",
    "y=2",
    "a,b,c",
    null,
  ]);
});
