// A real Chromium for tests of pages, the one that is installed on the machine. A page that breaks its own content
// security policy, logs an error or throws fails the test that opened it.
import axe from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { launchChromium } from "./chromium.ts";

export interface TestBrowser {
  /**
   * Opens a page with cookies of its own, closed at the end of the test. What it complained of by then fails the test; pages
   * that are answered with an error status on purpose are no complaint.
   */
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the browser, once for a test file: `beforeAll`, and `close` after it. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await launchChromium();
  return { open: (options) => openPage(browser, options), close: () => browser.close() };
}

async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(15_000);
  const complaints = watch(context);
  onTestFinished(async () => {
    await context.close();
    expect(complaints, "what pages complained of in the browser's console").toEqual([]);
  });
  return await context.newPage();
}

function watch(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(`${error.error()}`));
  context.on("console", (message) => {
    const { url } = message.location();
    // The browser says so of a page itself as well, which a test looks at anyway.
    const isOfPage = message.text().startsWith("Failed to load resource") && url === message.page()?.url();
    const isComplaint = message.type() === "error" || message.text().includes("Content Security Policy");
    if (isComplaint && !isOfPage) complaints.push(`${message.text()} (${url})`);
  });
  return complaints;
}

/**
 * Expects of a page, in light and in dark, that axe finds no serious fault, and that nothing but code is wider than a
 * phone's screen.
 */
export async function expectUsable(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFaults(page), `accessibility of ${page.url()} in ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  const overhang = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  expect(overhang, `pixels by which ${page.url()} is wider than a phone`).toBe(0);
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}

async function seriousFaults(page: Page): Promise<string[]> {
  // Run from outside, where the page's policy does not reach.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}
