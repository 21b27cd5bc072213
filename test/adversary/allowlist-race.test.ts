// Sixteen processes that change one allowlist at once, and are killed at random while they do.
//
// In CI each makes HOLDFAST_RACE_ROUNDS changes (default 25); the full form is
//   HOLDFAST_RACE_ROUNDS=200 npx vitest run test/adversary/allowlist-race.test.ts

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAllowlist } from "../../src/grants/allowlist/read.ts";
import { addEntry } from "../../src/grants/allowlist/write.ts";
import { type Bundle, bundle } from "../support/bundle.ts";

const ROUNDS = Number(process.env.HOLDFAST_RACE_ROUNDS ?? 25);
const WRITERS = 16;
/** One in so many changes ends with the writer being killed somewhere in it. */
const KILLED_ONE_IN = 12;

interface Answer {
  readonly added?: string;
  readonly pattern?: string;
  readonly isNew?: boolean;
  readonly removed?: string;
  readonly found?: boolean;
  readonly failed?: string;
}

/** What was acknowledged, and what was asked of a writer that died before it answered. */
class Ledger {
  readonly added = new Map<string, string>();
  readonly removed = new Set<string>();
  readonly perhapsRemoved = new Set<string>();
  readonly failures: string[] = [];
  changes = 0;
  kills = 0;

  note(answer: Answer): void {
    if (answer.failed !== undefined) this.failures.push(answer.failed);
    if (answer.added !== undefined && answer.pattern !== undefined) {
      this.added.set(answer.added, answer.pattern);
      if (answer.isNew === true) this.changes++;
    }
    if (answer.removed !== undefined) {
      this.removed.add(answer.removed);
      if (answer.found === true) this.changes++;
    }
  }
}

let program: Bundle;
let directory: string;
beforeAll(() => {
  program = bundle("test/support/allowlist-writer.ts");
  directory = mkdtempSync(join(tmpdir(), "hf-"));
});
afterAll(() => {
  program.remove();
  rmSync(directory, { recursive: true, force: true });
});

const pick = <T>(items: readonly T[]): T | undefined =>
  items[Math.floor(Math.random() * items.length)];

/** Three in ten are removals, one in five of the rest adds what the others add too. */
function nextChange(writer: number, round: number, ledger: Ledger): string {
  const standing = [...ledger.added.keys()].filter((id) => !ledger.removed.has(id));
  const victim = pick(standing);
  if (victim !== undefined && Math.random() < 0.3) return `remove ${victim}`;
  if (Math.random() < 0.2) return `add * /bin/common-${round % 10}`;
  return `add main /bin/w${writer}-${round}`;
}

class Hand {
  #child: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;

  #start(): ChildProcess {
    const child = spawn(process.execPath, [program.file, directory], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    // It may be dead before it has read what it is told.
    child.stdin?.on("error", () => {});
    if (child.stdout === null) throw new Error("no stdout");
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return child;
  }

  /** The writer's answer; undefined: it was killed before it gave one. */
  async ask(change: string, killed: boolean): Promise<Answer | undefined> {
    const child = this.#child ?? this.#start();
    child.stdin?.write(`${change}\n`);
    if (killed) {
      await setTimeout(Math.random() * 12);
      child.kill("SIGKILL");
    }
    const line = await this.#lines?.next();
    if (killed) this.#child = undefined;
    return line === undefined || line.done ? undefined : JSON.parse(line.value);
  }

  end(): void {
    this.#child?.stdin?.end();
  }
}

async function work(writer: number, ledger: Ledger): Promise<void> {
  const hand = new Hand();
  for (let round = 0; round < ROUNDS; round++) {
    const change = nextChange(writer, round, ledger);
    const isKilled = Math.random() * KILLED_ONE_IN < 1;
    if (isKilled) ledger.kills++;
    // Whoever removes says so before: what was asked for may have happened.
    const [verb, id = ""] = change.split(" ");
    if (verb === "remove") ledger.perhapsRemoved.add(id);
    const answer = await hand.ask(change, isKilled);
    if (answer !== undefined) ledger.note(answer);
  }
  hand.end();
}

/** Reads as fast as it can; every read must be a valid file, and no older than the one before. */
async function watchReads(until: Promise<unknown>): Promise<number> {
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  let reads = 0;
  for (let revision = 0; !isOver; reads++) {
    const found = readAllowlist(directory);
    expect(found.revision).toBeGreaterThanOrEqual(revision);
    revision = found.revision;
    await setTimeout(1);
  }
  return reads;
}

describe("U1, U3, K1, K2: many writers, killed at random", () => {
  it(
    `44749, 78225, 103515: ${WRITERS} writers, ${ROUNDS} changes each: none is lost, none comes back`,
    async () => {
      const ledger = new Ledger();
      const all = Promise.all(Array.from({ length: WRITERS }, (_, n) => work(n, ledger)));
      const reads = await watchReads(all);
      await all;
      expect(ledger.failures).toEqual([]);
      expect(ledger.kills).toBeGreaterThan(5);
      expect(ledger.changes).toBeGreaterThan(WRITERS * ROUNDS * 0.4);
      expect(reads).toBeGreaterThan(20);

      // A last change publishes what a killed writer decided, and clears away what it left.
      await addEntry(directory, "main", { pattern: "/bin/last", origin: "added" });
      const { agents, revoked, revision } = readAllowlist(directory);
      const entries = Object.values(agents).flatMap((agent) => agent.entries);
      const ids = new Set(entries.map(({ id }) => id));
      const lost = [...ledger.added.keys()].filter(
        (id) => !ids.has(id) && !ledger.perhapsRemoved.has(id),
      );
      expect(lost).toEqual([]);
      expect([...ledger.removed].filter((id) => ids.has(id))).toEqual([]);
      const remembered = new Set(revoked.map(({ id }) => id));
      if (remembered.size < 1000)
        expect([...ledger.removed].filter((id) => !remembered.has(id))).toEqual([]);
      // Each change is one revision, and only a killed writer's may be there without an answer.
      expect(revision).toBeGreaterThanOrEqual(ledger.changes + 1);
      expect(revision).toBeLessThanOrEqual(ledger.changes + 1 + ledger.kills);
      const patterns = entries.map(({ pattern }) => pattern);
      expect(new Set(patterns).size).toBe(patterns.length);
      expect(readdirSync(directory).sort()).toEqual(["allowlist.json", "allowlist.json.turns"]);
      const [turn, ...others] = readdirSync(join(directory, "allowlist.json.turns"));
      expect(others).toEqual([]);
      expect(readdirSync(join(directory, "allowlist.json.turns", turn ?? ""))).toEqual([]);
    },
    60_000 + ROUNDS * 2000,
  );
});
