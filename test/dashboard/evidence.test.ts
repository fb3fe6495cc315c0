import { describe, expect, test } from "vitest";
import { createEvidence } from "../../src/dashboard/access/evidence.ts";
import { Fault } from "../../src/errors.ts";
import type { UserRepository } from "../../src/github/users.ts";

/** Evidence over a GitHub that says what it is told to say, and a clock that stands still until it is set. */
function scene() {
  const state = {
    now: 0,
    asked: 0,
    fault: undefined as Fault | undefined,
    repositories: [{ id: 11, isAdmin: false }] as UserRepository[],
  };
  const user = async (token: string) => {
    state.asked += 1;
    if (state.fault) throw state.fault;
    return { id: 7, login: token };
  };
  const nothing = async (): Promise<never> => {
    throw new Error("not asked here");
  };
  const users = {
    user,
    repositories: async () => state.repositories,
    signInUrl: () => "",
    signIn: nothing,
    refresh: nothing,
    revoke: nothing,
  };
  const evidence = createEvidence({ users, operators: ["root", "99"], clock: () => state.now });
  return { state, users, evidence };
}

describe("what GitHub says of a viewer", () => {
  test("is asked once for all that wait for it, and remembered for less than a minute", async () => {
    const { state, evidence } = scene();
    const both = await Promise.all([evidence.of("mona"), evidence.of("mona")]);
    expect(both.map(({ repositories }) => repositories.get(11))).toEqual(["read", "read"]);
    state.now = 29_000;
    await evidence.of("mona");
    expect(state.asked).toBe(1);
    await evidence.of("hubot");
    expect(state.asked).toBe(2);
  });

  test("is asked again before the minute is over, while the old answer is given", async () => {
    const { state, evidence } = scene();
    await evidence.of("mona");
    state.now = 40_000;
    state.repositories = [{ id: 11, isAdmin: true }];
    expect((await evidence.of("mona")).repositories.get(11)).toBe("read");
    await expect.poll(async () => (await evidence.of("mona")).repositories.get(11)).toBe("admin");
    expect(state.asked).toBe(2);
  });

  test("is nothing that is a minute old: whoever lost a repository has lost it", async () => {
    const { state, evidence } = scene();
    await evidence.of("mona");
    state.now = 60_000;
    state.repositories = [];
    expect((await evidence.of("mona")).repositories.size).toBe(0);
  });

  test("is nothing where GitHub does not answer: nobody is taken at their old word", async () => {
    const { state, evidence } = scene();
    await evidence.of("mona");
    state.now = 60_000;
    state.fault = new Fault("github-unavailable", "GitHub does not answer");
    await expect(evidence.of("mona")).rejects.toThrow("GitHub does not answer");
    state.fault = undefined;
    expect((await evidence.of("mona")).login).toBe("mona");
  });

  test("ends at once where the token was given back while it was being asked", async () => {
    const { state, evidence } = scene();
    const asked = evidence.of("mona");
    evidence.forget("mona");
    await asked;
    state.fault = new Fault("user-token-refused", "GitHub does not take this sign-in any more");
    await expect(evidence.of("mona")).rejects.toThrow("does not take");
  });

  test("says who is an operator, by login or id, and asks for nothing else then", async () => {
    const { evidence, users } = scene();
    expect(await evidence.of("Root")).toMatchObject({ isOperator: true, repositories: new Map() });
    expect((await evidence.of("rooty")).isOperator).toBe(false);
    // A login may be made of digits; here it belongs to user 7.
    expect((await evidence.of("99")).isOperator).toBe(false);
    const byId = createEvidence({ users, operators: ["7"], clock: () => 0 });
    expect((await byId.of("mona")).isOperator).toBe(true);
  });
});
