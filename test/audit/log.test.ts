import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuditLog } from "../../src/audit/log.ts";
import { entryHash } from "../../src/policy/audit-entry.ts";
import { Failure } from "../../src/policy/failure.ts";
import { type LogPlace, logPlace, wrongWith } from "../support/audit-log.ts";

let place: LogPlace;
beforeEach(() => {
  place = logPlace();
});
afterEach(() => place.close());

const decided = { event: "decided", operation: "DELETE /workspaces/ws-1" } as const;

function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("an audit log", () => {
  it("makes nothing before the first entry, and then private files", () => {
    const pen = place.pen();
    expect(existsSync(place.directory)).toBe(false);
    pen.append(decided);
    const modes = [place.directory, place.file, place.head].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  it("keeps what it is told, chained, and returns what it kept", async () => {
    const pen = place.pen();
    const kept = [pen.append(decided), pen.append({ event: "outcome", status: 204, items: 2 })];
    expect(await place.entries()).toEqual(kept);
    expect(kept[1]).toMatchObject({ seq: 2, previous: kept[0]?.hash, status: 204, items: 2 });
    for (const entry of kept) expect(entryHash(entry)).toBe(entry.hash);
    expect(await wrongWith(place)).toEqual([]);
  });

  it("A3: names what others wrote before, once, and what it is told to", () => {
    const [one, other, third] = [place.pen(), place.pen(), place.pen()];
    const first = one.append(decided);
    const second = other.append(decided);
    expect(second.seen).toEqual([first.hash]);
    expect(other.append(decided).seen).toEqual([]);
    const store = "5".repeat(64);
    const fourth = third.append(decided, [store]);
    expect(fourth.seen).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), store]);
    expect(one.append(decided).seen).toEqual([fourth.hash]);
    expect(other.heads()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it("keeps facts only, within a line, in a form that can be hashed", async () => {
    const pen = place.pen();
    const entry = pen.append({
      ...decided,
      target: "\ud800 lone",
      detail: "\u0001".repeat(1_000_000),
      items: Number.NaN,
      ...{ other: "field", hash: "mine", seq: 9 },
    });
    expect(entry).toMatchObject({ seq: 1, target: "\ufffd lone" });
    expect(entry).not.toHaveProperty("other");
    expect(entry).not.toHaveProperty("items");
    expect(entry.detail).toContain("(1000000 characters)");
    const huge = "\u0002".repeat(100_000);
    pen.append({ ...decided, by: huge, detail: huge, target: huge, reason: huge, class: huge });
    for (const line of place.text().trimEnd().split("\n"))
      expect(Buffer.byteLength(line)).toBeLessThan(64 * 1024);
    expect(await wrongWith(place)).toEqual([]);
  });

  it("flushes, and goes on after it was closed", async () => {
    const pen = place.pen();
    pen.flush();
    pen.append(decided);
    pen.flush();
    pen.close();
    pen.append(decided);
    expect(await place.entries()).toHaveLength(2);
    expect(await wrongWith(place)).toEqual([]);
  });
});

describe("A4: an entry that cannot be kept throws", () => {
  it.each([
    ["a symbolic link", () => symlinkSync("/dev/null", place.file), /symbolic link/],
    ["a directory", () => mkdirSync(place.file), /not a regular file/],
    ["a file for others too", () => writeFileSync(place.file, "", { mode: 0o644 }), /chmod 600/],
    [
      "a hard link",
      () => {
        writeFileSync(`${place.file}.other`, "", { mode: 0o600 });
        linkSync(`${place.file}.other`, place.file);
      },
      /hard link/,
    ],
    ["a head that is a link", () => symlinkSync("/dev/null", place.head), /symbolic link/],
    [
      "a directory for others too",
      () => chmodSync(place.directory, 0o755),
      /is open to other users/,
    ],
  ])("where the log is %s", (_, plant, why) => {
    mkdirSync(place.directory, { mode: 0o700 });
    plant();
    const failure = failureOf(() => place.pen().append(decided));
    expect(failure.code).toBe("audit-unsafe");
    expect(`${failure.message} ${failure.fix}`).toMatch(why);
  });

  it("where it becomes unsafe while it is open", () => {
    const pen = place.pen();
    pen.append(decided);
    chmodSync(place.file, 0o640);
    expect(failureOf(() => pen.append(decided)).code).toBe("audit-unsafe");
    chmodSync(place.file, 0o600);
    linkSync(place.file, join(place.directory, "other"));
    expect(failureOf(() => pen.append(decided)).message).toContain("hard link");
  });

  it("where no directory can be made", () => {
    writeFileSync(place.directory, "");
    const pen = openAuditLog(join(place.directory, "audit"), { now: Date.now, redact: String });
    expect(failureOf(() => pen.append(decided)).message).toBe(
      `the configuration directory ${place.directory} is not a directory`,
    );
  });
});

describe("a log that another hand touched", () => {
  it("A5: goes on after its end was cut off, and says so for good", async () => {
    const pen = place.pen();
    const first = pen.append(decided);
    pen.append(decided);
    truncateSync(place.file, Buffer.byteLength(`${JSON.stringify(first)}\n`));
    // One that was open, and one that is new.
    pen.append(decided);
    expect((await wrongWith(place)).join("\n")).toMatch(
      /^truncated: the log was cut before line 2/m,
    );
    const other = place.pen();
    truncateSync(place.file, Buffer.byteLength(`${JSON.stringify(first)}\n`));
    for (let n = 0; n < 9; n++) other.append(decided);
    expect((await wrongWith(place)).join("\n")).toMatch(
      /^truncated: the log was cut before line 2/m,
    );
    expect((await place.entries()).filter(({ event }) => event === "log-cut")).toHaveLength(1);
  });

  it("A5: says so where the head was taken away, or put back", async () => {
    place.pen().append(decided);
    const old = readFileSync(place.head);
    rmSync(place.head);
    expect(await wrongWith(place)).toEqual([
      expect.stringMatching(/^truncated: the head is missing/),
    ]);
    const pen = place.pen();
    pen.append(decided);
    expect((await place.entries()).map(({ event }) => event)).toContain("log-cut");
    writeFileSync(place.head, old);
    expect((await wrongWith(place)).filter((each) => !each.includes("was cut"))).toEqual([]);
  });

  it("is opened again where it was replaced or removed", async () => {
    const pen = place.pen();
    pen.append(decided);
    copyFileSync(place.file, `${place.file}.new`);
    renameSync(`${place.file}.new`, place.file);
    pen.append(decided);
    expect(await place.entries()).toHaveLength(2);
    expect(await wrongWith(place)).toEqual([]);
    rmSync(place.file);
    pen.append(decided);
    expect((await place.entries()).map(({ event }) => event)).toEqual(["log-cut", "decided"]);
    expect((await wrongWith(place)).join("\n")).toMatch(/^truncated/m);
    expect((await wrongWith(place)).join("\n")).toMatch(/^dropped: entries 1 to 2 of writer/m);
  });

  it("A2: is mended where its last line is torn, at every byte of it", async () => {
    place.pen().append(decided);
    const start = place.bytes().length;
    place.pen().append({ ...decided, target: "ümläut \u202e" });
    const [whole, headBefore] = [place.bytes(), readFileSync(place.head)];
    place.pen();
    for (let length = start + 1; length < whole.length; length++) {
      place.write(whole.subarray(0, length));
      // As if its writer had been killed half-way: nothing is known of that line.
      writeFileSync(place.head, headBefore.toString().replace(/^\d+ \S+/, headOf(whole, start)));
      const torn = await place.verify();
      expect(torn.problems).toEqual([]);
      const pen = place.pen();
      const kept = pen.append(decided);
      pen.close();
      const verdict = await place.verify();
      expect(verdict.problems).toEqual([]);
      expect(place.text().endsWith(`\n${JSON.stringify(kept)}\n`)).toBe(true);
      const events = (await place.entries()).map(({ event }) => event);
      expect(events).toContain("log-repaired");
      if (length < whole.length - 1)
        expect(verdict.setAside).toEqual([{ line: 2, from: start, to: length + 1 }]);
    }
  });

  it("A2: is mended where a power loss left zero bytes, or a repair was torn too", async () => {
    const pen = place.pen();
    for (const torn of [
      "\0".repeat(5000),
      '{"version":1,"wri',
      '{"version":1,"a\n{"version":1,"b',
    ]) {
      pen.append(decided);
      appendFileSync(place.file, torn);
      expect(pen.append(decided).event).toBe("decided");
      expect(await wrongWith(place)).toEqual([]);
    }
    expect((await place.verify()).setAside).toHaveLength(4);
  });

  it("E2: reads an entry that was glued to a torn one, and tells the piece from it", async () => {
    const [pen, other] = [place.pen(), place.pen()];
    pen.append(decided);
    const from = place.bytes().length;
    const line = `${JSON.stringify(other.append(decided))}\n`;
    place.write(
      Buffer.concat([place.bytes().subarray(0, from), Buffer.from(`{"version":1,${line}`)]),
    );
    writeFileSync(place.head, `${headOf(place.bytes(), place.bytes().length)}\n`);
    const verdict = await place.verify();
    expect(verdict.setAside).toEqual([{ line: 2, from, to: from + 13 }]);
    expect(verdict.problems).toEqual([]);
    expect(await place.entries()).toHaveLength(2);
  });

  it("is written on where a line is malformed, and verify names the line", async () => {
    const pen = place.pen();
    pen.append(decided);
    appendFileSync(place.file, '{"version":1,"hash":"mine"}\nplain text\n');
    pen.append(decided);
    const found = (await wrongWith(place)).join("\n");
    for (const line of [2, 3]) expect(found).toContain(`unreadable: line ${line} is no entry`);
  });
});

/** The head's text for a log that ended at byte `end`. */
function headOf(log: Buffer, end: number): string {
  const hash = log.subarray(end - 67, end - 3).toString();
  return `${String(end).padStart(15, "0")} ${hash}`;
}
