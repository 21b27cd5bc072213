import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entryHash } from "../../src/policy/audit-entry.ts";
import { type LogPlace, logPlace, wrongWith } from "../support/audit-log.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

let place: LogPlace;
let lines: string[];

const WRITERS = 4;
const LINES = 24;

beforeEach(async () => {
  place = logPlace();
  const pens = Array.from({ length: WRITERS }, () => place.pen());
  // A fixed mixture: runs of one writer, and changes between all of them.
  for (let n = 0; n < LINES; n++)
    pens[(n * n + (n >> 2)) % WRITERS]?.append({
      event: "decided",
      session: "7KQF2M",
      operation: `DELETE /workspaces/ws-${n}\u202e "é\\`,
      items: n,
    });
  lines = place.text().trimEnd().split("\n");
  expect(await wrongWith(place)).toEqual([]);
});
afterEach(() => place.close());

const index = fc.nat({ max: LINES - 1 });
const put = (changed: readonly string[]) => place.write(`${changed.join("\n")}\n`);

/** Checks that the log, as it is now, is not taken for what was written. */
async function expectFound(kinds: RegExp): Promise<string> {
  const found = (await wrongWith(place)).join("\n");
  expect(found).toMatch(kinds);
  return found;
}

describe("W1, W2: a log of several writers", () => {
  it("shows any one byte that was changed", async () => {
    const bytes = place.bytes();
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: bytes.length - 1 }),
        fc.nat({ max: 255 }),
        async (at, byte) => {
          fc.pre(bytes[at] !== byte);
          const changed = Buffer.from(bytes);
          changed[at] = byte;
          place.write(changed);
          const line = bytes.subarray(0, at).toString("latin1").split("\n").length;
          const found = await expectFound(/^(changed|unreadable|truncated|dropped|reordered)/);
          // A line end that is gone is found in the line that it ended.
          expect(found).toMatch(new RegExp(`line (${line}|${line + 1})\\b`));
        },
      ),
      { numRuns: fuzzRuns(0.25) },
    );
  });

  it("shows any line that was dropped", async () => {
    for (let at = 0; at < LINES; at++) {
      put(lines.toSpliced(at, 1));
      const found = await expectFound(/^(dropped|truncated)/);
      const { writer, seq, hash } = JSON.parse(lines[at] ?? "");
      // The last entry of a writer is missed by whoever named it, the very last one by the head.
      const names = [`entry ${seq} of writer ${writer}`, `(hash ${hash.slice(0, 16)})`];
      const isLast = at === LINES - 1;
      expect(isLast || names.some((name) => found.includes(name)), found).toBe(true);
    }
  });

  it("shows any two lines that changed places", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, async (one, other) => {
        fc.pre(one !== other);
        put(lines.with(one, lines[other] ?? "").with(other, lines[one] ?? ""));
        await expectFound(/^reordered/m);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });

  it("shows any line that is there twice", async () => {
    await fc.assert(
      fc.asyncProperty(index, fc.nat({ max: LINES }), async (one, at) => {
        put(lines.toSpliced(at, 0, lines[one] ?? ""));
        await expectFound(/^duplicated/m);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });

  it("shows any cut end, at a line or within one", async () => {
    const bytes = place.bytes();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), async (length) => {
        place.write(bytes.subarray(0, length));
        await expectFound(/^truncated: the log ends at byte/m);
      }),
      { numRuns: fuzzRuns(1) },
    );
  });

  it("shows an entry that was rewritten with a right hash", async () => {
    for (let at = 0; at < LINES; at++) {
      const { hash: _, ...entry } = JSON.parse(lines[at] ?? "");
      const other = { ...entry, operation: "GET /nothing" };
      put(lines.with(at, JSON.stringify({ ...other, hash: entryHash(other) })));
      await expectFound(/^(changed|dropped|truncated)/);
    }
  });

  it("shows a foreign line, and an empty one", async () => {
    for (const text of ["{}", "hello", "", `{"version":2}`, "null", "\0\0"]) {
      put(lines.toSpliced(5, 0, text));
      expect(await expectFound(/^unreadable/)).toContain("line 6 ");
    }
  });
});
