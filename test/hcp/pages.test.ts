import { afterEach, describe, expect, it } from "vitest";
import { createReader } from "../../src/hcp/read.ts";
import { json, type LoopbackServer, startServer } from "./loopback-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Make = (page: number, size: number, base: string) => unknown;

async function serve(make: Make): Promise<LoopbackServer> {
  const server = await startServer((one, response) => {
    const { searchParams } = new URL(one.url, "http://x.test");
    const page = Number(searchParams.get("page[number]") ?? "1");
    json(response, 200, make(page, Number(searchParams.get("page[size]")), server.url.origin));
  });
  closers.push(server.close);
  return server;
}

function getAll(server: LoopbackServer, options = {}) {
  const reader = createReader({ baseUrl: server.url, token: "t", userAgent: "x", env: {} });
  closers.push(reader.close);
  return reader.getAll("/organizations/acme/workspaces", options);
}

/** `total` records by page numbers, as most collections have it. */
const numbered =
  (total: number): Make =>
  (page, size) => ({
    data: Array.from(
      { length: Math.max(0, Math.min(size, total - (page - 1) * size)) },
      (_, i) => ({
        type: "workspaces",
        id: `ws-${(page - 1) * size + i}`,
      }),
    ),
    included: [{ type: "projects", id: "prj-1" }],
    links: { next: "ignored" },
    meta: {
      "status-counts": { total },
      pagination: {
        "current-page": page,
        "page-size": size,
        "next-page": page * size < total ? page + 1 : null,
        "total-count": total,
        "total-pages": Math.ceil(total / size),
      },
    },
  });

describe("getAll", () => {
  it("merges the pages into one document", async () => {
    const server = await serve(numbered(250));
    const progress: unknown[] = [];
    const options = {
      query: [["search[name]", "w"]],
      onProgress: (one: unknown) => progress.push(one),
    };
    const { document, truncated } = await getAll(server, options);
    expect(truncated).toBe(false);
    expect(document.data).toHaveLength(250);
    expect(document.data[249]).toEqual({ type: "workspaces", id: "ws-249" });
    const { data: _, ...rest } = document;
    expect(rest).toEqual({
      included: [{ type: "projects", id: "prj-1" }],
      meta: {
        "status-counts": { total: 250 },
        pagination: {
          "current-page": 1,
          "page-size": 250,
          "prev-page": null,
          "next-page": null,
          "total-count": 250,
          "total-pages": 1,
        },
      },
    });
    expect(progress).toEqual([
      { records: 100, total: 250 },
      { records: 200, total: 250 },
      { records: 250, total: 250 },
    ]);
    expect(server.received.map((one) => decodeURIComponent(one.url.split("?")[1] ?? ""))).toEqual([
      "search[name]=w&page[size]=100",
      "search[name]=w&page[size]=100&page[number]=2",
      "search[name]=w&page[size]=100&page[number]=3",
    ]);
  });

  it.each([
    [2000, 2000, false],
    [2001, 2000, true],
    [2150, 2000, true],
  ])("G2: of %i records it returns %i, cut short: %s", async (total, records, truncated) => {
    const all = await getAll(await serve(numbered(total)));
    expect(all.document.data).toHaveLength(records);
    expect(all.truncated).toBe(truncated);
  });

  it("a smaller limit", async () => {
    const server = await serve(numbered(50));
    const all = await getAll(server, { maxRecords: 7 });
    expect(all.document.data).toHaveLength(7);
    expect(all.truncated).toBe(true);
    expect(server.received).toHaveLength(1);
  });

  it("follows links where there are no page numbers", async () => {
    const server = await serve((page, _, base) => ({
      data: [{ id: page }],
      links: {
        next:
          page < 3
            ? `${base}/api/v2/organizations/acme/workspaces?page%5Bnumber%5D=${page + 1}`
            : null,
      },
    }));
    expect((await getAll(server)).document).toEqual({ data: [{ id: 1 }, { id: 2 }, { id: 3 }] });
  });

  it.each(["https://evil.test/api/v2/x", "http://127.0.0.1:1/api/v2/x", "/elsewhere", "http://["])(
    "G1: a link to %s is refused",
    async (next) => {
      const server = await serve(() => ({ data: [1], links: { next } }));
      await expect(getAll(server)).rejects.toMatchObject({ code: "foreign-page" });
      expect(server.received).toHaveLength(1);
    },
  );

  it.each([
    ["leads back to itself", () => ({ data: [1], meta: { pagination: { "next-page": 2 } } }), 2],
    [
      "holds nothing",
      (page: number) => ({ data: [], meta: { pagination: { "next-page": page + 1 } } }),
      1,
    ],
  ])("G2: it ends at a page that %s", async (_, make, requests) => {
    const server = await serve(make);
    await getAll(server);
    expect(server.received).toHaveLength(requests);
  });

  it.each([[{ data: { id: "ws-1" } }], [{}], [null], [[]], ["x"]])(
    "%j is not a collection",
    async (document) => {
      await expect(getAll(await serve(() => document))).rejects.toMatchObject({
        code: "not-a-collection",
      });
    },
  );

  it("what is not there is a failure", async () => {
    const server = await startServer((_, response) => json(response, 404, { errors: [] }));
    closers.push(server.close);
    await expect(getAll(server)).rejects.toMatchObject({ code: "not-found", exitCode: 2 });
  });
});
