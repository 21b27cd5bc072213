import { describe, expect, it } from "vitest";
import { operationDigest } from "../../src/policy/digest.ts";
import type { HcpOperation } from "../../src/policy/operation.ts";
import { deletion } from "../support/operations.ts";

const base = deletion("vars", "app.terraform.io");
const withRequest = (more: Partial<HcpOperation["request"]>) => ({
  ...base,
  request: { ...base.request, ...more },
});
const withTarget = (more: Partial<HcpOperation["target"]>) => ({
  ...base,
  target: { ...base.target, ...more },
});

describe("D1: what changes what will run changes the digest", () => {
  it.each<[string, HcpOperation]>([
    ["the class", { ...base, resourceClass: "varset-vars" }],
    ["the hostname", withTarget({ hostname: "app.terraform.io:8443" })],
    ["the organization", withTarget({ organization: "acme" })],
    ["the resource", withTarget({ path: "/vars/x-2" })],
    ["the method", withRequest({ method: "POST" })],
    ["the path", withRequest({ path: "/api/v2/vars/x-2" })],
    ["a query", withRequest({ query: [["a", "b"]] })],
    [
      "the order of a query",
      withRequest({
        query: [
          ["b", "1"],
          ["a", "2"],
        ],
      }),
    ],
    ["a header", withRequest({ headers: { "x-a": "b" } })],
    ["a body", withRequest({ body: "{}" })],
    ["an empty body", withRequest({ body: "" })],
    ["a blank in a body", withRequest({ body: "{} " })],
  ])("%s", (_, other) => {
    expect(operationDigest(other)).not.toBe(operationDigest(base));
    expect(operationDigest(other)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("and no two of them are the same", () => {
    const others = [
      withRequest({ query: [["a", "b"]] }),
      withRequest({ query: [["b", "a"]] }),
      withRequest({ headers: { a: "b" } }),
      withRequest({ body: "a=b" }),
      withRequest({
        query: [
          ["a", "b"],
          ["c", "d"],
        ],
      }),
      withRequest({ query: [["a", "b,c,d"]] }),
    ];
    expect(new Set(others.map(operationDigest)).size).toBe(others.length);
  });

  it("what is only said about it, or follows from it, does not", () => {
    const reworded: HcpOperation = {
      ...base,
      title: "Something harmless",
      name: "other",
      items: 9,
    };
    expect(operationDigest(reworded)).toBe(operationDigest(base));
  });

  it("the order of headers does not: it changes nothing", () => {
    const one = withRequest({ headers: { a: "1", b: "2" } });
    const other = withRequest({ headers: { b: "2", a: "1" } });
    expect(operationDigest(one)).toBe(operationDigest(other));
  });
});
