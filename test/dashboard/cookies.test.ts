import { describe, expect, test } from "vitest";
import { readCookie, setCookie } from "../../src/dashboard/access/cookies.ts";
import { pageHeaders } from "../../src/dashboard/headers.ts";

const settings = { githubServerUrl: "https://github.com", secret: "a secret", operators: [] };
const plain = { ...settings, baseUrl: "http://localhost:3000" };
const secure = { ...settings, baseUrl: "https://modules.example.com" };

describe("a cookie", () => {
  test("is out of reach of scripts and of other sites' forms, and over TLS of other hosts and plain connections", () => {
    expect(setCookie(plain, "it", "x", 60)).toBe("it=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    expect(setCookie(secure, "it", "x", 60)).toBe("__Host-it=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  });

  test("is read by its whole name", () => {
    const header = "other=1; __Host-it=a.b-c_d; it=plain; wit=2";
    expect(readCookie(secure, header, "it")).toBe("a.b-c_d");
    expect(readCookie(plain, header, "it")).toBe("plain");
    expect(readCookie(plain, header, "none")).toBeUndefined();
    expect(readCookie(plain, undefined, "it")).toBeUndefined();
  });

  test("that comes twice is none: one of the two is somebody else's", () => {
    expect(readCookie(plain, "it=mine; it=theirs", "it")).toBeUndefined();
  });
});

test("pages ask browsers to insist on TLS where the server is reached by it", () => {
  expect(pageHeaders(secure)["strict-transport-security"]).toBe("max-age=31536000");
  expect(pageHeaders(plain)["strict-transport-security"]).toBeUndefined();
});
