import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";

function progressOn(stream: { isTTY?: boolean }): string {
  let written = "";
  const stderr = Object.assign(
    new Writable({
      write(chunk, _, done) {
        written += chunk;
        done();
      },
    }),
    stream,
  );
  const progress = createProgress({ stderr });
  progress.show("Linking");
  progress.clear();
  return written;
}

test("createProgress() writes a line that goes away to a terminal, and nothing to a file or a terminal that obeys nothing", () => {
  vi.stubEnv("TERM", "xterm");
  expect(progressOn({ isTTY: true })).toBe("\r\u001b[KLinking\r\u001b[K");
  expect(progressOn({})).toBe("");
  vi.stubEnv("TERM", "dumb");
  expect(progressOn({ isTTY: true })).toBe("");
  vi.unstubAllEnvs();
});
