import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../../src/demo/stand-in/server.ts";
import { cardOf, idOf, linesOf } from "./cards.ts";

let standIn: StandIn;
let payments = "";
beforeAll(async () => {
  standIn = await startStandIn({ seed: { temporaryWorkspaces: 1 } });
  payments = idOf(standIn, "workspaces", "payments-dev");
});
afterAll(() => standIn.close());

async function lines(method: string, path: string, body?: unknown): Promise<string[]> {
  return linesOf(await cardOf(standIn, method, path, body), standIn);
}

const FACTS = [
  "loses: its state (3 versions), 9 variables (2 sensitive), run history (2 runs)",
  "orphans: 42 resources: they keep running, unmanaged",
  "readers: web-dev, batch-dev use its state",
  "changed: 3 hours ago; unlocked",
];

describe("deleting a workspace", () => {
  it.each([
    ["by id", () => `/workspaces/${payments}`],
    ["by name", () => "/organizations/acme/workspaces/payments-dev"],
  ])("%s: shows what DESIGN's prompt shows", async (_by, path) => {
    expect(await lines("DELETE", path())).toEqual([
      "Delete workspace payments-dev?",
      `target: acme/payments-dev (${payments}), HOST`,
      ...FACTS,
      `safer: holdfast api /workspaces/${payments}/actions/safe-delete -X POST`,
      "type: payments-dev",
    ]);
  });

  it("a safe delete: shows the request, offers nothing safer, says when the API refuses", async () => {
    const card = await lines("POST", `/workspaces/${payments}/actions/safe-delete`);
    expect(card[0]).toBe("Safely delete workspace payments-dev?");
    expect(card).toContain(
      "orphans: 42 resources: the API refuses a safe delete while it manages any",
    );
    expect(card).toContain(`request: POST /workspaces/${payments}/actions/safe-delete`);
    expect(card.join("\n")).not.toContain("safer:");
  });

  it("W1: one with nothing in it needs no name to be typed", async () => {
    const card = await lines("DELETE", "/organizations/acme/workspaces/scratch");
    expect(card).toContain("loses: its settings: no state, no variables, no runs");
    expect(card.join("\n")).not.toMatch(/orphans:|type:/);
  });

  it("W1: one that manages nothing but holds a sensitive variable needs its name", async () => {
    const id = idOf(standIn, "workspaces", "tmp-000");
    standIn.state.add("vars", {
      attributes: { key: "secret", sensitive: true, category: "env" },
      owners: [{ type: "workspaces", id }],
    });
    const card = await lines("DELETE", `/workspaces/${id}`);
    expect(card).toContain("loses: 1 variable (1 sensitive)");
    expect(card).toContain("type: tmp-000");
  });

  it("says who holds the lock, and why", async () => {
    const card = await lines("DELETE", "/organizations/acme/workspaces/ledger-prod");
    expect(card).toContain("changed: 1 day ago; locked by robin: month-end closing");
  });

  it("says that every workspace may read its state, and what its runs do", async () => {
    const id = idOf(standIn, "workspaces", "batch-dev");
    const workspace = standIn.state.get("workspaces", id);
    Object.assign(workspace?.attributes ?? {}, {
      "global-remote-state": true,
      "auto-apply": true,
      "vcs-repo": { identifier: "acme/batch" },
    });
    const card = await lines("DELETE", `/workspaces/${id}`);
    expect(card).toContain("readers: any workspace of the organization may use its state");
    expect(card).toContain("also: its runs apply without asking; its runs follow acme/batch");
  });

  it("says that a run is under way", async () => {
    const card = await lines("DELETE", "/organizations/acme/workspaces/planning-dev");
    expect(card.join("\n")).toMatch(/also: its current run run-\w+ is planning/);
  });

  it("one that does not exist: says so, and not that everything of it is unknown", async () => {
    expect(await lines("DELETE", "/workspaces/ws-nope")).toEqual([
      "Delete workspace ws-nope?",
      "target: /workspaces/ws-nope, HOST",
      "found: does not exist (the API answers 404), or this token may not see it",
      "request: DELETE /workspaces/ws-nope",
      "type: ws-nope",
    ]);
  });
});

describe("actions on a workspace", () => {
  it("force-unlock: who holds the lock", async () => {
    const id = idOf(standIn, "workspaces", "ledger-prod");
    const card = await lines("POST", `/workspaces/${id}/actions/force-unlock`);
    expect(card).toContain("loses: the lock: whoever holds it may still be writing state");
    expect(card).toContain("changed: 1 day ago; locked by robin: month-end closing");
    expect(card).toContain("type: ledger-prod");
  });

  it("a time of destruction: what it destroys, and when", async () => {
    const now = new Date("2030-01-01T00:00:00Z");
    const body = { data: { attributes: { "auto-destroy-at": "2030-01-03T01:00:00Z" } } };
    const card = linesOf(
      await cardOf(standIn, "PATCH", `/workspaces/${payments}`, body, { now }),
      standIn,
    );
    expect(card[0]).toBe("Schedule destruction of workspace payments-dev?");
    expect(card).toContain("destroys: all 42 resources that it manages by then");
    expect(card).toContain("when: in 2 days (2030-01-03T01:00:00Z)");
    expect(card).toContain(`body: ${JSON.stringify(body)}`);
  });

  it("uploading state: which state it replaces; a long body by size and digest", async () => {
    const attributes = { serial: 9, force: true, state: "x".repeat(600) };
    const card = await lines("POST", `/workspaces/${payments}/state-versions`, {
      data: { type: "state-versions", attributes },
    });
    expect(card).toContain("now: serial 3, finalized, 3 hours ago");
    expect(card).toContain("next: serial 9, forced: the checks for lineage and serial are off");
    expect(card).toContain("orphans: those of its 42 resources that the new state leaves out");
    expect(card.join("\n")).toMatch(/body: too long to show: 684 characters, sha256 [0-9a-f]{16}…/);
    expect(card.join("\n")).not.toContain("xxx");
  });
});
