import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutputOptions } from "../../../src/cli/api/output.ts";
import { outputOptions } from "../../../src/cli/api/output.ts";
import { renderDocument, renderResponse } from "../../../src/cli/api/render.ts";
import { cellWidth } from "../../../src/system/cell-width.ts";
import type { HttpResponse } from "../../../src/system/http-answer.ts";

const PIPE: OutputOptions = {
  json: false,
  markdown: false,
  quiet: false,
  color: false,
  isTTY: false,
  columns: 80,
};
const TTY: OutputOptions = { ...PIPE, isTTY: true };
const JSON_FLAG: OutputOptions = { ...TTY, json: true };
const MARKDOWN: OutputOptions = { ...PIPE, markdown: true };

const GET = { method: "GET", path: "/api/v2/workspaces" };
const DELETE = { method: "DELETE", path: "/api/v2/workspaces/ws-1" };

function answer(
  body: string | Buffer,
  contentType = "application/vnd.api+json",
  status = 200,
): HttpResponse {
  return { status, headers: { "content-type": contentType }, body: Buffer.from(body) };
}

const workspace = (id: string, attributes: object) => ({ id, type: "workspaces", attributes });
const LIST = {
  data: [
    workspace("ws-AAAAAAAAAAAAAAAA", {
      name: "payments",
      locked: false,
      "resource-count": 42,
      other: {},
    }),
    workspace("ws-BBBBBBBBBBBBBBBB", { name: "web", locked: true, "resource-count": 0, other: {} }),
  ],
};
const ONE = {
  data: {
    ...workspace("ws-AAAAAAAAAAAAAAAA", {
      name: "payments",
      "vcs-repo": null,
      permissions: { read: true },
    }),
    relationships: { project: { data: { id: "prj-1", type: "projects" } }, runs: { links: {} } },
  },
};

async function text(document: unknown, options: OutputOptions): Promise<string> {
  const { stdout } = await renderResponse(GET, answer(JSON.stringify(document)), options);
  return String(stdout);
}

/** What a terminal could be fooled with; line ends are how the output is made. */
const HIDDEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\x00-\x09\x0b-\x1f\x7f-\x9f]/u;
const HOSTILE = "x\x1b[2K\x1b]0;t\x07\u202ereversed\u2066\u200b\u2028\x9b\n\r| `a` <b> [c](d) \\";

describe("forms", () => {
  it("is the API's JSON where stdout is no terminal", async () => {
    expect(await text(LIST, PIPE)).toBe(`${JSON.stringify(LIST, null, 2)}\n`);
  });

  it("is the same JSON under --json on a terminal", async () => {
    expect(await text(ONE, JSON_FLAG)).toBe(`${JSON.stringify(ONE, null, 2)}\n`);
  });

  it("is a table for a collection on a terminal", async () => {
    expect(await text(LIST, TTY)).toBe(
      [
        "ID                   NAME      RESOURCE-COUNT  LOCKED",
        "ws-AAAAAAAAAAAAAAAA  payments  42              false",
        "ws-BBBBBBBBBBBBBBBB  web       0               true",
        "",
      ].join("\n"),
    );
  });

  it("is lines for one resource on a terminal", async () => {
    expect(await text(ONE, TTY)).toBe(
      [
        "id: ws-AAAAAAAAAAAAAAAA",
        "type: workspaces",
        "name: payments",
        "vcs-repo: -",
        'permissions: {"read":true}',
        "project: prj-1",
        "",
      ].join("\n"),
    );
  });

  it("is a table or a list under --markdown", async () => {
    expect(await text(LIST, MARKDOWN)).toContain(
      "| id | name | resource-count | locked |\n| --- | --- | --- | --- |\n| ws-AAAAAAAAAAAAAAAA | payments | 42 | false |\n",
    );
    expect(await text(ONE, MARKDOWN)).toContain("- **name**: payments\n");
  });

  it("names the type where a collection mixes types", async () => {
    const mixed = {
      data: [
        { id: "a", type: "users" },
        { id: "b", type: "teams" },
      ],
    };
    expect(await text(mixed, TTY)).toBe("ID  TYPE\na   users\nb   teams\n");
  });

  it("shows what is JSON and no JSON:API as it is", async () => {
    expect(await text({ data: [1, "x"] }, TTY)).toBe('{\n  "data": [\n    1,\n    "x"\n  ]\n}\n');
    expect(await text({ a: 1 }, MARKDOWN)).toBe('```json\n{\n  "a": 1\n}\n```\n');
  });

  it("says on stderr that there are more pages, and that there is nothing", async () => {
    const pagination = { "current-page": 1, "total-pages": 3, "total-count": 50 };
    const more = await renderDocument({ ...LIST, meta: { pagination } }, TTY);
    expect(more.stderr).toBe(
      "holdfast: page 1 of 3, 2 of 50 records: add --page-number 2, or --all\n",
    );
    expect(await renderDocument({ data: [] }, TTY)).toEqual({
      stdout: "",
      stderr: "holdfast: no records\n",
    });
  });

  it("keeps numbers and key order as the API sent them", async () => {
    const body = '{"b":1.0,"a":12345678901234567890,"1":1e400,"a2":[],"o":{ }}';
    const { stdout } = await renderResponse(GET, answer(body), PIPE);
    expect(stdout).toBe(
      '{\n  "b": 1.0,\n  "a": 12345678901234567890,\n  "1": 1e400,\n  "a2": [],\n  "o": {}\n}\n',
    );
  });
});

describe("mutations and empty answers", () => {
  it.each([
    ["DELETE", 204, "holdfast: deleted /workspaces/ws-1 (204)\n"],
    ["POST", 202, "holdfast: done: POST /workspaces/ws-1 (202)\n"],
    ["GET", 204, "holdfast: an empty answer: GET /workspaces/ws-1 (204)\n"],
  ])("%s %i says so in one line on stderr", async (method, status, line) => {
    const rendered = await renderResponse({ ...DELETE, method }, answer("", "", status), PIPE);
    expect(rendered).toEqual({ stdout: "", stderr: line });
  });

  it("prints one object under --json", async () => {
    expect((await renderResponse(DELETE, answer("", "", 204), JSON_FLAG)).stdout).toBe(
      '{"status":204}\n',
    );
  });

  it("prints nothing for a mutation under --quiet, and a read all the same", async () => {
    const quiet = { ...JSON_FLAG, quiet: true };
    expect(await renderResponse(DELETE, answer("", "", 204), quiet)).toEqual({
      stdout: "",
      stderr: "",
    });
    expect(await renderResponse({ ...DELETE, method: "PATCH" }, answer("{}"), quiet)).toEqual({
      stdout: "",
      stderr: "",
    });
    expect((await renderResponse(GET, answer("{}"), quiet)).stdout).toBe("{}\n");
  });
});

describe("what is not JSON", () => {
  const html = "<!DOCTYPE html><script>x</script>";
  const log = "one\x1b[31m\r\ntwo\tthree\n";
  const binary = Buffer.from([0x1f, 0x8b, 0, 0xff]);

  it.each<[string, string | Buffer, string]>([
    ["HTML", html, "text/html"],
    ["HTML that calls itself text", html, "text/plain"],
    ["bytes", binary, "application/gzip"],
    ["bytes that call themselves JSON", binary, "application/json"],
  ])("V2: %s never goes to a terminal", async (_, body, type) => {
    for (const options of [TTY, MARKDOWN]) {
      const { stdout, stderr } = await renderResponse(GET, answer(body, type), options);
      expect(stdout).toBe("");
      expect(stderr).toContain(`${Buffer.byteLength(body)} bytes of ${type} are not shown`);
    }
  });

  it.each<[string, string | Buffer, string]>([
    ["HTML", html, "text/html"],
    ["text", log, "text/plain"],
    ["bytes", binary, "application/gzip"],
    ["broken JSON", '{"a":', "application/json"],
  ])("V3: %s passes byte for byte into a pipe", async (_, body, type) => {
    const { stdout } = await renderResponse(GET, answer(body, type), PIPE);
    expect(Buffer.from(stdout)).toEqual(Buffer.from(body));
  });

  it("V1: text on a terminal keeps its lines and loses its control characters", async () => {
    const { stdout } = await renderResponse(GET, answer(log, "text/plain"), TTY);
    expect(stdout).toBe("one\\x1b[31m\ntwo    three\n");
  });

  it("V1: text in Markdown cannot leave its fence", async () => {
    const { stdout } = await renderResponse(GET, answer("a\n````\nb\n", "text/plain"), MARKDOWN);
    expect(stdout).toBe("`````text\na\n````\nb\n`````\n");
  });

  it.each<[string | Buffer, object]>([
    [log, { status: 200, contentType: "text/plain", text: log }],
    [binary, { status: 200, contentType: "text/plain", base64: "H4sA/w==" }],
  ])("V4: --json wraps it in one object", async (body, document) => {
    const { stdout } = await renderResponse(GET, answer(body, "text/plain"), JSON_FLAG);
    expect(JSON.parse(String(stdout))).toEqual(document);
    expect(stdout).not.toMatch(HIDDEN);
  });
});

describe("hostile answers", () => {
  const hostile = (name: string, as: string) => {
    const resource = {
      id: `ws-${name}`,
      type: name,
      attributes: { name, [name]: name, status: { [name]: name } },
    };
    return { data: as === "one" ? resource : [resource, workspace("ws-2", { name: "b" })] };
  };
  const forms: [string, OutputOptions][] = [
    ["a pipe", PIPE],
    ["a terminal", TTY],
    ["--json on a terminal", JSON_FLAG],
    ["Markdown", MARKDOWN],
    ["a terminal of 20 columns", { ...TTY, columns: 20 }],
  ];

  it.each(forms)("V1: names in %s hide nothing and move nothing", async (_, options) => {
    for (const as of ["one", "many"]) {
      const shown = await text(hostile(HOSTILE, as), options);
      expect(shown).not.toMatch(HIDDEN);
      expect(shown.length).toBeGreaterThan(20);
    }
  });

  it.each(forms)("V1: nor do any others in %s, and nothing throws", async (_, options) => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.constantFrom("one", "many"),
        async (name, as) => {
          expect(await text(hostile(name, as), options)).not.toMatch(HIDDEN);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("V1: nor do attributes that become the head of a column", async () => {
    const resource = { id: "ws-1", type: "workspaces", attributes: { [HOSTILE]: "x" } };
    for (const [, options] of forms)
      expect(await text({ data: [resource] }, options)).not.toMatch(HIDDEN);
  });

  it("J2: JSON means the same after escaping", async () => {
    for (const options of [PIPE, JSON_FLAG])
      await fc.assert(
        fc.asyncProperty(fc.jsonValue({ stringUnit: "binary" }), async (document) => {
          expect(JSON.parse(await text(document, options))).toEqual(
            JSON.parse(JSON.stringify(document)),
          );
        }),
        { numRuns: 200 },
      );
  });

  it("any JSON whatsoever is shown in every form without a throw", async () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.record({ data: fc.jsonValue() }),
      fc.record({
        data: fc.array(
          fc.record({
            id: fc.jsonValue(),
            type: fc.string(),
            attributes: fc.jsonValue(),
            relationships: fc.jsonValue(),
          }),
        ),
        meta: fc.jsonValue(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(odd, fc.constantFrom(...forms), async (document, [, options]) => {
        const { stdout } = await renderResponse(GET, answer(JSON.stringify(document)), options);
        expect(stdout).not.toMatch(HIDDEN);
      }),
      { numRuns: 300 },
    );
  });

  it("a body nested 100,000 deep is shown", async () => {
    const deep = `{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    for (const [, options] of forms) {
      const { stdout } = await renderResponse(GET, answer(deep), options);
      expect(stdout.length).toBeGreaterThan(100_000);
    }
  });

  it("an attribute nested 100,000 deep does not end in a throw", async () => {
    const body = `{"data":{"id":"a","type":"b","attributes":{"c":${"[".repeat(100_000)}${"]".repeat(100_000)}}}}`;
    const { stdout } = await renderResponse(GET, answer(body), TTY);
    expect(stdout).toContain("c: ");
  });
});

describe("narrow terminals", () => {
  const wide = {
    data: [
      workspace("ws-AAAAAAAAAAAAAAAA", {
        name: "a very long name that goes on and on",
        locked: false,
        description: "資料庫資料庫資料庫資料庫資料庫",
      }),
      workspace("ws-BBBBBBBBBBBBBBBB", {
        name: "é🚀é🚀",
        locked: true,
        description: "d".repeat(300),
      }),
    ],
  };

  it.each([30, 40, 60, 80, 200])("W1: at %i columns no line is wider", async (columns) => {
    const lines = (await text(wide, { ...TTY, columns })).split("\n");
    expect(Math.max(...lines.map(cellWidth))).toBeLessThanOrEqual(columns);
    expect(lines[1]).toContain("ws-AAAAAAAAAAAAAAAA");
  });

  it.each([1, 5, 20])("W1: at %i columns the ids alone remain, whole", async (columns) => {
    expect(await text(wide, { ...TTY, columns })).toBe(
      "ID\nws-AAAAAAAAAAAAAAAA\nws-BBBBBBBBBBBBBBBB\n",
    );
  });
});

describe("colour", () => {
  const flags = {
    json: false,
    markdown: false,
    quiet: false,
    color: true,
    debug: false,
    dryRun: false,
  };
  const stdout = (isTTY: boolean) =>
    Object.assign(Object.create(process.stdout), { isTTY, columns: 0 });
  const options = (color: boolean, isTTY: boolean, env = {}) =>
    outputOptions({ ...flags, color }, { stdout: stdout(isTTY), env });

  it("goes to terminals, unless NO_COLOR or --no-color says otherwise", () => {
    expect(options(true, true).color).toBe(true);
    expect(options(false, true).color).toBe(false);
    expect(options(true, false).color).toBe(false);
    expect(options(true, true, { NO_COLOR: "1" }).color).toBe(false);
  });

  it("takes 80 columns where the terminal does not know", () => {
    expect(options(true, true).columns).toBe(80);
  });

  it("marks the head of a table only", async () => {
    const [head, ...rows] = (await text(LIST, { ...TTY, color: true })).split("\n");
    expect(head).toMatch(/^\x1b\[1m.*\x1b\[22m$/);
    expect(rows.join("\n")).not.toMatch(HIDDEN);
  });
});
