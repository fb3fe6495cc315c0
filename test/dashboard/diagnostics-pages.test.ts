// The pages of diagnostic codes, to which check runs link: for everybody, whoever has signed in or not.
import { expect, onTestFinished, test } from "vitest";
import { connectStore } from "../../src/store/connect.ts";
import { diagnosticCodes } from "../../src/workspace/diagnostic.ts";
import { explanationLine } from "../../src/workspace/explanation.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { serveDashboard } from "./serve.ts";

test("every code has its page where check runs say, and the index leads there", async () => {
  const database = await createTestDatabase();
  const store = await connectStore({ url: database.url });
  onTestFinished(async () => {
    await store.close();
    await database.drop();
  });
  const dashboard = await serveDashboard(store);
  const index = await (await dashboard.get("/docs/diagnostics")).text();
  for (const code of diagnosticCodes) {
    const [, path = ""] = /(\/docs\S+)$/.exec(explanationLine(code, "https://modules.example.com")) ?? [];
    expect(index).toContain(`<a href="${path}">${code}</a>`);
    const answer = await dashboard.get(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(
      new RegExp(`<h1>${code}</h1>[\\s\\S]+<h2>Example</h2>[\\s\\S]+<h2>What to do</h2>`),
    );
  }
  expect((await dashboard.get("/docs/diagnostics/no-such-code")).status).toBe(404);
});
