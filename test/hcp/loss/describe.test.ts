import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HOSTILE_NAMES } from "../../../src/demo/stand-in/seed-hostile.ts";
import { type StandIn, startStandIn } from "../../../src/demo/stand-in/server.ts";
import { describeLoss, type LossReader } from "../../../src/hcp/loss/describe.ts";
import { ROUTES } from "../../../src/operations/hcp/route-table.ts";
import type { HcpOperation } from "../../../src/policy/operation.ts";
import { RESOURCE_CLASSES } from "../../../src/policy/resource-class.ts";
import { json, startServer } from "../loopback-server.ts";
import { cardOf, idOf, linesOf, operationOf, readerOf } from "./cards.ts";

let standIn: StandIn;
let payments = "";
beforeAll(async () => {
  standIn = await startStandIn({ seed: { temporaryWorkspaces: 1, hostileNames: true } });
  payments = idOf(standIn, "workspaces", "payments-dev");
});
afterEach(() => standIn.reset());
afterAll(() => standIn.close());

describe("D1: the deadline", () => {
  it("a server that never answers: a card at the deadline, with everything unknown", async () => {
    const silent = await startServer(() => {});
    const server = { url: silent.url.origin, token: "t" };
    const operation = await operationOf(server, "DELETE", "/workspaces/ws-1");
    const card = await describeLoss(operation, readerOf(server), { deadlineMs: 200 });
    await silent.close();
    expect(card.unknown).toEqual([
      "its resources, lock, last change and readers: no answer within 0.2 seconds",
      "its variables: no answer within 0.2 seconds",
      "readers of its state: no answer within 0.2 seconds",
      "its runs: no answer within 0.2 seconds",
    ]);
    expect(card.rows[0]?.text).toContain("/workspaces/ws-1");
    expect(card.typedName).toBe("ws-1");
    // Side by side: all four were under way when the deadline passed.
    expect(silent.received.length).toBe(4);
  });

  it("one read that hangs: the others count, and only it is unknown", async () => {
    standIn.delayNext({ pathPrefix: `/workspaces/${payments}/vars`, ms: 60_000 });
    const path = `/workspaces/${payments}`;
    const card = await cardOf(standIn, "DELETE", path, undefined, { deadlineMs: 1000 });
    expect(card.unknown).toEqual(["its variables: no answer within 1 second"]);
    const lines = linesOf(card, standIn);
    expect(lines).toContain("loses: its state (3 versions), its variables, run history (2 runs)");
    expect(lines).toContain("orphans: 42 resources: they keep running, unmanaged");
  });

  it("sends nothing more once it has passed", async () => {
    const asked: string[] = [];
    const reader: LossReader = {
      get(path) {
        asked.push(path);
        return new Promise(() => {});
      },
    };
    // A name whose id was not to be had: everything else waits for the first answer.
    const path = "/organizations/acme/workspaces/no-such";
    const operation = await operationOf(standIn, "DELETE", path);
    const card = await describeLoss(operation, reader, { deadlineMs: 50 });
    expect(asked).toEqual([`${path}?include=locked_by,current_run`]);
    expect(card.unknown[1]).toBe("its variables, readers and runs: its id could not be looked up");
  });
});

describe("D2: what cannot be looked up is said, with why", () => {
  it("403", async () => {
    standIn.failNext({ pathPrefix: `/workspaces/${payments}/vars`, status: 403 });
    const card = await cardOf(standIn, "DELETE", `/workspaces/${payments}`);
    expect(card.unknown).toEqual(["its variables: the API answered 403"]);
    expect(card.rows.find(({ label }) => label === "loses")?.text).toContain("its variables");
  });

  it.each([401, 403, 429, 500, 503])("%i for everything", async (status) => {
    const operation = await operationOf(standIn, "DELETE", `/workspaces/${payments}`);
    standIn.failNext({ status, times: 50 });
    const card = await describeLoss(operation, readerOf(standIn));
    expect(card.unknown).toHaveLength(4);
    for (const each of card.unknown) expect(each).toContain(`: the API answered ${status}`);
    expect(card.typedName).toBe(payments);
    // Nothing is claimed that nobody looked up.
    expect(card.rows.map(({ label }) => label)).toEqual(["target", "loses", "safer"]);
  });

  it("a dropped connection, and an answer of another shape", async () => {
    const server = await startServer((request, response) => {
      if (request.url.includes("/vars")) response.destroy();
      else json(response, 200, { data: "surprise" });
    });
    const card = await cardOf({ url: server.url.origin, token: "t" }, "DELETE", "/workspaces/ws-1");
    await server.close();
    expect(card.unknown[0]).toMatch(/: the API's answer has an unknown shape$/);
    expect(card.unknown[1]).toMatch(/^its variables: /);
    expect(card.typedName).toBe("ws-1");
  });

  it("only part of an organization", async () => {
    standIn.failNext({ pathPrefix: "/organizations/acme/teams", status: 403 });
    const card = await cardOf(standIn, "DELETE", "/organizations/acme");
    expect(card.unknown).toEqual(["its teams: the API answered 403"]);
    expect(card.rows.find(({ label }) => label === "loses")?.text).not.toMatch(/\d teams/);
  });
});

describe("C2: names pass through unchanged", () => {
  it.each(Object.entries(HOSTILE_NAMES))("%s", async (_attack, name) => {
    const id = idOf(standIn, "workspaces", name);
    const card = await cardOf(standIn, "DELETE", `/workspaces/${id}`);
    expect(card.question).toBe(`Delete workspace ${name}?`);
    expect(card.rows[0]?.text).toContain(`acme/${name} (${id})`);
    // N2: nobody can type it.
    expect(card.typedName).toBe(id);
  });

  it("also those of readers and locks", async () => {
    const id = idOf(standIn, "workspaces", HOSTILE_NAMES.erase);
    const card = await cardOf(standIn, "DELETE", `/workspaces/${id}`);
    expect(card.rows.find(({ label }) => label === "readers")?.text).toContain(HOSTILE_NAMES.bidi);
  });
});

describe("C3: the target and the request", () => {
  const reader: LossReader = { get: () => Promise.resolve(undefined) };

  it("an answer about something else does not hide what the request names", async () => {
    const workspace = { type: "workspaces", id: "ws-2", attributes: { name: "harmless" } };
    const other: LossReader = { get: () => Promise.resolve({ data: workspace }) };
    const operation = await operationOf(standIn, "DELETE", "/workspaces/ws-1");
    const card = await describeLoss(operation, other);
    expect(card.rows[0]?.text).toContain("harmless (ws-2), /workspaces/ws-1, ");
  });

  it("headers and query of the request are shown", async () => {
    const operation = await operationOf(standIn, "DELETE", "/workspaces/ws-1?include=vars");
    const request = { ...operation.request, headers: { "x-other": "1", accept: "a/b" } };
    const card = await describeLoss({ ...operation, request }, reader);
    expect(linesOf(card, standIn)).toContain("request: DELETE /workspaces/ws-1?include=vars");
    expect(linesOf(card, standIn)).toContain("headers: x-other: 1");
  });

  it.each([
    [500, `body: ${"y".repeat(500)}`],
    [501, expect.stringMatching(/^body: too long to show: 501 characters, sha256 [0-9a-f]{16}…$/)],
  ])("Q1: a body of %i characters", async (length, expected) => {
    const operation = await operationOf(standIn, "POST", "/unknown/path");
    const request = { ...operation.request, body: "y".repeat(length) };
    const card = await describeLoss({ ...operation, request }, reader);
    expect(linesOf(card, standIn)).toContainEqual(expected);
  });
});

describe("every request that may destroy", () => {
  const destructive = ROUTES.filter((route) => route.class !== undefined);
  const cases = destructive.map((route) => [route.method, route.template, route] as const);

  it("the table has them", () => expect(cases.length).toBeGreaterThan(100));

  it.each(cases)(
    "%s %s: an honest card",
    async (method, template, { class: found, name, title }) => {
      const path = template.replace(/\{organization_name\}/g, "acme").replace(/\{\w+\}/g, "none");
      const id =
        path === template ? undefined : template.endsWith("{organization_name}") ? "acme" : "none";
      const resourceClass = found ?? "workspaces";
      const { reversibility } = RESOURCE_CLASSES[resourceClass];
      const operation: HcpOperation = {
        kind: "hcp",
        name,
        title: title ?? name,
        impact: "destroy",
        resourceClass,
        reversibility,
        items: 1,
        target: { hostname: "h", path: path.replace(/\/actions\/.*/, ""), ...(id ? { id } : {}) },
        request: { method, path: `/api/v2${path}`, query: [], headers: {} },
      };
      const card = await describeLoss(operation, readerOf(standIn));
      const labels = card.rows.map(({ label }) => label);
      expect(labels[0]).toBe("target");
      expect(labels.length).toBeGreaterThan(1);
      if (method !== "DELETE") expect(labels).toContain("request");
      // A table with nothing behind it proves nothing: only what is reversible by class needs no name.
      expect(card.typedName === undefined).toBe(reversibility === "reversible");
      expect(card.typedName).not.toBe("");
      // No row is empty, and no label is more than one short word.
      for (const { label, text } of card.rows) {
        expect(label).toMatch(/^[a-z]{2,8}$/);
        expect(text.trim()).not.toBe("");
      }
      expect(JSON.stringify(card)).not.toMatch(/undefined|NaN|\[object/);
    },
  );
});
