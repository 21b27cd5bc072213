import { describe, expect, it } from "vitest";
import { Receipt } from "../../../src/session/host/receipt.ts";
import { HOSTNAME } from "../../support/live-session.ts";
import { operationOn } from "../../support/summary.ts";

const receipt = () => new Receipt(() => 0);
const numbered = (n: number, path = `/api/v2/vars/${n}`) => operationOn(HOSTNAME, "vars", 1, path);

describe("the receipt", () => {
  it("counts items, not requests", () => {
    const made = receipt();
    made.add(operationOn(HOSTNAME, "varset-workspaces", 7), "deleted", { status: 204 });
    made.add(operationOn(HOSTNAME, "vars", 2), "refused", { reason: "revoked" });
    expect(made.counts).toEqual({ deleted: 7, failed: 0, unknown: 0, refused: 2 });
    expect(made.entries).toMatchObject([
      { at: "1970-01-01T00:00:00.000Z", items: 7, result: "deleted", status: 204 },
      { items: 2, result: "refused", reason: "revoked" },
    ]);
  });

  it("keeps the latest thousand, and counts on", () => {
    const made = receipt();
    for (let n = 0; n < 1500; n++) made.add(numbered(n), "refused");
    expect(made.entries).toHaveLength(1000);
    expect(made.entries[0]?.path).toBe("/api/v2/vars/500");
    expect(made.counts.refused).toBe(1500);
  });

  it("tells the latest, the newest last, as many as were asked for", () => {
    const made = receipt();
    for (let n = 0; n < 5; n++) made.add(numbered(n), "refused");
    const paths = (most: number, characters: number) =>
      made.latest(most, characters).map(({ path }) => path.at(-1));
    expect(paths(3, 100_000)).toEqual(["2", "3", "4"]);
    expect(paths(9, 100_000)).toEqual(["0", "1", "2", "3", "4"]);
    const [one] = made.entries;
    const each = JSON.stringify(one).length;
    expect(paths(9, each * 2)).toEqual(["3", "4"]);
    expect(paths(9, each * 2 - 1)).toEqual(["4"]);
    expect(paths(9, 0)).toEqual([]);
    expect(receipt().latest(9, 100)).toEqual([]);
  });

  it("one that is too long by itself hides those before it, not those after", () => {
    const made = receipt();
    for (const path of ["/a", `/${"x".repeat(5000)}`, "/b"]) made.add(numbered(0, path), "refused");
    expect(made.latest(9, 2000).map(({ path }) => path)).toEqual(["/b"]);
  });

  it("no number of refusals hides what was deleted", () => {
    const made = receipt();
    made.add(numbered(1), "deleted", { status: 204 });
    for (let n = 0; n < 3000; n++) made.add(numbered(n, `/${"x".repeat(500)}`), "refused");
    made.add(numbered(2), "unknown");
    for (let n = 0; n < 3000; n++) made.add(numbered(n), "refused");
    expect(made.latest(3, 100_000).map(({ result }) => result)).toEqual([
      "deleted",
      "unknown",
      "refused",
    ]);
    expect(made.latest(100, 400).map(({ result }) => result)).toEqual(["deleted", "unknown"]);
  });
});
