import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MOST_REVOKED } from "../../../src/grants/allowlist/document.ts";
import { listEntries, readAllowlist } from "../../../src/grants/allowlist/read.ts";
import { readUsage, recordUse } from "../../../src/grants/allowlist/usage.ts";
import { addEntry, removeEntry } from "../../../src/grants/allowlist/write.ts";
import { entriesFor, type NewEntry } from "../../../src/policy/allowlist.ts";
import { matchEntry } from "../../../src/policy/allowlist-match.ts";
import { checkTurns } from "../../../src/system/publish.ts";

const isRoot = process.getuid?.() === 0;

let root: string;
let directory: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
  directory = join(root, "c");
  file = join(directory, "allowlist.json");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const entry = (pattern = "/bin/one", more: Partial<NewEntry> = {}): NewEntry => ({
  pattern,
  origin: "added",
  ...more,
});
const codeOf = async (act: () => unknown): Promise<string> => {
  try {
    await act();
    return "fine";
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const patterns = () => listEntries(directory).map(({ agent, pattern }) => `${agent} ${pattern}`);

describe("R1: reading", () => {
  it("no file, no directory: no entries, and none are made", () => {
    expect(readAllowlist(directory)).toEqual({ version: 1, revision: 0, agents: {}, revoked: [] });
    expect(listEntries(directory)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });

  it("a relative directory is refused: it would be another one elsewhere", async () => {
    expect(await codeOf(() => readAllowlist("c"))).toBe("relative-directory");
    expect(await codeOf(() => addEntry("c", "", entry()))).toBe("relative-directory");
    expect(existsSync("c")).toBe(false);
  });

  it("a configuration directory that is a file: said, and what to do", async () => {
    writeFileSync(directory, "");
    const wrong = {
      message: `the configuration directory ${directory} is not a directory`,
      fix: "set HOLDFAST_CONFIG_DIR to a directory of your own, or remove the file",
    };
    await expect((async () => listEntries(directory))()).rejects.toMatchObject(wrong);
    await expect(addEntry(directory, "main", entry())).rejects.toMatchObject(wrong);
    await expect((async () => readAllowlist(join(directory, "c")))()).rejects.toMatchObject(wrong);
  });

  it("a link to it: the fix, as printed, puts the file itself there", async () => {
    directory = join(root, "it's");
    file = join(directory, "allowlist.json");
    await addEntry(directory, "main", entry());
    moveAndLink(symlinkSync);
    const fixOf = async () => {
      try {
        readAllowlist(directory);
        return "true";
      } catch (error) {
        return (error as { fix: string }).fix;
      }
    };
    execFileSync("sh", ["-c", await fixOf()]);
    expect(patterns()).toEqual(["main /bin/one"]);
    rmSync(file);
    symlinkSync("nowhere", file);
    execFileSync("sh", ["-c", await fixOf()]);
    expect(patterns()).toEqual([]);
  });

  it("turns that nobody could take: said at once to whoever checks, and mended by the fix", async () => {
    await addEntry(directory, "main", entry());
    checkTurns(file);
    for (const spoil of [
      () => mkdirSync(join(`${file}.turns`, `turn.${"a".repeat(32)}`)),
      () => chmodSync(`${file}.turns`, 0o755),
      () => {
        rmSync(`${file}.turns`, { recursive: true });
        writeFileSync(`${file}.turns`, "");
      },
    ]) {
      spoil();
      expect(() => checkTurns(file)).toThrow(`${file}.turns `);
      let fix = `rm ${file}.turns`;
      try {
        checkTurns(file);
      } catch (error) {
        fix = (error as { fix?: string }).fix ?? fix;
      }
      execFileSync("sh", ["-c", fix]);
      checkTurns(file);
      await addEntry(directory, "main", entry(`/bin/${Math.random()}`));
    }
  });

  it.each<[string, string, () => void]>([
    ["a link to it", "allowlist-linked", () => moveAndLink(symlinkSync)],
    [
      "a link to nothing",
      "allowlist-linked",
      () => {
        rmSync(file);
        symlinkSync("nowhere", file);
      },
    ],
    ["a second name", "allowlist-linked", () => linkSync(file, join(root, "other"))],
    [
      "a directory",
      "allowlist-wrong-kind",
      () => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      "a pipe",
      "allowlist-wrong-kind",
      () => {
        rmSync(file);
        execFileSync("mkfifo", ["-m", "600", file]);
      },
    ],
    ["readable by the group", "allowlist-too-open", () => chmodSync(file, 0o640)],
    ["writable by others", "allowlist-too-open", () => chmodSync(file, 0o602)],
    ["too large", "allowlist-too-large", () => truncateSync(file, 32 * 1024 * 1024 + 1)],
    ["empty", "allowlist-malformed", () => writeFileSync(file, "")],
    ["newer", "allowlist-newer", () => writeFileSync(file, '{"version":2}')],
  ])(
    "128367: %s: %s; every read and write denies, and it stays as it is",
    async (_, code, spoil) => {
      await addEntry(directory, "main", entry());
      const { id } = listEntries(directory)[0] ?? { id: "" };
      spoil();
      const before = fingerprint();
      expect(await codeOf(() => readAllowlist(directory))).toBe(code);
      expect(await codeOf(() => listEntries(directory))).toBe(code);
      expect(await codeOf(() => addEntry(directory, "main", entry("/bin/two")))).toBe(code);
      expect(await codeOf(() => removeEntry(directory, id))).toBe(code);
      expect(fingerprint()).toBe(before);
    },
  );

  it.skipIf(!isRoot)("another user's: allowlist-not-ours", async () => {
    await addEntry(directory, "main", entry());
    chownSync(file, 65534, 65534);
    expect(await codeOf(() => readAllowlist(directory))).toBe("allowlist-not-ours");
    expect(await codeOf(() => addEntry(directory, "", entry("/b")))).toBe("allowlist-not-ours");
  });

  it("a failure says which file, and what to do", async () => {
    mkdirSync(directory);
    writeFileSync(file, "{", { mode: 0o600 });
    try {
      readAllowlist(directory);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        exitCode: 7,
        message: expect.stringContaining(`${file} is malformed`),
        fix: expect.stringContaining(`mv ${file} ${file}.old`),
      });
    }
  });
});

function moveAndLink(link: (target: string, path: string) => void): void {
  const moved = join(root, "moved.json");
  renameSync(file, moved);
  link(moved, file);
}

function fingerprint(): string {
  const found = execFileSync("find", [
    root,
    "-name",
    "allowlist*.json*",
    "-printf",
    "%p %y %i %s %l\n",
  ]);
  const isText = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const text = isText && statSync(file).size < 100_000 ? readFileSync(file, "utf8") : "";
  return `${found.toString().split("\n").sort().join("\n")}${text}`;
}

describe("K1: adding", () => {
  it("makes the file, 0600, and its directory, 0700", async () => {
    const { entry: made, isNew } = await addEntry(directory, "", entry());
    expect(isNew).toBe(true);
    expect(made).toMatchObject({ pattern: "/bin/one", origin: "added" });
    expect(made.id).toMatch(/^[A-Z2-7]{6}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readAllowlist(directory).agents).toEqual({ main: { entries: [made] } });
  });

  it("whatever the umask", async () => {
    const before = process.umask(0o277);
    try {
      mkdirSync(directory, { mode: 0o700 });
      chmodSync(directory, 0o700);
      process.umask(0);
      await addEntry(directory, "", entry());
    } finally {
      process.umask(before);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("the same again: the entry that stands there, and not a byte is written", async () => {
    const first = await addEntry(directory, "main", entry("/bin/one", { argPattern: '["a"]' }));
    const before = fingerprint();
    const again = await addEntry(directory, " ", entry("/bin/one", { argPattern: '["a"]' }));
    expect(again).toEqual({ entry: first.entry, isNew: false });
    expect(fingerprint()).toBe(before);
    expect((await addEntry(directory, "*", entry("/bin/one", { argPattern: '["a"]' }))).isNew).toBe(
      true,
    );
    expect((await addEntry(directory, "", entry())).isNew).toBe(true);
    expect((await addEntry(directory, "", entry("/bin/One"))).isNew).toBe(true);
  });

  it("an expired one does not stand in the way, and goes", async () => {
    const past = "2020-01-01T00:00:00.000Z";
    const old = await addEntry(directory, "", entry("/bin/one", { expiresAt: past }));
    const next = await addEntry(directory, "", entry());
    expect(next.isNew).toBe(true);
    expect(listEntries(directory).map(({ id }) => id)).toEqual([next.entry.id]);
    expect(next.entry.id).not.toBe(old.entry.id);
  });

  it.each<[string, string, NewEntry]>([
    ["71315: a bare name", "main", entry("kubectl")],
    ["a blank pattern", "main", entry("")],
    ["a wrong argPattern", "main", entry("/bin/one", { argPattern: "^a" })],
    ["a wrong time", "main", entry("/bin/one", { expiresAt: "soon" })],
    ["an agent that is none", "Main", entry()],
    ["approved, and not bound", "main", entry("/bin/one", { origin: "approved" })],
  ])("%s is refused, and nothing is made", async (_, agent, wrong) => {
    expect(await codeOf(() => addEntry(directory, agent, wrong))).toBe("allowlist-entry");
    expect(existsSync(directory)).toBe(false);
  });

  it("44749: twenty at once: all are kept, under twenty ids", async () => {
    const all = Array.from({ length: 20 }, (_, n) => addEntry(directory, "", entry(`/bin/${n}`)));
    const ids = (await Promise.all(all)).map((added) => added.entry.id);
    expect(new Set(ids).size).toBe(20);
    expect(patterns()).toHaveLength(20);
    expect(readAllowlist(directory).revision).toBe(20);
  });

  it("five of the same at once: one", async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => addEntry(directory, "", entry())),
    );
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map((added) => added.entry.id)).size).toBe(1);
    expect(patterns()).toEqual(["main /bin/one"]);
  });

  it("what a person wrote by hand is kept", async () => {
    await addEntry(directory, "", entry());
    writeFileSync(file, readFileSync(file, "utf8").replace("/bin/one", "/bin/by-hand"));
    await addEntry(directory, "", entry("/bin/two"));
    expect(patterns()).toEqual(["main /bin/by-hand", "main /bin/two"]);
  });
});

describe("K2: removing", () => {
  it("returns what was removed, once, and remembers it", async () => {
    const { entry: made } = await addEntry(directory, "claude", entry());
    await addEntry(directory, "claude", entry("/bin/two"));
    expect(await removeEntry(directory, made.id)).toEqual({ ...made, agent: "claude" });
    expect(await removeEntry(directory, made.id)).toBeUndefined();
    expect(patterns()).toEqual(["claude /bin/two"]);
    expect(readAllowlist(directory).revoked.map(({ id }) => id)).toEqual([made.id]);
  });

  it("103950: between the question and the run: the second look finds none", async () => {
    const command = {
      executable: "/bin/one",
      typed: "one",
      args: [],
      cwd: "/",
      environment: {},
      files: {},
      agent: "main",
    };
    const look = () =>
      matchEntry(entriesFor(readAllowlist(directory), "main"), command, new Date())?.id;
    const { entry: made } = await addEntry(directory, "", entry());
    expect(look()).toBe(made.id);
    await removeEntry(directory, made.id);
    expect(look()).toBeUndefined();
  });

  it("of nothing writes nothing", async () => {
    expect(await removeEntry(directory, "AAAAAA")).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
  });

  it("78225, 103515: a use that is recorded afterwards brings nothing back", async () => {
    const { entry: made } = await addEntry(directory, "", entry());
    recordUse(directory, made.id, "/bin/one");
    await removeEntry(directory, made.id);
    const before = readFileSync(file, "utf8");
    expect(recordUse(directory, made.id, "/bin/one")).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(patterns()).toEqual([]);
  });

  it("78225: its text written back by hand, or by an older program: it stays revoked", async () => {
    const { entry: made } = await addEntry(directory, "", entry());
    await addEntry(directory, "", entry("/bin/two"));
    await removeEntry(directory, made.id);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"entries": [', `"entries": [${JSON.stringify(made)},`));
    expect(patterns()).toEqual(["main /bin/two"]);
    await addEntry(directory, "", entry("/bin/three"));
    expect(readFileSync(file, "utf8")).not.toContain("/bin/one");
  });

  it(`remembers the last ${MOST_REVOKED}`, async () => {
    const at = "2026-01-01T00:00:00.000Z";
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const idOf = (n: number) => `AA${letters[Math.floor(n / 32)]}${letters[n % 32]}`;
    const revoked = Array.from({ length: MOST_REVOKED }, (_, n) => ({ id: idOf(n), at }));
    mkdirSync(directory, { mode: 0o700 });
    const value = { version: 1, revision: 9, agents: {}, revoked };
    writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
    const { entry: made } = await addEntry(directory, "", entry());
    await removeEntry(directory, made.id);
    const kept = readAllowlist(directory).revoked.map(({ id }) => id);
    expect(kept).toHaveLength(MOST_REVOKED);
    expect([kept.at(0), kept.at(-1)]).toEqual([idOf(1), made.id]);
  });
});

describe("128367, 67747: a file that is malformed at any byte", () => {
  it("denies, or is another whole allowlist; it is never overwritten", async () => {
    await addEntry(directory, "claude", entry("/bin/o*", { argPattern: '["a","*"]' }));
    const { entry: gone } = await addEntry(directory, "", entry("/bin/two"));
    await removeEntry(directory, gone.id);
    const whole = readFileSync(file);
    const seen = { denied: 0, whole: 0 };
    const look = async (bytes: Buffer): Promise<void> => {
      writeFileSync(file, bytes);
      const read = await codeOf(() => readAllowlist(directory));
      if (read === "fine") seen.whole++;
      else {
        seen.denied++;
        expect(read).toMatch(/^allowlist-(malformed|newer)$/);
        if (seen.denied % 5 === 0)
          expect(await codeOf(() => addEntry(directory, "", entry("/bin/new")))).toBe(read);
      }
      expect(readFileSync(file).equals(bytes)).toBe(true);
    };
    for (let at = 0; at < whole.length; at++) {
      await look(whole.subarray(0, at));
      const flipped = Buffer.from(whole);
      flipped[at] = (whole[at] ?? 0) ^ (1 << (at % 8));
      await look(flipped);
    }
    expect(seen.denied).toBeGreaterThan(whole.length * 1.5);
    // A letter of a pattern can be another letter; nothing that was cut off passes, but for its end.
    expect(seen.whole).toBeGreaterThan(10);
    expect(readdirSync(directory).sort()).toEqual(["allowlist.json", "allowlist.json.turns"]);
  });
});

describe("111753, 128304, 112320, 106777, 113929: no lock that a dead owner could hold", () => {
  it("what looks like a lock beside the file, of whatever age, keeps nobody", async () => {
    await addEntry(directory, "", entry());
    mkdirSync(`${file}.lock`);
    writeFileSync(join(directory, "allowlist.lock"), JSON.stringify({ pid: 1 }));
    await addEntry(directory, "", entry("/bin/two"));
    expect(patterns()).toHaveLength(2);
  });

  it("an attempt that was left in the turn is passed, and cleared away with the next change", async () => {
    await addEntry(directory, "", entry());
    const turns = `${file}.turns`;
    const [turn = ""] = readdirSync(turns);
    const base = "0".repeat(64);
    const left = `${turn.slice("turn.".length)}.${"a".repeat(32)}.${base}`;
    writeFileSync(join(turns, turn, left), '{"version":1}', { mode: 0o600 });
    mkdirSync(`${turns}.new-abc`);
    await addEntry(directory, "", entry("/bin/two"));
    expect(patterns()).toHaveLength(2);
    const [next = ""] = readdirSync(turns);
    expect(readdirSync(join(turns, next))).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(["allowlist.json", "allowlist.json.turns"]);
  });

  it("turns that are not ours alone are refused", async () => {
    await addEntry(directory, "", entry());
    chmodSync(`${file}.turns`, 0o770);
    expect(await codeOf(() => addEntry(directory, "", entry("/b")))).toBe("allowlist-too-open");
    rmSync(`${file}.turns`, { recursive: true });
    symlinkSync(root, `${file}.turns`);
    expect(await codeOf(() => addEntry(directory, "", entry("/b")))).toBe("allowlist-wrong-kind");
    expect(patterns()).toEqual(["main /bin/one"]);
  });
});

describe("Q1: the last use", () => {
  it("stands beside the allowlist, and is listed", async () => {
    const { entry: made } = await addEntry(directory, "", entry("/bin/o*"));
    expect(recordUse(directory, made.id, "/bin/one")).toBe(true);
    const [listed] = listEntries(directory);
    expect(listed).toMatchObject({ agent: "main", lastResolvedPath: "/bin/one" });
    expect(Date.now() - Date.parse(listed?.lastUsedAt ?? "")).toBeLessThan(60_000);
    expect(statSync(join(directory, "allowlist-usage.json")).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (usage: string) => void]>([
    ["malformed", (usage) => writeFileSync(usage, "{", { mode: 0o600 })],
    ["a link", (usage) => symlinkSync("/dev/null", usage)],
    ["a directory", (usage) => mkdirSync(usage)],
    ["open to others", (usage) => writeFileSync(usage, "{}", { mode: 0o644 })],
    ["newer", (usage) => writeFileSync(usage, '{"version":2,"entries":{}}', { mode: 0o600 })],
  ])("%s: it says no, throws nothing, and changes nothing", async (_, spoil) => {
    await addEntry(directory, "", entry());
    spoil(join(directory, "allowlist-usage.json"));
    const before = fingerprint();
    expect(recordUse(directory, "AAAAAA", "/bin/one")).toBe(false);
    expect(readUsage(directory).size).toBe(0);
    expect(listEntries(directory)).toHaveLength(1);
    expect(fingerprint()).toBe(before);
  });

  it("makes no directory, and needs no allowlist", () => {
    expect(recordUse(directory, "AAAAAA", "/bin/one")).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  it("keeps those that were used latest", () => {
    mkdirSync(directory);
    const use = { lastUsedAt: "2026-01-01T00:00:00Z", lastResolvedPath: "/x" };
    const entries = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`A${n}`, use]));
    const usage = join(directory, "allowlist-usage.json");
    writeFileSync(usage, JSON.stringify({ version: 1, entries }), { mode: 0o600 });
    recordUse(directory, "A5", "/y");
    expect(readUsage(directory).size).toBe(1000);
    recordUse(directory, "NEW", "/y");
    const found = readUsage(directory);
    expect([found.size, found.has("A0"), found.has("A5"), found.has("NEW")]).toEqual([
      1000,
      false,
      true,
      true,
    ]);
  });

  it("what a killed writer left does not keep the next for ever", async () => {
    await addEntry(directory, "", entry());
    const left = join(directory, "allowlist-usage.json.new");
    writeFileSync(left, "{", { mode: 0o600 });
    expect(recordUse(directory, "AAAAAA", "/x")).toBe(false);
    execFileSync("touch", ["-d", "1 hour ago", left]);
    expect(recordUse(directory, "AAAAAA", "/x")).toBe(true);
    expect(existsSync(left)).toBe(false);
  });
});
