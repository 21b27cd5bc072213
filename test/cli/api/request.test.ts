import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ApiFlags } from "../../../src/cli/api/flags.ts";
import { buildRequest, type RequestContext } from "../../../src/cli/api/request.ts";
import { Failure } from "../../../src/policy/failure.ts";

const folder = mkdtempSync(join(tmpdir(), "api-request-"));
writeFileSync(join(folder, "body.json"), '{"data":[]}');
writeFileSync(join(folder, "broken.json"), '{"data":');
writeFileSync(join(folder, "empty.json"), " \n");
writeFileSync(join(folder, "latin1.json"), Buffer.from([0x22, 0xe9, 0x22]));
writeFileSync(join(folder, "note.txt"), "plain text");

const PAYMENTS = {
  data: { id: "ws-AAAAAAAAAAAAAAAA", type: "workspaces", attributes: { name: "payments" } },
};

function world(stdin = ""): RequestContext & { reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    cwd: folder,
    baseUrl: new URL("https://app.terraform.io"),
    stdin: Readable.from([Buffer.from(stdin)]),
    organization: async () => "acme",
    workspace: async () => "payments",
    read: {
      get: async (path) => {
        reads.push(path);
        return path === "/organizations/acme/workspaces/payments" ? PAYMENTS : undefined;
      },
    },
  };
}

const api = (path: string, flags: Omit<ApiFlags, "path"> = {}): ApiFlags => ({ path, ...flags });
const built = (path: string, flags: Omit<ApiFlags, "path"> = {}, stdin = "") =>
  buildRequest(api(path, flags), world(stdin));

async function failure(path: string, flags: Omit<ApiFlags, "path"> = {}, stdin = "") {
  const context = world(stdin);
  const caught: unknown = await buildRequest(api(path, flags), context).catch((error) => error);
  if (!(caught instanceof Failure)) throw new Error(`no Failure for ${path}: ${String(caught)}`);
  return { caught, reads: context.reads };
}

describe("the method", () => {
  it.each<[string, Omit<ApiFlags, "path">, string]>([
    ["nothing", {}, "GET"],
    ["-i", { input: "{}" }, "POST"],
    ["-a", { attribute: ["name=x"] }, "POST"],
    ["-X delete", { method: "delete" }, "DELETE"],
    ["-X PATCH with -a", { method: "PATCH", attribute: ["name=x"] }, "PATCH"],
    ["-X DELETE with a body", { method: "DELETE", input: '{"data":[]}' }, "DELETE"],
  ])("%s → %#", async (_, flags, method) => {
    expect((await built("/workspaces/ws-1", flags)).method).toBe(method);
  });
});

describe("the body", () => {
  it.each<[string, Omit<ApiFlags, "path">, string, string]>([
    ["literal JSON", { input: '{"data":1}' }, "", '{"data":1}'],
    ["literal JSON after space", { input: ' [{"id":"a"}]' }, "", ' [{"id":"a"}]'],
    ["a file", { input: "body.json" }, "", '{"data":[]}'],
    ["a file by its full name", { input: join(folder, "body.json") }, "", '{"data":[]}'],
    ["stdin", { input: "-" }, '{"data":2}', '{"data":2}'],
    [
      "text, where the type says so",
      { input: "note.txt", header: ["content-type: text/plain"] },
      "",
      "plain text",
    ],
  ])("comes from %s", async (_, flags, stdin, body) => {
    expect((await built("/runs", flags, stdin)).body).toBe(body);
  });

  it("is absent without -i and -a", async () => {
    expect(await built("/runs")).not.toHaveProperty("body");
  });

  it.each([
    ["a=null", null],
    ["a=true", true],
    ["a=false", false],
    ["a=42", 42],
    ["a=-1.5", -1.5],
    ['a={"b":[1]}', { b: [1] }],
    ["a=[]", []],
    ['a="42"', "42"],
    ["a=", ""],
    ["a=b=c", "b=c"],
    ["a=True", "True"],
    ["a=plain text", "plain text"],
    ['a="quoted" word', '"quoted" word'],
  ])("B1: -a %s is typed", async (attribute, value) => {
    const { body } = await built("/runs", { attribute: [attribute] });
    expect(JSON.parse(body ?? "")).toEqual({ data: { type: "runs", attributes: { a: value } } });
  });

  it.each(["1.10", "007", "1e3", "12345678901234567890", "-0", "0x10", "NaN", "Infinity"])(
    "B1: -a a=%s would lose something as a number, so it stays text",
    async (text) => {
      const { body } = await built("/runs", { attribute: [`a=${text}`] });
      expect(JSON.parse(body ?? "").data.attributes.a).toBe(text);
    },
  );

  it.each([
    ["/organizations/acme/workspaces", "workspaces"],
    ["/workspaces/ws-1", "workspaces"],
    ["/api/v2/workspaces/ws-1/vars", "vars"],
    ["/varsets/varset-1/relationships/vars/var-1", "vars"],
    ["/organizations/{organization}/projects?x=1", "projects"],
    ["https://app.terraform.io/api/v2/organizations/acme/teams", "teams"],
  ])("takes its type from %s → %s", async (path, type) => {
    const { body } = await built(path, { attribute: ["name=x"] });
    expect(JSON.parse(body ?? "").data.type).toBe(type);
  });

  it("B2: -t names the type in the body and changes nothing else", async () => {
    const flags = { attribute: ["name=x"], method: "PATCH" };
    const plain = await built("/organizations/acme", flags);
    const typed = await built("/organizations/acme", { ...flags, type: "vars" });
    expect({ ...typed, body: "" }).toEqual({ ...plain, body: "" });
    expect(JSON.parse(typed.body ?? "").data.type).toBe("vars");
  });
});

describe("query, headers and pages", () => {
  it("joins what stands behind the ? with -f, in order, repeats kept", async () => {
    const { path, query } = await built("/runs?a=1&b=x%20y+z&a=2&c", { field: ["d=e=f", "a=3"] });
    expect(path).toBe("/runs");
    expect(query).toEqual([
      ["a", "1"],
      ["b", "x y z"],
      ["a", "2"],
      ["c", ""],
      ["d", "e=f"],
      ["a", "3"],
    ]);
  });

  it("turns page flags into query parameters", async () => {
    const { query } = await built("/runs", { pageSize: "100", pageNumber: "7" });
    expect(query).toEqual([
      ["page[size]", "100"],
      ["page[number]", "7"],
    ]);
  });

  it("lowers header names and trims values", async () => {
    const { headers } = await built("/runs", { header: ["X-Trace:  a: b ", "accept: text/html"] });
    expect(headers).toEqual([
      ["x-trace", "a: b"],
      ["accept", "text/html"],
    ]);
  });
});

describe("wrong usage: exit 1, one line that names the flag, a fix, and nothing sent", () => {
  it.each<[string, string, Omit<ApiFlags, "path">, string?]>([
    ["--yes", "/runs", { yes: true }],
    ["-X", "/runs", { method: "" }],
    ["-X", "/runs", { method: "DELETE /x" }],
    ["-X", "/runs", { method: "DEL\u0131TE" }],
    ["-X GET", "/runs", { method: "GET", attribute: ["a=1"] }],
    ["-X HEAD", "/runs", { method: "HEAD", input: "{}" }],
    ["-H", "/runs", { header: ["nocolon"] }],
    ["-H", "/runs", { header: [": x"] }],
    ["-H", "/runs", { header: ["x-a:"] }],
    ["-H", "/runs", { header: ["a b: c"] }],
    ["-H x-a", "/runs", { header: ["x-a: b\r\nx-c: d"] }],
    ["-H x-a", "/runs", { header: ["X-A: 1", "x-a: 2"] }],
    ["-H authorization", "/runs", { header: ["Authorization: Bearer x"] }],
    ["-H host", "/runs", { header: ["Host: evil.example"] }],
    ["-H content-length", "/runs", { header: ["Content-Length: 0"] }],
    ["-i", "/runs", { input: "" }],
    ["-i", "/runs", { input: '{"a":' }],
    ["-i", "/runs", { input: "a\0b" }],
    ['-i "missing.json"', "/runs", { input: "missing.json" }],
    ['-i "."', "/runs", { input: "." }],
    ['-i "broken.json"', "/runs", { input: "broken.json" }],
    ['-i "empty.json"', "/runs", { input: "empty.json" }],
    ['-i "latin1.json"', "/runs", { input: "latin1.json" }],
    ['-i "-"', "/runs", { input: "-" }],
    ['-i "-"', "/runs", { input: "-" }, "not json"],
    ["-i", "/runs", { input: "{}", attribute: ["a=1"] }],
    ["-a", "/runs", { attribute: ["novalue"] }],
    ["-a", "/runs", { attribute: ["=x"] }],
    ["-a", "/runs", { attribute: ["a.b=x"] }],
    ["-a", "/runs", { attribute: ["__proto__=x"] }],
    ["-a", "/runs", { attribute: ["a=1", "a=2"] }],
    ["-a a=", "/runs", { attribute: ["a={broken"] }],
    ["-a", "/runs", { attribute: ["a=\ud800"] }],
    ["-a", "/runs/run-1/actions/apply", { attribute: ["a=1"] }],
    ["-t", "/runs", { type: "runs" }],
    ["-t", "/runs", { type: "runs", input: "{}" }],
    ["-t", "/runs", { type: "a/b", attribute: ["a=1"] }],
    ["-f", "/runs", { field: ["novalue"] }],
    ["-f", "/runs", { field: ["=x"] }],
    ["-p", "/runs/{run}", { param: ["run"] }],
    ["-p", "/runs/{run}", { param: ["run=a", "run=b"] }],
    ["-p run=", "/runs/{run}", { param: ["run="] }],
    ["-p run=", "/runs/{run}", { param: ["run=.."] }],
    ["-p run=", "/runs/{run}", { param: ["run=a/b"] }],
    ["-p run=", "/runs/{run}", { param: ["run=a\\b"] }],
    ["-p run=", "/runs/{run}", { param: ["run=a%2Fb"] }],
    ["-p run=", "/runs/{run}", { param: ["run=%2e%2E"] }],
    ["-p run=", "/runs/{run}", { param: ["run=a\x1b[2K"] }],
    ["-p run=", "/runs/{run}", { param: ["run=\u202eabc"] }],
    ["-p other", "/runs/{run}", { param: ["run=a", "other=b"] }],
    ["-p organization", "/runs/{run}", { param: ["run=a", "organization=b"] }],
    ["-p run=", "/runs/{run}", { param: ["run=100%25"] }],
    ["-p run=", "/runs/{run}", { param: ["run=a;b"] }],
    ["PATH", "", {}],
    ["PATH", "/runs/a b", {}],
    ["PATH", "/runs#x", {}],
    ["PATH", "/runs/x{run}", { param: ["run=a"] }],
    ["PATH", "/runs/{run", {}],
    ["PATH", "/runs/{}", {}],
    ["PATH", "/runs?a={run}", { param: ["run=a"] }],
    ["PATH", "/runs?a=%zz", {}],
    ["PATH", "/runs?=1", {}],
    ["PATH: nothing fills {run}", "/runs/{run}", {}],
    ["PATH: nothing fills {a}, {b}", "/x/{a}/y/{b}", {}],
    ["--all", "/runs", { all: true, method: "DELETE" }],
    ["--all", "/runs", { all: true, input: "{}" }],
    ["--all", "/runs", { all: true, pageNumber: "2" }],
    ["--all", "/runs", { all: true, header: ["accept: text/html"] }],
    ["--all", "/runs?page[number]=2", { all: true }],
    ["--page-size", "/runs", { pageSize: "0" }],
    ["--page-size", "/runs", { pageSize: "101" }],
    ["--page-size", "/runs", { pageSize: "ten" }],
    ["--page-size", "/runs", { pageSize: "10", attribute: ["a=1"] }],
    ["--page-size", "/runs", { pageSize: "10", field: ["page[size]=20"] }],
    ["--page-number", "/runs", { pageNumber: "0" }],
    ["--page-number", "/runs", { pageNumber: "-1" }],
    ["--page-number", "/runs", { pageNumber: "1.5" }],
    ["-i", "/workspaces/{workspace}", { input: "missing.json" }],
    ["PATH", "https://evil.example/workspaces/{workspace}", {}],
    ["PATH", "/workspaces/{workspace}/../x", {}],
    ["PATH", "/workspaces/{workspace}//x", {}],
    ["PATH: _method", "/workspaces/{workspace}?_method=DELETE", {}],
    ["-f _method", "/workspaces/{workspace}", { field: ["_method=DELETE"] }],
    [
      "-H x-http-method-override",
      "/workspaces/{workspace}",
      { header: ["X-HTTP-Method-Override: DELETE"] },
    ],
    ["-X CONNECT", "/workspaces/{workspace}", { method: "connect" }],
    ["the body", "/workspaces/{workspace}", { input: '{"_method":"DELETE"}' }],
    ["-f", "/workspaces/{workspace}", { field: ["a=\x1b"] }],
  ])("%s: %s %j", async (flag, path, flags, stdin) => {
    const { caught, reads } = await failure(path, flags, stdin);
    expect(caught.message.startsWith(flag)).toBe(true);
    expect(caught.message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(caught.fix ?? "").not.toBe("");
    expect(caught.exitCode).toBe(1);
    expect(reads).toEqual([]);
  });

  it("--yes points to harness exec", async () => {
    expect((await failure("/runs", { yes: true })).caught.fix).toContain("holdfast harness exec");
  });
});

describe("any combination of flags", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "{a}",
      "a=b",
      "a={",
      "a=[",
      "-",
      "{",
      "x: y",
      "..",
      "%",
      "\ud800",
      "a=\ud800",
      "workspace=x",
    ),
  );
  const mostly = (valid: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 9, arbitrary: valid }, { weight: 1, arbitrary: text });
  const some = (...valid: string[]) =>
    fc.uniqueArray(mostly(fc.constantFrom(...valid)), { maxLength: 2 });
  const maybe = (...valid: string[]) =>
    fc.option(mostly(fc.constantFrom(...valid)), { nil: undefined, freq: 1 });
  const flags = fc.record({
    path: mostly(fc.constantFrom("/runs", "/workspaces/{workspace}", "/runs/{run}/plan?b=c")),
    method: maybe("GET", "post", "DELETE"),
    header: some("x-a: b", "accept: text/html"),
    // No file names: a generated one could be a device that never ends.
    input: maybe("{}", '{"data":[1]}').map((body) => body?.replace(/^[^{]?/, "{")),
    attribute: some("a=1", 'b={"c":[]}', "d=e"),
    type: maybe("runs", "vars"),
    field: some("a=b", "c=", "page[size]=3"),
    param: some("run=run-1", "workspace=payments"),
    all: fc.boolean(),
    pageSize: maybe("1", "100"),
    pageNumber: maybe("1", "9"),
  });

  it("builds a request, or fails with one line that says so", async () => {
    let built = 0;
    await fc.assert(
      fc.asyncProperty(flags, async (generated) => {
        const result: unknown = await buildRequest(generated, world()).catch((error) => error);
        if (result instanceof Failure) {
          expect(result.message).not.toContain("\n");
          return;
        }
        expect(result).not.toBeInstanceOf(Error);
        built += 1;
        const { path, method } = result as { path: string; method: string };
        expect(path).not.toMatch(/[{}]/);
        expect(method).toMatch(/^[A-Z]+$/);
      }),
      { numRuns: 1000 },
    );
    expect(built, "of 1,000 combinations some are right").toBeGreaterThan(20);
  });

  it("L1: what fills a placeholder stays one segment", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
        const result: unknown = await built("/runs/{run}/plan", { param: [`run=${value}`] }).catch(
          (error) => error,
        );
        if (result instanceof Failure) return;
        const { path } = result as { path: string };
        expect(path).toMatch(/^\/runs\/[^/\\?#\s;]+\/plan$/);
        expect(decodeURIComponent(path.split("/")[2] ?? "")).toBe(value);
      }),
      { numRuns: 500 },
    );
  });
});
