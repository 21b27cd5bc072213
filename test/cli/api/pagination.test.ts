import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAllPages } from "../../../src/cli/api/pagination.ts";
import { getAllPages } from "../../../src/hcp/pages.ts";

/** 25 pages of 100 runs below /runs, one of 3 below /teams, and no list at all below /one. */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://127.0.0.1");
  const page = Number(url.searchParams.get("page[number]") ?? "1");
  const runs = url.pathname === "/api/v2/runs";
  const data = Array.from({ length: runs ? 100 : 3 }, (_, index) => ({
    id: `run-${page}-${index}`,
    type: "runs",
  }));
  const pagination = {
    "current-page": page,
    "next-page": runs && page < 25 ? page + 1 : null,
    "total-count": runs ? 2500 : 3,
  };
  const document =
    url.pathname === "/api/v2/one" ? { data: data[0] } : { data, meta: { pagination } };
  response.end(JSON.stringify(document));
});
let base: URL;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => server.close());

const reader = {
  getAll: (path: string, options: Parameters<typeof getAllPages>[3]) =>
    getAllPages(
      async (page, query) => {
        const search = query.map(([name, value]) => `${name}=${value}`).join("&");
        return (await fetch(`${base.origin}/api/v2${page}?${search}`)).json();
      },
      base,
      path,
      options,
    ),
};

function terminal(isTTY: boolean) {
  let written = "";
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { stderr: Object.assign(stderr, { isTTY, columns: 30 }), written: () => written };
}

/** What is left on a terminal's last line after carriage returns did their work. */
function lastLine(written: string): string {
  const line: string[] = [];
  for (const part of (written.split("\n").at(-1) ?? "").split("\r"))
    line.splice(0, part.length, ...part);
  return line.join("").trimEnd();
}

async function readAll(path: string, { isTTY = false, quiet = false } = {}) {
  const { stderr, written } = terminal(isTTY);
  const read = readAllPages(reader, { path, query: [["q", "x"]] }, { stderr, quiet });
  const outcome = await read.then(
    (document) => ({ document }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, written: written() };
}

const LIMIT = "holdfast: stopped at 2,000 records, there are more: narrow it down with -f\n";

describe("--all", () => {
  it("merges the pages", async () => {
    expect(await readAll("/api/v2/teams")).toMatchObject({
      document: { data: { length: 3 } },
      written: "",
    });
  });

  it.each([false, true])("stops at 2,000 records and says so (quiet: %s)", async (quiet) => {
    const { document, written } = (await readAll("/api/v2/runs", { quiet })) as Record<
      string,
      unknown
    >;
    expect(document).toMatchObject({ data: { length: 2000 } });
    expect(written).toBe(LIMIT);
  });

  it("shows progress on a terminal, and takes it away", async () => {
    const { written } = await readAll("/api/v2/runs", { isTTY: true });
    expect(written).toContain("\rholdfast: 300 of 2,500 record");
    expect(written.endsWith(LIMIT)).toBe(true);
    expect(lastLine(written.slice(0, -LIMIT.length))).toBe("");
    expect(
      Math.max(
        ...written
          .split(/[\r\n]/)
          .slice(0, -2)
          .map((line) => line.length),
      ),
    ).toBeLessThan(30);
  });

  it("shows none under --quiet", async () => {
    expect((await readAll("/api/v2/runs", { isTTY: true, quiet: true })).written).toBe(LIMIT);
  });

  it.each(["/api/v2/one", "/api/registry/v1/modules"])("fails with a fix for %s", async (path) => {
    const failed = await readAll(path, { isTTY: true });
    expect(failed).toMatchObject({ error: { exitCode: 1, fix: "leave out --all" } });
    expect(lastLine(failed.written)).toBe("");
  });
});
