import { describe, expect, it } from "vitest";
import { BASE, refusal, type Typed } from "./documents.ts";

describe("requests that are refused outright", () => {
  it.each([
    ["/workspaces/..%2forganizations/acme", "encoded-character"],
    ["/workspaces/ws%2F1", "encoded-character"],
    ["/workspaces/ws%5c1", "encoded-character"],
    ["/workspaces/%2e%2e/organizations", "encoded-character"],
    ["/workspaces/%2E", "encoded-character"],
    ["/workspaces/ws%252f1", "encoded-character"],
    ["/workspaces/ws%3bx", "encoded-character"],
    ["/workspaces/ws%00", "encoded-character"],
    ["/workspaces/ws%0d%0aHost:x", "encoded-character"],
    ["/workspaces/ws%7F", "encoded-character"],
    ["/workspaces/%c2%80", "control-character"],
    ["/workspaces/ws\n1", "control-character"],
    ["/workspaces/ws\x7f", "control-character"],
    ["/workspaces/ws\t1", "control-character"],
    ["/workspaces/../organizations/acme", "dot-segment"],
    ["/workspaces/.", "dot-segment"],
    ["..", "dot-segment"],
    ["//evil.example/workspaces/ws-1", "empty-segment"],
    ["/workspaces//ws-1", "empty-segment"],
    ["/workspaces/ws-1/", "empty-segment"],
    ["/", "empty-segment"],
    ["", "empty-segment"],
    ["?x=y", "empty-segment"],
    ["https://app.terraform.io", "empty-segment"],
    ["/workspaces/ws-1;x=y", "semicolon"],
    ["/workspaces\\ws-1", "backslash"],
    ["https:\\\\evil.example/x", "backslash"],
    ["/workspaces/ws-1#part", "fragment"],
    ["/workspaces/{workspace}", "placeholder"],
    ["/workspaces/%", "bad-escape"],
    ["/workspaces/%zz", "bad-escape"],
    ["/workspaces/%c0%af", "bad-escape"],
    ["/workspaces/ws-1?a=%zz", "bad-escape"],
    ["/workspaces/ws-1?a=%0a", "control-character"],
    ["/workspaces/\ud800", "bad-text"],
    ["https://user@app.terraform.io/api/v2/x", "userinfo"],
    ["https://user:pass@app.terraform.io/api/v2/x", "userinfo"],
    ["https://evil.example/api/v2/workspaces/ws-1", "foreign-host"],
    ["https://app.terraform.io.evil.example/x", "foreign-host"],
    ["https://app.terraform.io:8443/api/v2/x", "foreign-host"],
    ["http://app.terraform.io/api/v2/x", "foreign-host"],
    ["ftp://app.terraform.io/x", "foreign-host"],
    ["https:///x", "foreign-host"],
    ["/workspaces/ws-1?_method=delete", "method-override"],
    ["/workspaces/ws-1?_METHOD=delete", "method-override"],
    ["/workspaces/ws-1?%5fmethod=delete", "method-override"],
  ])("P1 P2: %j as %s", async (path, code) => {
    const failure = await refusal(`DELETE ${path}`);
    expect(failure).toMatchObject({ code, exitCode: 1 });
    expect(failure.message).toMatch(/PATH|query/);
    expect(failure.message).not.toMatch(/[\x00-\x1f\x7f]/);
  });

  it.each<[string, Typed, string]>([
    ["TRACE /ping", {}, "bad-method"],
    ["OPTIONS /ping", {}, "bad-method"],
    ["connect /ping", {}, "bad-method"],
    ["DELETE\r\n /ping", {}, "bad-method"],
    ["GET\tX /ping", {}, "bad-method"],
    ["M-SEARCH /ping", {}, "bad-method"],
    ["DELETÉ /ping", {}, "bad-method"],
    ["GET /ping", { headers: [["X-HTTP-Method-Override", "DELETE"]] }, "method-override"],
    ["GET /ping", { headers: [["x_http_method_override", "DELETE"]] }, "method-override"],
    ["GET /ping", { headers: [["X-HTTP-Method", "DELETE"]] }, "method-override"],
    ["GET /ping", { headers: [["X-Method-Override", "DELETE"]] }, "method-override"],
    ["GET /ping", { headers: [["X-Original-URL", "/x"]] }, "method-override"],
    ["GET /ping", { headers: [["X-Rewrite-Url", "/x"]] }, "method-override"],
    ["GET /ping", { headers: [["X-Original-Method", "DELETE"]] }, "method-override"],
    ...[
      "Host",
      "Authorization",
      "Cookie",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "Upgrade",
      "Proxy-Authorization",
      "Expect",
      "TE",
      "Content-Encoding",
      "X-Forwarded-Host",
    ].map((name): [string, Typed, string] => [
      "GET /ping",
      { headers: [[name, "x"]] },
      "reserved-header",
    ]),
    ["GET /ping", { headers: [["x", "a\r\nb"]] }, "bad-header"],
    ["GET /ping", { headers: [["x y", "a"]] }, "bad-header"],
    ["GET /ping", { headers: [["__proto__", "a"]] }, "bad-header"],
    [
      "GET /ping",
      {
        headers: [
          ["accept", "a"],
          ["Accept", "b"],
        ],
      },
      "header-twice",
    ],
    ["GET /ping", { query: [["_method", "delete"]] }, "method-override"],
    ["GET /ping", { query: [["a\nb", "x"]] }, "control-character"],
    ["GET /ping", { query: [["a", "\udfff"]] }, "bad-text"],
    ["POST /runs", { json: { _Method: "delete" } }, "method-override"],
    ["POST /runs", { body: "{" }, "bad-body"],
    ["POST /runs", { body: "{} {}" }, "bad-body"],
    ["POST /runs", { body: "\u00a0{}" }, "bad-body"],
    ["POST /runs", { body: '{"a":1e999}' }, "bad-body"],
    ["POST /runs", { body: '{"a":12345678901234567890}' }, "bad-body"],
    ["POST /runs", { body: "[".repeat(50_000) + "]".repeat(50_000) }, "bad-body"],
  ])("H1 H2 H3 H4 D2 D3: %j with %j as %s: %#", async (line, typed, code) => {
    const failure = await refusal(line, typed);
    expect(failure).toMatchObject({ code, exitCode: 1 });
    expect(failure.message).not.toMatch(/[\x00-\x1f\x7f]/);
  });

  it.each([
    ["http://app.terraform.io", "insecure-address"],
    ["http://127.0.0.1.evil.example", "insecure-address"],
    ["ftp://app.terraform.io", "insecure-address"],
    ["https://user:pass@app.terraform.io", "userinfo"],
  ])("P1: the address %s as %s", async (address, code) => {
    expect(await refusal("GET /ping", {}, new URL(address))).toMatchObject({ code, exitCode: 1 });
  });

  it.each(["http://localhost:80", "http://127.0.0.1:9", "http://127.8.9.1", "http://[::1]:9"])(
    "P1: http to %s is loopback, and goes on to the path",
    async (address) => {
      expect((await refusal("GET //", {}, new URL(address))).code).toBe("empty-segment");
      expect((await refusal(`GET ${BASE.origin}/api/v2/x`, {}, new URL(address))).code).toBe(
        "foreign-host",
      );
    },
  );
});
