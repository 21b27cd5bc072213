// Row 40: whatever is written to the server, it answers, and goes on.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFrame } from "../../src/gateway/frames.ts";
import { MOST_LINE } from "../../src/gateway/stdio.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";
import { RawGateway } from "../support/raw-gateway.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let gateway: RawGateway;
beforeAll(async () => {
  stage = await setStage();
  gateway = new RawGateway(stage);
  await gateway.begin("2025-03-26");
});
afterAll(async () => {
  await gateway.close();
  await stage.close();
});

const PARSE = -32_700;
const INVALID = -32_600;
const request = (id: unknown, method: unknown, more: object = {}) => ({
  ...{ jsonrpc: "2.0", id, method },
  ...more,
});
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("row 40: a frame that is none", () => {
  it.each<[string, Buffer | string | object, number, unknown]>([
    ["no JSON", "{nope", PARSE, null],
    ["an empty value", '""', INVALID, null],
    ["null", "null", INVALID, null],
    ["a number", "42", INVALID, null],
    ["an empty batch", "[]", INVALID, null],
    [
      "bytes that are no UTF-8",
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a]),
      PARSE,
      null,
    ],
    ["a NUL", Buffer.from("\0\n"), PARSE, null],
    ["two values on a line", '{"jsonrpc":"2.0"} {}', PARSE, null],
    ["headers as of another framing", "Content-Length: 12", PARSE, null],
    ["another version", { jsonrpc: "1.0", id: 1, method: "ping" }, INVALID, 1],
    ["no version", { id: "a", method: "ping" }, INVALID, "a"],
    ["an object as id", request({}, "ping"), INVALID, null],
    ["null as id", request(null, "ping"), INVALID, null],
    ["a fraction as id", request(1.5, "ping"), INVALID, null],
    ["no method", { jsonrpc: "2.0", id: 7 }, INVALID, 7],
    ["a number as method", request(8, 5), INVALID, 8],
    ["a list as params", request(9, "ping", { params: [] }), INVALID, 9],
    ["text as params", request(10, "ping", { params: "x" }), INVALID, 10],
    ["what is nested too deep", deep(10_000), INVALID, null],
    ["a batch of too many", JSON.stringify(Array(1000).fill(request(1, "ping"))), INVALID, null],
  ])("F1: %s is answered, and the server goes on", async (_, frame, code, id) => {
    gateway.write(frame);
    const answer = await gateway.answer(({ error }) => error !== undefined);
    expect(answer).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
    expect(await gateway.answers()).toBe(true);
  });

  it.each([
    ["an unknown method", request(20, "nope"), -32_601],
    ["an unknown tool", request(21, "tools/call", { params: { name: "nope" } }), -32_602],
    [
      "a tool of every object",
      request(22, "tools/call", { params: { name: "__proto__" } }),
      -32_602,
    ],
    ["no tool", request(23, "tools/call", { params: {} }), -32_602],
    ["no params", request(24, "tools/call"), -32_602],
    [
      "text as arguments",
      request(25, "tools/call", { params: { name: "check_approval", arguments: "x" } }),
      -32_602,
    ],
    [
      "a resource that is none",
      request(26, "resources/read", { params: { uri: "file:///etc/passwd" } }),
      -32_602,
    ],
    ["no URI", request(27, "resources/read", { params: { uri: 5 } }), -32_603],
  ])("%s is answered with its own code", async (_, frame, code) => {
    gateway.write(frame);
    const answer = await gateway.answer(({ id }) => id === frame.id);
    expect(answer).toMatchObject({ error: { code } });
  });

  it("blank lines, notifications and answers to nothing are passed over", async () => {
    gateway.write("");
    gateway.write("   \r");
    gateway.write({ jsonrpc: "2.0", method: "notifications/nope", params: { a: 1 } });
    gateway.write({
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: 999 },
    });
    gateway.write({ jsonrpc: "2.0", method: "notifications/cancelled" });
    gateway.write({ jsonrpc: "2.0", id: 999, result: {} });
    gateway.write({ jsonrpc: "2.0", id: 999, error: { code: 1, message: "x" } });
    expect(await gateway.answers()).toBe(true);
  });

  it("T1: a line over the limit is thrown away as it comes, answered once, and the next is read", async () => {
    const part = Buffer.alloc(1024 * 1024, "x");
    for (let written = 0; written <= 3 * MOST_LINE; written += part.length) gateway.write(part);
    gateway.write("");
    const answer = await gateway.answer(({ error }) => error !== undefined);
    expect(answer).toMatchObject({ id: null, error: { code: INVALID } });
    expect(await gateway.answers()).toBe(true);
  });

  it("T3: a batch is answered as a batch, whatever is in it", async () => {
    gateway.write(
      JSON.stringify([
        request(30, "ping"),
        5,
        { jsonrpc: "2.0", method: "notifications/nope" },
        request(31, "nope"),
        [request(32, "ping")],
      ]),
    );
    const answers = await gateway.batch();
    expect(answers).toHaveLength(4);
    expect(answers).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 30, result: {} }),
        expect.objectContaining({ id: 31, error: expect.objectContaining({ code: -32_601 }) }),
        expect.objectContaining({ id: null }),
      ]),
    );
    gateway.write(JSON.stringify([{ jsonrpc: "2.0", method: "notifications/nope" }]));
    expect(await gateway.answers()).toBe(true);
  });

  it("T4: who does not read is not read either, and is answered once it does", async () => {
    gateway.child.stdout?.pause();
    for (let id = 1000; id < 1300; id += 1) gateway.write(request(id, "tools/list"));
    gateway.child.stdout?.resume();
    for (let id = 1000; id < 1300; id += 1)
      expect(await gateway.answer((each) => each.id === id)).toHaveProperty("result");
  });

  it("T2: an id that is under way is not used again", async () => {
    const params = { name: "hcp_request", arguments: { method: "GET", path: "/organizations" } };
    gateway.write(request("twice", "tools/call", { params }));
    gateway.write(request("twice", "ping"));
    const refused = await gateway.answer(({ error }) => error !== undefined);
    expect(refused).toMatchObject({ id: null, error: { code: INVALID } });
    expect(await gateway.answer(({ id }) => id === "twice")).toMatchObject({ result: {} });
    gateway.write(request("twice", "ping"));
    expect(await gateway.answer(({ id }) => id === "twice")).toMatchObject({ result: {} });
  });
});

describe("row 40: how it begins and ends", () => {
  it("what is asked before a greeting is answered, and an unknown revision offered a known one", async () => {
    const early = new RawGateway(stage);
    early.write(request(1, "tools/list"));
    expect(await early.answer(({ id }) => id === 1)).toHaveProperty("result");
    expect(await early.begin("1999-01-01")).toMatchObject({
      result: { protocolVersion: expect.stringMatching(/^20\d\d-/) },
    });
    expect(await early.close()).toBe(0);
    expect(early.stderr).toContain("over stdio: the agent's child");
  });

  it("half a line at the end is no message", async () => {
    const cut = new RawGateway(stage);
    cut.child.stdin?.write('{"jsonrpc":"2.0","id":1,"method":"pi');
    expect(await cut.close()).toBe(0);
  });
});

it("F1: whatever a line holds, reading it throws nothing", () => {
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record(
        {
          jsonrpc: fc.constantFrom("2.0", 2),
          id: fc.jsonValue(),
          method: fc.jsonValue(),
          params: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((frame) => Buffer.from(JSON.stringify(frame))),
  );
  fc.assert(
    fc.property(line, (bytes) => {
      const frame = readFrame(bytes);
      expect(["message", "batch", "error"]).toContain(frame.kind);
      if (frame.kind === "message" && "method" in frame.message)
        expect(typeof frame.message.method).toBe("string");
    }),
    { numRuns: fuzzRuns(10) },
  );
});
