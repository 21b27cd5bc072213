// A writer that is killed with SIGKILL before each of its steps in turn, and what the next one finds.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readAllowlist } from "../../src/grants/allowlist/read.ts";
import { addEntry, removeEntry } from "../../src/grants/allowlist/write.ts";
import { type Bundle, bundle } from "../support/bundle.ts";

let program: Bundle;
beforeAll(() => {
  program = bundle("test/support/allowlist-writer.ts");
});
afterAll(() => program.remove());

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "hf-")), "c");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

interface Told {
  readonly killed: boolean;
  readonly answer: { readonly steps?: number; readonly added?: string } | undefined;
}

/** Has a process of its own make one change, and die before its `stop`th step. */
function tell(change: string, stop: number): Told {
  const { signal, stdout } = spawnSync(process.execPath, [program.file, directory, String(stop)], {
    input: `${change}\n`,
    encoding: "utf8",
  });
  return { killed: signal === "SIGKILL", answer: stdout === "" ? undefined : JSON.parse(stdout) };
}

const patterns = (): string[] =>
  Object.values(readAllowlist(directory).agents)
    .flatMap(({ entries }) => entries)
    .map(({ pattern }) => pattern)
    .sort();

const add = (pattern: string) => addEntry(directory, "main", { pattern, origin: "added" });

function leftOvers(): string[] {
  const turns = join(directory, "allowlist.json.turns");
  const inside = readdirSync(turns).flatMap((turn) => readdirSync(join(turns, turn)));
  const outside = readdirSync(directory).filter((name) => name.includes(".new"));
  return [...inside, ...outside, ...readdirSync(turns).slice(1)];
}

describe("U3: a writer that is killed before a step", () => {
  it("the first writer of all, at each step: nobody waits, nothing is half, nothing is left", async () => {
    const seen = new Set<string>();
    let stop = 1;
    for (; ; stop++) {
      rmSync(directory, { recursive: true, force: true });
      const { killed, answer } = tell("add main /bin/one", stop);
      if (!killed) {
        expect(answer?.added).toBeDefined();
        break;
      }
      expect(answer).toBeUndefined();
      expect([[], ["/bin/one"]]).toContainEqual(patterns());
      const before = Date.now();
      await add("/bin/two");
      // Not a measure: a lock that had to grow stale would take many times as long.
      expect(Date.now() - before).toBeLessThan(5000);
      expect(patterns()).toContain("/bin/two");
      seen.add(patterns().join());
      expect(leftOvers()).toEqual([]);
    }
    expect(stop).toBeGreaterThan(8);
    // Killed early its change is not made; killed late it is, though nobody heard of it.
    expect([...seen].sort()).toEqual(["/bin/one,/bin/two", "/bin/two"]);
  });

  it("78225: a removal, at each step: done or not done, and once done for good", async () => {
    const outcomes = new Set<boolean>();
    for (let stop = 1; ; stop++) {
      rmSync(directory, { recursive: true, force: true });
      await add("/bin/kept");
      const { entry } = await add("/bin/gone");
      const { killed } = tell(`remove ${entry.id}`, stop);
      await add("/bin/next");
      outcomes.add(patterns().includes("/bin/gone"));
      if (!killed) {
        expect(patterns()).toEqual(["/bin/kept", "/bin/next"]);
        break;
      }
      expect(patterns()).toEqual(expect.arrayContaining(["/bin/kept", "/bin/next"]));
      await removeEntry(directory, entry.id);
      expect(patterns()).toEqual(["/bin/kept", "/bin/next"]);
      expect(readAllowlist(directory).revoked.map(({ id }) => id)).toEqual([entry.id]);
      expect(leftOvers()).toEqual([]);
    }
    expect([...outcomes].sort()).toEqual([false, true]);
  });

  it("U4: what was decided and not published gives way to what a person wrote in between", async () => {
    await add("/bin/one");
    // The step before which nothing but the publication is missing.
    const steps = ["write the revision", "take the turn", "publish"];
    expect(tell("add main /bin/two", steps.indexOf("publish") + 1).killed).toBe(true);
    const file = join(directory, "allowlist.json");
    const byHand = readFileSync(file, "utf8").replace("/bin/one", "/bin/by-hand");
    writeFileSync(file, byHand);
    await add("/bin/three");
    expect(patterns()).toEqual(["/bin/by-hand", "/bin/three"]);
  });

  it("U4: and a malformed file stays as it is, byte for byte", async () => {
    await add("/bin/one");
    expect(tell("add main /bin/two", 3).killed).toBe(true);
    const file = join(directory, "allowlist.json");
    writeFileSync(file, "{ not JSON");
    await expect(add("/bin/three")).rejects.toMatchObject({ code: "allowlist-malformed" });
    expect(readFileSync(file, "utf8")).toBe("{ not JSON");
  });
});

/** Has this process make a change, and `meanwhile` happen before its `stop`th step. True: it had as many. */
async function suspended(
  stop: number,
  act: (watch: { onStep: () => void }) => Promise<unknown>,
  meanwhile: () => void,
): Promise<boolean> {
  let steps = 0;
  const onStep = () => {
    if (++steps === stop) meanwhile();
  };
  await act({ onStep });
  return steps >= stop;
}

describe("U1: a writer that is suspended before a step, while another makes a whole change", () => {
  it.each([
    ["the first writer of all", []],
    ["a later one", ["/bin/zero"]],
  ])("%s, at each step: both changes are made, each once", async (_, before) => {
    for (let stop = 1, more = true; more; stop++) {
      rmSync(directory, { recursive: true, force: true });
      for (const pattern of before) await add(pattern);
      more = await suspended(
        stop,
        (watch) => addEntry(directory, "main", { pattern: "/bin/slow", origin: "added" }, watch),
        () => expect(tell("add main /bin/quick", 0).answer?.added).toBeDefined(),
      );
      const expected = more ? ["/bin/quick", "/bin/slow", ...before] : ["/bin/slow", ...before];
      expect(patterns(), `suspended before step ${stop}`).toEqual(expected);
      expect(readAllowlist(directory).revision).toBe(expected.length);
      expect(readdirSync(join(directory, "allowlist.json.turns"))).toHaveLength(1);
    }
  });

  it("103515: its entry is published and removed by others: it does not come back", async () => {
    await add("/bin/zero");
    let isDone = false;
    await suspended(
      // Decided, and not published.
      3,
      (watch) => addEntry(directory, "main", { pattern: "/bin/slow", origin: "added" }, watch),
      () => {
        tell("add main /bin/quick", 0);
        const { entries = [] } = readAllowlist(directory).agents.main ?? {};
        const slow = entries.find(({ pattern }) => pattern === "/bin/slow");
        tell(`remove ${slow?.id}`, 0);
        isDone = true;
      },
    );
    expect(isDone).toBe(true);
    expect(patterns()).toEqual(["/bin/quick", "/bin/zero"]);
  });

  it("U4: the file is changed by hand: that stays, and the change is reported as not made", async () => {
    await add("/bin/one");
    const file = join(directory, "allowlist.json");
    const change = suspended(
      2,
      (watch) => addEntry(directory, "main", { pattern: "/bin/slow", origin: "added" }, watch),
      () => writeFileSync(file, readFileSync(file, "utf8").replace("/bin/one", "/bin/by-hand")),
    );
    await expect(change).rejects.toMatchObject({
      code: "allowlist-not-written",
      message: expect.stringContaining("was changed by hand at the same moment"),
    });
    expect(patterns()).toEqual(["/bin/by-hand"]);
    await add("/bin/two");
    expect(patterns()).toEqual(["/bin/by-hand", "/bin/two"]);
    expect(leftOvers()).toEqual([]);
  });
});

describe("U3: writers that are killed again and again", () => {
  it("leave one turn, and no attempt of theirs, behind the next that is not", async () => {
    await add("/bin/one");
    for (let round = 0; round < 3; round++)
      for (const stop of [1, 2, 3, 4]) tell(`add main /bin/r${round}-${stop}`, stop);
    await add("/bin/last");
    expect(leftOvers()).toEqual([]);
    expect(patterns()).toEqual(expect.arrayContaining(["/bin/last", "/bin/one"]));
  });

  it("and a turn that somebody removed is made again; the entries stay", async () => {
    await add("/bin/one");
    rmSync(join(directory, "allowlist.json.turns"), { recursive: true });
    await add("/bin/two");
    expect(patterns()).toEqual(["/bin/one", "/bin/two"]);
  });
});

const isRoot = process.getuid?.() === 0;
const canMount =
  isRoot && existsSync("/proc/self/ns/mnt") && spawnSync("unshare", ["-m", "true"]).status === 0;

/** Runs the writer in a mount namespace of its own, after `prepare`; and what the file is there then. */
function tellMounted(prepare: string, change: string): { answer: object; file: string } {
  const script = `${prepare} && "$1" "$2" "$3" && cat "$3/allowlist.json"`;
  const words = ["-m", "sh", "-c", script, "sh", process.execPath, program.file, directory];
  const out = execFileSync("unshare", words, { input: `${change}\n`, encoding: "utf8" });
  const end = out.indexOf("\n");
  return { answer: JSON.parse(out.slice(0, end)), file: out.slice(end + 1) };
}

const failure = (message: RegExp) => ({
  code: "allowlist-not-written",
  failed: expect.stringMatching(message),
});

describe("K3: a place that cannot be written", () => {
  it.skipIf(!canMount)(
    "read-only: says so, and every entry still counts (needs mount namespaces)",
    async () => {
      await add("/bin/one");
      const prepare = `mount --bind "$3" "$3" && mount -o remount,bind,ro "$3"`;
      const before = readFileSync(join(directory, "allowlist.json"), "utf8");
      const { answer, file } = tellMounted(prepare, "add main /bin/two");
      expect(answer).toEqual(failure(/allowlist\.json cannot be written: EROFS/));
      expect(file).toBe(before);
      await add("/bin/three");
      expect(patterns()).toEqual(["/bin/one", "/bin/three"]);
    },
  );

  it.skipIf(!canMount)(
    "full: says so, and every entry still counts (needs mount namespaces)",
    async () => {
      await add("/bin/one");
      // All of the directory on a file system that is full, the checks included, in one namespace.
      const copy = `mkdir "$3.full" && mount -t tmpfs -o size=64k,mode=700 t "$3.full" && cp -a "$3/." "$3.full"`;
      const fill = `head -c 1000000 /dev/zero > "$3.full/filler" 2>/dev/null; mount --bind "$3.full" "$3"`;
      const before = readFileSync(join(directory, "allowlist.json"), "utf8");
      const { answer, file } = tellMounted(`${copy} && { ${fill}; }`, "add main /bin/two");
      expect(answer).toEqual(failure(/allowlist\.json cannot be written: ENOSPC/));
      expect(file).toBe(before);
    },
  );

  it("a file size limit: says so, and every entry still counts", async () => {
    for (let n = 0; n < 12; n++) await add(`/bin/${"long-".repeat(20)}${n}`);
    const before = patterns();
    const words = ["-c", 'ulimit -f 1; exec "$0" "$1" "$2"', process.execPath, program.file];
    const { stdout } = spawnSync("bash", [...words, directory], {
      input: "add main /bin/two\n",
      encoding: "utf8",
    });
    expect(JSON.parse(stdout)).toMatchObject({ code: "allowlist-not-written" });
    expect(patterns()).toEqual(before);
    await add("/bin/three");
    expect(leftOvers()).toEqual([]);
  });
});
