import { describe, expect, it } from "vitest";
import { apiUrl } from "../../src/hcp/url.ts";

const base = new URL("https://tfe.test:8443/");

describe("U1: what goes out is what was decided on", () => {
  it.each([
    ["/api/v2/workspaces/ws-1", [], "https://tfe.test:8443/api/v2/workspaces/ws-1"],
    ["/api/v2/a%20b", [["page[size]", "1"]], "https://tfe.test:8443/api/v2/a%20b?page%5Bsize%5D=1"],
    [
      "/api/v2/a",
      [["q", "a b&c=d#e'f+é"]],
      "https://tfe.test:8443/api/v2/a?q=a%20b%26c%3Dd%23e%27f%2B%C3%A9",
    ],
    [
      "/api/v2/a",
      [
        ["a", "1"],
        ["a", "2"],
      ],
      "https://tfe.test:8443/api/v2/a?a=1&a=2",
    ],
    ["/api/v2/a%2Fb", [], "https://tfe.test:8443/api/v2/a%2Fb"],
  ] as const)("%s with %j", (path, query, expected) => {
    const url = apiUrl(base, path, query);
    expect(url.href).toBe(expected);
    expect([...url.searchParams]).toEqual(query);
  });

  it.each([
    "/api/v2/../../admin",
    "/api/v2/%2e%2e/admin",
    "/api/v2/./a",
    "/api/v2/a b",
    "/api/v2/a?b=c",
    "/api/v2/a#b",
    "/api/v2/é",
    "/api\\v2",
    "/api/v2/a\nb",
    "//evil.test/api/v2",
    "https://evil.test/api/v2",
    "/app/acme",
    "/api",
    "api/v2",
    "",
  ])("refuses %j", (path) => {
    expect(() => apiUrl(base, path, [])).toThrow(/^not a canonical API path/);
  });

  it("refuses a query that is not text", () => {
    expect(() => apiUrl(base, "/api/v2/a", [["q", "\ud800"]])).toThrow(
      /^not a canonical API query/,
    );
  });
});
