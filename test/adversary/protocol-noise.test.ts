// What is no conversation at all, too long a one, and too many at once.

import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Agent, type AgentStage, type Inhabited, setAgentStage } from "../support/agent.ts";
import { operationOn } from "../support/summary.ts";

let stage: AgentStage;
let session: Inhabited;
let agent: Agent;

beforeAll(async () => {
  stage = await setAgentStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  session = await stage.enter(["--allow-delete=workspaces", "--max-deletes=3"]);
  agent = session.agent;
});
afterEach(async () => {
  agent.leave();
  await session.ended;
});

const operation = (items = 1) => operationOn(stage.api.address, "workspaces", items);
const remaining = async () => {
  const { message } = await agent.ask({ type: "describe" });
  const { spent, reserved } = (message?.description ?? {}) as Record<string, number>;
  return 3 - Number(spent) - Number(reserved);
};

describe("a host does not fall for what is no conversation", () => {
  const hello = { type: "hello", version: 1, pid: 1, nonce: "0".repeat(32), variables: {} };
  const lines: [string, string][] = [
    ["no JSON", "hello\n"],
    ["half a line of JSON", '{"type":"hello",\n'],
    ["null", "null\n"],
    ["a number", "5\n"],
    ["an empty line", "\n"],
    ["bytes that are no text", "\u0000\u0001\ufffd\n"],
    ["a hello of another version", `${JSON.stringify({ ...hello, version: 2 })}\n`],
    ["a hello with an oversized pid", `${JSON.stringify({ ...hello, pid: 1e300 })}\n`],
    ["a hello with a negative pid", `${JSON.stringify({ ...hello, pid: -1 })}\n`],
    ["a hello with a short nonce", `${JSON.stringify({ ...hello, nonce: "0" })}\n`],
    ["a hello with prototype keys", `{"__proto__":{"pid":1},"constructor":1,"type":"hello"}\n`],
    ["nesting without end", `${"[".repeat(100_000)}\n`],
    ["a line of 200 KB", `${"x".repeat(200 * 1024)}\n`],
  ];
  it.each(lines)("%s ends it, and the session goes on", async (_, text) => {
    const talk = await agent.talk({ pid: 0 });
    const answer = await talk.sayRaw(text);
    expect(answer.message?.type ?? "ended").toMatch(/^(error|ended)$/);
    expect((await talk.sayRaw("again\n")).ended).toBe(true);
    expect(await remaining()).toBe(3);
  });

  it("a line that never ends is cut off", async () => {
    const talk = await agent.talk({ pid: 0 });
    expect((await talk.sayRaw("x".repeat(2 ** 20))).ended).toBe(true);
    expect(await remaining()).toBe(3);
  });

  it("a conversation that never ends is cut off: each answer is signed over all of it", async () => {
    const talk = await agent.talk();
    const long = { ...operation(), title: "x".repeat(2000), path: `/${"y".repeat(8000)}` };
    let said = 0;
    while (said < 1000 && (await talk.say({ type: "peek", operation: long })).ended !== true)
      said++;
    expect(said).toBeGreaterThan(10);
    expect(said).toBeLessThan(150);
    expect(await remaining()).toBe(3);
  });

  it("thousands of connections that never speak leave room for whoever does (U1)", async () => {
    const idle = [];
    for (let n = 0; n < 2000; n++) idle.push(await agent.talk({ pid: 0 }));
    expect(await remaining()).toBe(3);
    expect(readdirSync(`/proc/${session.wrapper.pid}/fd`).length).toBeLessThan(700);
    await Promise.all(idle.map((talk) => talk.end()));
  });

  it("a connection that never speaks is ended, though it does not end itself", async () => {
    const path = await agent.hostSocket();
    const open = () => readdirSync(`/proc/${session.wrapper.pid}/fd`).length;
    const before = open();
    const socket = connect({ path, allowHalfOpen: true });
    socket.on("error", () => {});
    const ended = new Promise((resolve) => socket.resume().once("end", resolve));
    await expect.poll(open).toBeGreaterThan(before);
    await ended;
    await expect.poll(open).toBe(before);
    socket.destroy();
    expect(await remaining()).toBe(3);
  });

  it("what is on its way does not give way to newcomers (U1)", async () => {
    const sending = await agent.talk();
    await sending.say({ type: "reserve", operation: operation() });
    await sending.say({ type: "sending" });
    for (let n = 0; n < 600; n++) await agent.talk({ pid: 0 });
    const result = { type: "result", outcome: "succeeded" };
    expect((await sending.say(result)).message).toEqual({ type: "recorded" });
  });

  it("refusals with long paths do not make the session unreadable", async () => {
    const talk = await agent.talk();
    for (let n = 0; n < 60; n++) {
      const long = operationOn(stage.api.address, "projects", 1, `/${'\\"'.repeat(4000)}`);
      const { message } = await agent.ask({ type: "reserve", operation: long });
      expect(message?.reason).toBe("class-not-granted");
    }
    await talk.end();
    const list = await stage.run(["session", "list"]);
    expect(list.stdout).toContain("live until");
    expect(list.stdout).not.toContain("not live");
  });
});
