import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bannerText,
  clockTime,
  commandName,
  grantText,
  receiptText,
} from "../../../src/session/launch/banner.ts";
import type { SessionDescription } from "../../../src/session/protocol/messages.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";
import { HOSTNAME } from "../../support/live-session.ts";

const now = new Date(2026, 0, 2, 10, 0);
const grant = { hostname: HOSTNAME, classes: ["vars" as const], wildcard: false };
const facts = {
  id: "7KQF2M",
  command: ["/usr/bin/claude", "--resume"],
  grant,
  expiresAt: new Date(2026, 0, 2, 18, 2),
  now,
};

const description = (more: Partial<SessionDescription> = {}): SessionDescription => ({
  id: "7KQF2M",
  command: "claude",
  hostname: HOSTNAME,
  classes: ["vars"],
  widened: [],
  wildcard: false,
  spent: 0,
  reserved: 0,
  startedAt: now.toISOString(),
  expiresAt: now.toISOString(),
  state: "live",
  adopted: [],
  counts: { deleted: 0, failed: 0, unknown: 0, refused: 0 },
  entries: [],
  ...more,
});

const entry = (result: "deleted" | "refused", path: string) => ({
  at: now.toISOString(),
  title: "Delete it",
  method: "DELETE",
  path,
  resourceClass: "vars" as const,
  items: 1,
  result,
});

describe("the banner", () => {
  it("says who may delete what, where, until when, and how to stop it", () => {
    const text = bannerText(facts);
    for (const part of [
      "holdfast: session 7KQF2M: claude may delete without asking\n",
      `vars, on ${HOSTNAME}, any organization`,
      "  others   refused; answer from another terminal: holdfast approve\n",
      "at 18:02, or by: holdfast session revoke 7KQF2M",
      "A safety rail, not a wall: claude runs as you.",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("code");
  });

  it("says that a session without classes may delete nothing", () => {
    const text = bannerText({ ...facts, grant: { ...grant, classes: [] } });
    expect(text).toContain("claude may delete nothing");
    expect(text).toContain("classes  none");
  });

  it("shows the code only where it was given one", () => {
    expect(bannerText({ ...facts, code: "ABCDEFGH" })).toContain("ABCDEFGH");
  });
});

describe("the grant in words", () => {
  it.each([
    [grant, `vars, on ${HOSTNAME}, any organization`],
    [
      { ...grant, wildcard: true, maxDeletes: 3 },
      `vars, anything reversible (at most 3), on ${HOSTNAME}, any organization`,
    ],
    [{ ...grant, classes: [], organization: "acme" }, `none, on ${HOSTNAME}, organization acme`],
  ])("%j", (one, text) => {
    expect(grantText(one)).toBe(text);
  });

  it("a time is told with its date when that is not today", () => {
    expect(clockTime(new Date(2026, 0, 2, 8, 5), now)).toBe("08:05");
    expect(clockTime(new Date(2026, 0, 3, 8, 5), now)).toBe("2026-01-03 08:05");
  });
});

describe("T1: nothing that others wrote changes how it looks", () => {
  const hostile = fc.string({ unit: "binary", maxLength: 40 });
  const isPlain = (text: string) => !/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.test(text);

  it("whatever the command, the organization and the paths are called", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (command, organization, path) => {
        const named = { ...grant, organization };
        const banner = bannerText({ ...facts, command: [command], grant: named });
        const receipt = receiptText(
          description({
            command: commandName([command]),
            organization,
            counts: { deleted: 1, failed: 0, unknown: 0, refused: 1 },
            entries: [entry("deleted", path), entry("refused", path)],
          }),
          "exited with 0",
        );
        for (const text of [banner, receipt]) expect(isPlain(text)).toBe(true);
        expect(banner.split("\n")).toHaveLength(6);
        expect(receipt.split("\n")).toHaveLength(7);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});

it("the receipt counts everything, shows the latest, and says how many it leaves out", () => {
  const entries = Array.from({ length: 8 }, (_, n) => entry("deleted", `/api/v2/vars/v-${n}`));
  const counts = { deleted: 8, failed: 0, unknown: 0, refused: 0 };
  const text = receiptText(description({ counts, entries, state: "revoked" }), "exited with 0");
  expect(text).toContain("granted  vars, on tfe.example, any organization, revoked\n");
  expect(text).toContain("deleted  8\n           and 3 before\n           DELETE /vars/v-3\n");
  expect(text.match(/DELETE/g)).toHaveLength(5);
});

describe("a class that was added while the session ran", () => {
  it("stands on the receipt, with who and for what, even where nothing was deleted", () => {
    const widened = [
      {
        class: "projects" as const,
        request: "K7QF",
        at: now.toISOString(),
        by: "ana@laptop\u200b (x)",
      },
    ];
    const text = receiptText(
      description({ classes: ["projects", "vars"], widened }),
      "exited with 0",
    );
    expect(text).toContain("granted  projects, vars");
    expect(text).toMatch(/ {2}widened {2}projects, at .*10:00, for request K7QF, by ana@laptop/);
    expect(text).not.toContain("\u200b");
  });
});
