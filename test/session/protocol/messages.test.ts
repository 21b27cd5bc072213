import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  helloSchema,
  requestSchema,
  summarySchema,
} from "../../../src/session/protocol/messages.ts";
import { FUZZ_RUNS } from "../../support/fuzz-runs.ts";
import { HOSTNAME } from "../../support/live-session.ts";
import { operationOn } from "../../support/summary.ts";

const summary = operationOn(HOSTNAME, "vars");
const hello = { type: "hello", version: 1, pid: 5, nonce: "0".repeat(32), variables: {} };

describe("H4: what a caller can say at all", () => {
  it.each(["reserve", "peek", "sending", "result", "describe", "revoke", "adopt", "nest"])(
    "%s is a request",
    (type) => {
      const more = { operation: summary, outcome: "unknown", pid: 1 };
      const exact = {
        reserve: ["operation"],
        peek: ["operation"],
        result: ["outcome"],
        adopt: ["pid"],
      };
      const names = (exact as Record<string, string[]>)[type] ?? [];
      const message = {
        type,
        ...Object.fromEntries(names.map((name) => [name, more[name as "pid"]])),
      };
      expect(requestSchema.safeParse(message).success).toBe(true);
      expect(requestSchema.safeParse({ ...message, classes: ["projects"] }).success).toBe(false);
    },
  );

  it.each(["widen", "approve", "allow", "Revoke", "reserve ", "", "constructor"])(
    "%j is none",
    (type) => {
      expect(requestSchema.safeParse({ type, operation: summary }).success).toBe(false);
    },
  );

  it.each<[string, object]>([
    ["no items", { items: 0 }],
    ["fewer", { items: -5 }],
    ["half an item", { items: 0.5 }],
    ["more than there are", { items: 1e9 }],
    ["a class that is none", { resourceClass: "everything" }],
    ["a class of the prototype", { resourceClass: "toString" }],
    ["a reversibility that is none", { reversibility: "maybe" }],
    ["a path without end", { path: "x".repeat(9000) }],
    ["a member more", { granted: true }],
    ["an organization that is none", { organization: null }],
  ])("an operation with %s is none", (_, change) => {
    expect(summarySchema.safeParse(summary).success).toBe(true);
    expect(summarySchema.safeParse({ ...summary, ...change }).success).toBe(false);
  });

  it.each<[string, object]>([
    ["another version", { version: 2 }],
    ["no pid", { pid: undefined }],
    ["pid 0", { pid: 0 }],
    ["a pid that is no whole number", { pid: 1.5 }],
    ["a pid without end", { pid: Number.POSITIVE_INFINITY }],
    ["a short nonce", { nonce: "00" }],
    ["variables that are no text", { variables: { HOLDFAST_X: 1 } }],
    ["variables without end", { variables: { HOLDFAST_X: "x".repeat(9000) } }],
  ])("a hello with %s is none", (_, change) => {
    expect(helloSchema.safeParse(hello).success).toBe(true);
    expect(helloSchema.safeParse({ ...hello, ...change }).success).toBe(false);
  });

  it("no JSON makes the schemas throw", () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom("hello", "reserve", "adopt", "__proto__", 1),
          version: fc.constantFrom(1, 2),
          pid: fc.oneof(fc.integer(), fc.double()),
          nonce: fc.string(),
          variables: fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), fc.jsonValue()),
          operation: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(json, (value) => {
        const said: unknown = JSON.parse(JSON.stringify(value));
        for (const schema of [helloSchema, requestSchema, summarySchema])
          expect(typeof schema.safeParse(said).success).toBe("boolean");
        expect(Object.prototype).not.toHaveProperty("pid");
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
