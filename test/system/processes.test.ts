import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareBoots,
  MAX_LINEAGE,
  type ProcessInfo,
  walkLineage,
} from "../../src/system/processes.ts";
import { parseEnvironment, parseStat, procfs } from "../../src/system/processes-procfs.ts";
import { eventually } from "../support/scripts.ts";

const table = (...rows: [pid: number, ppid: number, started: number][]) => {
  const found = new Map(
    rows.map(([pid, ppid, started]): [number, ProcessInfo] => [
      pid,
      { pid, ppid, started, name: "x" },
    ]),
  );
  return (pid: number) => found.get(pid);
};
const pids = (chain: readonly ProcessInfo[]) => chain.map(({ pid }) => pid);

describe("walking the parents (L2, L3)", () => {
  it.each<[string, ReturnType<typeof table>, number[]]>([
    ["to init", table([9, 5, 30], [5, 1, 20], [1, 0, 0]), [9, 5, 1]],
    ["not past a parent that is gone", table([9, 5, 30]), [9]],
    ["not to a parent that is younger: a recycled pid (L2)", table([9, 5, 30], [5, 1, 31]), [9]],
    ["to a parent of the same tick", table([9, 5, 30], [5, 1, 30], [1, 0, 0]), [9, 5, 1]],
    ["not round a circle (L3)", table([9, 5, 30], [5, 7, 30], [7, 9, 30]), [9, 5, 7]],
    ["not round itself (L3)", table([9, 9, 30]), [9]],
    ["nowhere from a process that is gone", table([5, 1, 20]), []],
    ["not to a parent below zero", table([9, -5, 30]), [9]],
  ])("goes %s", (_, lookUp, expected) => {
    expect(pids(walkLineage(9, lookUp))).toEqual(expected);
  });

  it("ends after a bounded number of ancestors (L3)", () => {
    const endless = (pid: number) => ({ pid, ppid: pid + 1, started: 0, name: "x" });
    expect(walkLineage(1, endless)).toHaveLength(MAX_LINEAGE);
  });

  it("ends for every table, visits nobody twice, and never meets a younger parent", () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(12), fc.nat(5));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.nat(12), (rows, from) => {
        const chain = walkLineage(from, table(...rows));
        expect(new Set(pids(chain)).size).toBe(chain.length);
        for (const [index, each] of chain.entries()) {
          const child = chain[index - 1];
          if (child === undefined) continue;
          expect(each.pid).toBe(child.ppid);
          expect(each.started).toBeLessThanOrEqual(child.started);
        }
      }),
    );
  });
});

/** A line as the kernel writes it. */
const stat = (pid: number, name: string, ppid: number, terminal: number, started: number) =>
  `${pid} (${name}) S ${ppid} 1 1 ${terminal} -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${started} 1 1\n`;

describe("a stat line (L1)", () => {
  it.each([
    "bash",
    "",
    ")",
    "(",
    "a) S 1 1 1 0",
    ") S 1 1 (",
    "a b  c",
    "line\nend",
    "1 (x) S 2",
    "\xff\xfe",
    "tmux: server",
  ])("is split after its last parenthesis, whatever the name: %j", (name) => {
    const expected = { pid: 42, ppid: 7, started: 12345, terminal: 34816, name };
    expect(parseStat(stat(42, name, 7, 34816, 12345))).toEqual(expected);
  });

  it.each([
    "",
    "42",
    "42 (bash",
    "42 (bash)",
    "42 (bash) S",
    "x (bash) S 1 1 1 1",
    ")(",
    "\0",
    ") 1 (",
  ])("that is none is not believed: %j", (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  it("cut anywhere, or any text at all: never a wrong process, never an error", () => {
    const whole = stat(42, "a) S 1 (b", 7, 0, 12345);
    for (let length = 0; length < whole.length; length += 1) {
      const found = parseStat(whole.slice(0, length));
      expect(found === undefined || found.ppid === 7, whole.slice(0, length)).toBe(true);
    }
    const text = fc.string({ unit: "binary" });
    fc.assert(fc.property(text, (found) => void parseStat(found)));
  });
});

describe("an environment", () => {
  it("keeps the first of two equal names, as getenv does, and skips what is none", () => {
    const found = parseEnvironment("A=1\0B=\0A=2\0=x\0nothing\0C=a=b\nc\0\0");
    expect([...found]).toEqual([
      ["A", "1"],
      ["B", ""],
      ["C", "a=b\nc"],
    ]);
  });
});

describe("where pids and start times were read (L5)", () => {
  it.each([
    ["boot pid:[1] time:[1]", "boot pid:[1] time:[1]", "same"],
    ["boot pid:[1] time:[1]", "other pid:[1] time:[1]", "other-boot"],
    ["boot pid:[1] time:[1]", "boot pid:[2] time:[1]", "other-pids"],
    ["boot pid:[1] time:[1]", "boot pid:[1] time:[2]", "other-times"],
    ["boot pid:[1] time:[1]", "boot pid:[2] time:[2]", "other-times"],
    ["boot pid:[1] time:[1]", "boot", "same"],
    ["boot", "other", "other-boot"],
    ["", "boot pid:[1] time:[1]", "same"],
  ] as const)("%j and %j: %s", (one, other, expected) => {
    expect(compareBoots(one, other)).toBe(expected);
    expect(compareBoots(other, one)).toBe(expected);
  });
});

describe.runIf(process.platform === "linux")("the process table of this kernel", () => {
  const processes = procfs();

  it("knows this process, its parent and init", async () => {
    const chain = await processes.lineage(processes.self());
    expect(chain[0]).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(chain[1]?.pid).toBe(process.ppid);
    expect(chain.at(-1)?.pid).toBe(1);
  });

  it("names the boot and the namespaces, the same every time", async () => {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const found = await processes.bootId();
    expect(found).toMatch(new RegExp(`^${boot} pid:\\[\\d+\\] time:(\\[\\d+\\]|unknown)$`));
    expect(await procfs().bootId()).toBe(found);
  });

  it.each([") R 1 1 1 (x", "a\nb) S 9", "( ) ( )", "  "])(
    "is not misled by a real process that calls itself %j (L1)",
    async (name) => {
      const script = 'printf %s "$1" > /proc/$$/comm; echo; read line';
      const child = spawn("/bin/sh", ["-c", script, "sh", name], {
        stdio: ["pipe", "pipe", "ignore"],
      });
      try {
        await new Promise((done) => child.stdout?.once("data", done));
        const found = await processes.info(child.pid ?? 0);
        expect(found).toMatchObject({ pid: child.pid, ppid: process.pid, name });
        expect(pids(await processes.lineage(child.pid ?? 0))[1]).toBe(process.pid);
      } finally {
        child.stdin?.end();
      }
    },
  );

  it("does not know a process that has ended", async () => {
    const child = spawn("/bin/true");
    await new Promise((done) => child.once("exit", done));
    await eventually("it is reaped", async () =>
      (await processes.info(child.pid ?? 0)) === undefined ? true : undefined,
    );
    expect(await processes.lineage(child.pid ?? 0)).toEqual([]);
    expect(processes.initialEnvironment(child.pid ?? 0)).toBeUndefined();
    expect(processes.hasOpen(child.pid ?? 0, "/dev/null")).toBe(false);
  });
});
