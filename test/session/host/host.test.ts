import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conversation } from "../../../src/session/caller/conversation.ts";
import { HOSTNAME, type LiveSession, openLiveSession } from "../../support/live-session.ts";
import { operationOn } from "../../support/summary.ts";

let session: LiveSession;
beforeEach(async () => {
  session = await openLiveSession({ classes: ["vars"], maxDeletes: 4 });
});
afterEach(() => session.close());

const ask = async (request: Parameters<Conversation["ask"]>[0], env = session.world.env) => {
  const conversation = await Conversation.open(session.socket, session.token, env);
  const answer = await conversation.ask(request);
  conversation.close();
  return answer;
};

describe("the host", () => {
  it("H2: compares every HOLDFAST_ variable but the session's own, and names the first", async () => {
    for (const [change, named] of [
      [{ HOLDFAST_NEW: "1" }, "HOLDFAST_NEW"],
      [{ HOLDFAST_CONFIG_DIR: "/elsewhere" }, "HOLDFAST_CONFIG_DIR"],
      [{ HOLDFAST_RUNTIME_DIR: undefined }, "HOLDFAST_RUNTIME_DIR"],
    ] as const)
      expect(
        await ask(
          {
            type: "peek",
            operation: {
              title: "Delete it",
              method: "DELETE",
              path: "/api/v2/vars/x",
              hostname: "tfe.example",
              resourceClass: "vars",
              resource: "x",
              reversibility: "depends",
              items: 1,
            },
          },
          { ...session.world.env, ...change },
        ),
      ).toMatchObject({ type: "refused", reason: "environment-changed", detail: named });
    expect(await ask({ type: "describe" }, {})).toMatchObject({ type: "description" });
  });

  it("tells what it granted and nothing secret", async () => {
    const answer = JSON.stringify(await ask({ type: "describe" }));
    expect(answer).toContain('"maxDeletes":4');
    expect(answer).not.toContain(session.token);
  });

  it("tells whoever started it who revoked it", async () => {
    await ask({ type: "revoke" });
    expect(session.said.at(-1)).toMatch(/revoked by process \d+/);
    expect(session.host.describe().state).toBe("revoked");
  });

  it("does not end with its runtime directory", async () => {
    rmSync(dirname(session.socket), { recursive: true });
    session.host.close();
    mkdirSync(session.socket, { recursive: true });
    writeFileSync(join(session.socket, "planted"), "");
    session.host.close();
    expect(readdirSync(dirname(session.socket))).toEqual([]);
  });

  it("a proof file that cannot be made is a refusal, not an end", async () => {
    const gone = new Promise<string>((resolve) => {
      const socket = connect(session.socket, () => {
        rmSync(dirname(session.socket), { recursive: true });
        const hello = { type: "hello", version: 1, pid: 1, nonce: "0".repeat(32), variables: {} };
        socket.write(`${JSON.stringify(hello)}\n`);
      });
      socket.setEncoding("utf8").on("data", resolve);
    });
    expect(await gone).toContain("cannot be understood");
    expect(session.host.describe().state).toBe("live");
  });

  it("takes no inner session in once it is over, and says why", async () => {
    await ask({ type: "revoke" });
    expect(await ask({ type: "nest" })).toMatchObject({ type: "refused", reason: "revoked" });
  });

  it("records the end of its time when that is first noticed, and once", async () => {
    session.clock.bootMs += 3_600_000;
    for (let n = 0; n < 3; n++) await ask({ type: "describe" });
    expect(await ask({ type: "nest" })).toMatchObject({ type: "refused", reason: "expired" });
    const events = session.entries().map(({ event }) => event);
    expect(events).toEqual(["session-started", "session-expired"]);
  });

  it.each([
    ["grant", { type: "grant", resourceClass: "projects", request: "K7QF" }],
    [
      "grant, with the code",
      { type: "grant", resourceClass: "projects", request: "K7QF", code: "A" },
    ],
    ["vouch", { type: "vouch" }],
    ["adopt", { type: "adopt", pid: process.pid }],
  ] as const)("H4: nothing inside may %s", async (_, request) => {
    expect(await ask(request)).toMatchObject({
      type: "error",
      message: expect.stringContaining("asked from inside the session"),
    });
    expect(session.host.describe()).toMatchObject({ classes: ["vars"], widened: [], adopted: [] });
  });

  it("settles what is still being sent before it tells of its end", async () => {
    const conversation = await Conversation.open(session.socket, session.token, session.world.env);
    const operation = operationOn(HOSTNAME, "vars", 2);
    await conversation.ask({ type: "reserve", operation });
    expect(await conversation.ask({ type: "sending" })).toEqual({ type: "go" });
    session.host.close();
    expect(session.host.describe().counts).toMatchObject({ unknown: 2 });
    expect(session.entries().at(-1)).toMatchObject({ event: "outcome", outcome: "unknown" });
    conversation.close();
  });
});
