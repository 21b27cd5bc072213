// What is too long: cut, kept, read again, forgotten.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bounded, MOST_TEXT } from "../../src/gateway/bound.ts";
import { OutputStore, STORE_LIMITS } from "../../src/gateway/output-store.ts";
import { RESULT_SCHEMA, type ToolResult } from "../../src/gateway/result.ts";
import { openGateway } from "../support/gateway-client.ts";
import { workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const structured: ToolResult = {
  ...{
    schema: RESULT_SCHEMA,
    tool: "t",
    environment: "dev",
    status: "done",
    text: "",
    remedies: [],
  },
};
const pagesOf = (store: OutputStore, first: string): string => {
  let text = "";
  for (let uri: string | undefined = first; uri !== undefined; ) {
    const page = store.read(uri) ?? "";
    const next: RegExpExecArray | null = /\n\[page \d+ of \d+; the next: (\S+)\]$/.exec(page);
    text += next === null ? page : page.slice(0, next.index);
    uri = next?.[1];
  }
  return text;
};

describe("bounded output", () => {
  it("L1: what is cut out of a text is kept whole, whatever it is", () => {
    const store = new OutputStore({ outputs: 4, length: 1_000_000, page: 10_000 });
    const long = fc
      .string({ unit: "binary", minLength: 1 })
      .map((text) => `x${text.repeat(MOST_TEXT)}`.slice(0, 300_000));
    fc.assert(
      fc.property(long, (text) => {
        const cut = bounded({ text, structured, isError: false }, store);
        const uri = cut.structured.truncated?.text ?? "";
        expect(cut.text.length).toBeLessThan(MOST_TEXT + 200);
        expect(cut.text).toContain(uri);
        expect(pagesOf(store, uri)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });

  it("L1: so is a tool's own part, as JSON; what is short stays as it is", () => {
    const store = new OutputStore();
    const output = { lines: Array(5000).fill("a line") };
    const cut = bounded(
      { text: "short", structured: { ...structured, output }, isError: false },
      store,
    );
    expect(cut.structured.output).toBeUndefined();
    expect(JSON.parse(pagesOf(store, cut.structured.truncated?.output ?? ""))).toEqual(output);
    const short = { text: "short", structured: { ...structured, output: {} }, isError: false };
    expect(bounded(short, store)).toBe(short);
  });

  it("B1: the oldest go first, by number and by length", () => {
    const store = new OutputStore({ ...STORE_LIMITS, outputs: 2, length: 100 });
    const [first, second, third] = ["a", "b", "c"].map((text) => store.keep(text));
    expect([first, second, third].map((uri) => store.read(uri ?? ""))).toEqual([
      undefined,
      "b",
      "c",
    ]);
    const long = store.keep("x".repeat(99));
    expect([second, third, long].map((uri) => store.read(uri ?? "")?.length)).toEqual([
      undefined,
      1,
      99,
    ]);
    const longer = store.keep("y".repeat(1000));
    expect([long, longer].map((uri) => store.read(uri)?.length)).toEqual([undefined, 1000]);
  });

  it.each([
    "",
    "holdfast://output/",
    "holdfast://output/x/1",
    "file:///etc/passwd",
    "holdfast://output/../1",
  ])("B2: nothing is found by guessing: %j", (uri) => {
    const store = new OutputStore();
    const kept = store.keep("secret");
    expect(store.read(uri)).toBeUndefined();
    expect(store.read(kept.replace(/1$/, "2"))).toBeUndefined();
    expect(store.read(kept.replace(/1$/, "0"))).toBeUndefined();
    expect(store.read(`${kept}0000000`)).toBeUndefined();
  });

  it.each([
    ["2026-07-28", 2],
    ["2025-11-25", 2],
    ["2024-11-05", 0],
  ] as const)("a client of %s gets %i links, and reads the rest", async (protocol, links) => {
    const gateway = await openGateway(stage, { protocol });
    try {
      const id = workspace(stage, "tmp-000");
      const description = `start ${"long ".repeat(10_000)}end`;
      stage.api.failNext({ status: 200, body: { data: { id, attributes: { description } } } });
      const read = await gateway.call("hcp_request", { method: "GET", path: `/workspaces/${id}` });
      expect([read.isError, read.links.length]).toEqual([false, links]);
      expect(read.text.length).toBeLessThan(MOST_TEXT + 200);
      expect(await gateway.read(read.result.truncated?.text ?? "")).toContain(description);
      expect(await gateway.read(read.result.truncated?.output ?? "")).toContain(description);
    } finally {
      await gateway.close();
    }
  });
});
