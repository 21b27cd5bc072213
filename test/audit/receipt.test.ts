import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type ReceiptView, receiptOf } from "../../src/audit/receipt.ts";
import { receiptMarkdown, receiptViewText } from "../../src/audit/receipt-text.ts";
import { SESSION, Story } from "../support/audit-entries.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

let story: Story;
beforeEach(() => {
  story = new Story();
  story.started();
});

async function view(isLive = false): Promise<ReceiptView> {
  const found = await receiptOf(story.entries, SESSION, isLive);
  if (found === undefined) throw new Error("no receipt");
  return found;
}

const NOTHING = { deleted: 0, ran: 0, failed: 0, unknown: 0, refused: 0, "under way": 0 };

describe("the receipt of a session", () => {
  it("has what was granted, deleted, failed and refused, and how it ended", async () => {
    story.granted("/workspaces/ws-1", "succeeded");
    story.granted("/workspaces/ws-2", "failed_no_effect");
    story.granted("/tags", "succeeded", 3);
    story.refused("/projects/prj-1", "class-not-granted");
    story.refused("/projects/prj-1", "class-not-granted", 40, "40 times");
    story.host({ event: "session-ended", detail: "exited with 0" });
    const found = await view();
    expect(found).toMatchObject({
      session: SESSION,
      startedBy: "ana@laptop (claude)",
      startedAt: "2026-01-02T10:00:00.000Z",
      ending: "exited with 0",
      counts: { ...NOTHING, deleted: 4, failed: 1, refused: 41 },
    });
    expect(receiptViewText(found)).toBe(
      [
        "holdfast: session 7KQF2M ended: claude exited with 0",
        "  time     from 2026-01-02 10:00 UTC to 2026-01-02 10:00 UTC",
        "  granted  workspaces (at most 10), on app.terraform.io, any organization",
        "  deleted  4",
        "           DELETE /workspaces/ws-1",
        "           DELETE /tags (3 items)",
        "  failed   1",
        "           DELETE /workspaces/ws-2 (204)",
        "  refused  41",
        "           DELETE /projects/prj-1 [class-not-granted]",
        "           DELETE /projects/prj-1 (40 items) [class-not-granted]",
        "",
      ].join("\n"),
    );
  });

  it("is none where no entry is of it, and the last one where an id came twice", async () => {
    expect(await receiptOf(story.entries, "AAAAAA", false)).toBeUndefined();
    story.granted("/workspaces/ws-1", "succeeded");
    story.started();
    expect((await view()).counts).toEqual(NOTHING);
  });

  it("K2: has what got no outcome as under way, and as unknown once it is over", async () => {
    story.granted("/workspaces/ws-1");
    story.granted("/workspaces/ws-1", "succeeded");
    expect((await view(true)).counts).toEqual({ ...NOTHING, deleted: 1, "under way": 1 });
    expect((await view()).counts).toEqual({ ...NOTHING, deleted: 1, unknown: 1 });
    story.host({ event: "session-ended", detail: "was ended by SIGKILL" });
    expect((await view(true)).counts).toEqual({ ...NOTHING, deleted: 1, unknown: 1 });
    expect((await view()).lines.map(({ result }) => result)).toEqual(["deleted", "unknown"]);
  });

  it("K1: says whose yes it was, once, and takes the refusal before it back", async () => {
    const about = { class: "projects", operation: "DELETE /projects/prj-1", items: 1 };
    story.refused("/projects/prj-1", "class-not-granted");
    const request = {
      class: "projects",
      operation: "holdfast api /projects/prj-1",
      request: "K7QF",
    };
    story.store({ event: "requested", ...request });
    story.store({ event: "approved", ...request, by: "ana@laptop" });
    story.store({ event: "claimed", ...request, by: "ana@laptop" });
    story.store({ event: "concluded", ...request, outcome: "succeeded" });
    story.host({ event: "outcome", ...about, outcome: "succeeded", reason: "approved" });
    const command = {
      class: "commands",
      operation: "make clean",
      target: "localhost/usr/bin/make",
      items: 1,
      reason: "allowlisted",
    };
    story.gate({ event: "decided", ...command, effect: "allow", detail: "A2B3" });
    story.gate({
      event: "outcome",
      ...command,
      effect: "allow",
      outcome: "succeeded",
      detail: "A2B3",
    });
    const heard = { ...command, operation: "RUN /usr/bin/make", target: "localhost" };
    story.host({ event: "outcome", ...heard, outcome: "succeeded" });
    const found = await view();
    expect(found.counts).toEqual({ ...NOTHING, deleted: 1, ran: 1 });
    expect(found.lines).toMatchObject([
      { request: "K7QF", approvedBy: "ana@laptop" },
      { operation: "make clean", entry: "A2B3" },
    ]);
    expect(receiptViewText(found)).toContain(
      "DELETE /projects/prj-1 [approved], by request K7QF, approved by ana@laptop\n",
    );
  });

  it("K3: has commands as ran, with their words, and none of them as spent of the budget", async () => {
    story.granted("/workspaces/ws-1", "succeeded");
    const names = ["git status --short", "make 'a b'"];
    for (const operation of names) {
      const target = `localhost/usr/bin/${operation.split(" ")[0]}`;
      const about = { class: "commands", operation, target, items: 1, reason: "allowlisted" };
      story.gate({ event: "decided", ...about, effect: "allow", detail: "A2B3" });
    }
    // Reported in another order than they were let through.
    for (const [name, status] of [
      ["make", 2],
      ["git", 0],
    ] as const) {
      const about = { class: "commands", operation: `RUN /usr/bin/${name}`, target: "localhost" };
      story.refused(`/usr/bin/${name}`, "class-not-granted");
      story.host({ event: "decided", ...about, effect: "deny", reason: "not-granted", items: 1 });
      const outcome = { outcome: "succeeded", reason: "allowlisted", status, items: 1 };
      story.host({ event: "outcome", ...about, ...outcome });
    }
    const request = { class: "unknown", operation: "./deploy now", request: "K7QF" };
    story.store({ event: "claimed", ...request });
    story.store({ event: "concluded", ...request, outcome: "succeeded" });
    const found = await view();
    expect(found.counts).toEqual({ ...NOTHING, deleted: 1, ran: 3, refused: 2 });
    expect(found.spent).toBe(1);
    expect(found.lines.filter(({ result }) => result === "ran")).toMatchObject([
      { operation: "make 'a b'", status: 2, entry: "A2B3" },
      { operation: "git status --short", status: 0 },
      { operation: "./deploy now", request: "K7QF" },
    ]);
    expect(found.lines.every((line) => !("line" in line))).toBe(true);
    expect(receiptViewText(found)).toContain(
      [
        "  ran      3",
        "           make 'a b' (exit code 2) [allowlisted], by allowlist entry A2B3",
        "           git status --short [allowlisted], by allowlist entry A2B3",
        "           ./deploy now [approved], by request K7QF",
        "  refused  2",
      ].join("\n"),
    );
    const markdown = receiptMarkdown(found);
    expect(markdown).toContain("\n1 deleted, 3 ran, 2 refused, ");
    expect(markdown).toContain("- used of the budget: 1\n");
    expect(markdown).toContain("| ran (exit code 2) | <code>make &#39;a b&#39;</code> |");
  });

  it("K1: has what only others wrote down, and nothing that destroys nothing", async () => {
    const request = { class: "projects", operation: "x", request: "K7QF" };
    story.store({ event: "claimed", ...request });
    story.store({ event: "claimed", ...request, request: "L3MN" });
    story.store({ event: "concluded", ...request, request: "L3MN", outcome: "failed_no_effect" });
    story.gate({ event: "decided", operation: "y", effect: "deny", reason: "denied" });
    story.gate({
      event: "decided",
      operation: "GET /",
      effect: "allow",
      reason: "not-destructive",
    });
    story.refused("/a", "class-not-granted");
    story.gate({
      event: "decided",
      operation: "DELETE /a?x=1",
      effect: "deny",
      reason: "class-not-granted",
    });
    expect((await view()).counts).toEqual({ ...NOTHING, unknown: 1, failed: 1, refused: 2 });
  });

  it("tells what happened to the grant", async () => {
    story.host({
      event: "session-widened",
      class: "projects",
      request: "K7QF",
      by: "ana@laptop (x)",
    });
    story.host({ event: "session-revoked", by: "ana@laptop (process 1 (zsh))" });
    const text = receiptViewText(await view());
    expect(text).toContain("holdfast: session 7KQF2M is not live, and its host wrote no end\n");
    expect(text).toContain(
      "  widened  projects, at 2026-01-02 10:00 UTC, for request K7QF, by ana@laptop (x)\n  revoked  at ",
    );
    expect(text).toContain("  nothing was deleted, nothing refused\n");
  });

  it("keeps the latest of many lines, what was let through first, and counts all", async () => {
    story.granted("/workspaces/ws-1", "succeeded");
    for (let n = 0; n < 1500; n++) story.refused(`/projects/${n}`, "class-not-granted");
    const found = await view();
    expect(found.counts).toMatchObject({ deleted: 1, refused: 1500 });
    expect(found.lines).toHaveLength(1000);
    expect(found.lines[0]).toMatchObject({ result: "deleted" });
    expect(found.earlier).toBe(501);
    expect(receiptMarkdown(found).split("\n").length).toBeLessThan(80);
    expect(receiptMarkdown(found)).toContain("and 1451 more");
  });
});

describe("M1: the receipt for a pull request", () => {
  it("is a short table", async () => {
    story.granted("/workspaces/ws-1", "succeeded");
    story.refused("/projects/prj-1", "class-not-granted");
    const markdown = receiptMarkdown(await view(), "1 of 10");
    expect(markdown).toContain(
      "### holdfast: session <code>7KQF2M</code>\n\n1 deleted, 1 refused, ",
    );
    expect(markdown).toContain("- used of the budget: <code>1 of 10</code>\n");
    expect(markdown).toContain(
      "| deleted | <code>DELETE /workspaces/ws-1</code> | <code>the session&#39;s grant</code> |\n| refused | <code>DELETE /projects/prj-1</code> | <code>class-not-granted</code> |\n",
    );
  });

  it("gives nothing that others wrote a meaning", async () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(
        "|",
        "\\|",
        "`",
        "</code>",
        "@all",
        "https://x.y",
        "\n# x",
        "<img src=x>",
        "&lt;",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 6 }), async (parts) => {
        const text = parts.join("");
        const own = new Story();
        own.started();
        own.host({ event: "outcome", operation: text, reason: "granted", outcome: "succeeded" });
        own.host({ event: "decided", operation: text, effect: "deny", reason: text, items: 1 });
        own.host({ event: "session-widened", class: text, request: text, by: text, detail: text });
        own.host({ event: "session-ended", detail: text });
        const found = await receiptOf(own.entries, SESSION, false);
        const lines = receiptMarkdown(found as ReceiptView).split("\n");
        const plain = lines.map((line) =>
          line.replaceAll(/<code>[A-Za-z0-9 /&#;-]*<\/code>/g, "C"),
        );
        // Without what is in code, every line is one of ours.
        for (const line of plain)
          expect(line).toMatch(
            /^(|### holdfast: session C|1 deleted, 1 refused, started by C, 2026-01-02 10:00 UTC|- (granted|widened|ended): C|- used of the budget: 1|\| result \| what \| by whose yes, or why not \||\| --- \| --- \| --- \||\| (deleted|refused) \| C \| C \|)$/,
          );
      }),
      { numRuns: fuzzRuns(1) },
    );
  });
});
