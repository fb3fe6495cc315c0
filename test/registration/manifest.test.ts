import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isLocal, manifestOf } from "../../src/registration/manifest.ts";

const appYaml = readFileSync(new URL("../../app.yml", import.meta.url), "utf8");
const options = { appYaml, publicUrl: "https://modules.example.com", redirectUrl: "http://127.0.0.1:1/made" };

test("manifestOf() asks for what app.yml lists, with the addresses of this deployment", () => {
  expect(manifestOf(options)).toMatchObject({
    name: "Bifrost Modules",
    public: false,
    default_permissions: { contents: "read", checks: "write" },
    hook_attributes: { url: "https://modules.example.com/api/github/webhooks", active: true },
    callback_urls: ["https://modules.example.com/login/callback"],
    setup_url: "https://modules.example.com/",
    request_oauth_on_install: false,
    redirect_url: "http://127.0.0.1:1/made",
  });
  expect(manifestOf({ ...options, name: "Modules of Acme" }).name).toBe("Modules of Acme");
});

test("manifestOf() leaves the webhook off where GitHub cannot reach it", () => {
  expect(manifestOf({ ...options, publicUrl: "http://localhost:3000" }).hook_attributes.active).toBe(false);
});

test.each([
  ["http://localhost:3000", true],
  ["http://127.0.0.1", true],
  ["http://[::1]:3000", true],
  ["https://modules.localhost", true],
  ["https://modules.example.com", false],
  ["https://127.example.com", false],
])("isLocal(%s) is %s", (url, local) => {
  expect(isLocal(url)).toBe(local);
});
