// Saved plans: `<config>/gateway/plans/ID/`, private, one directory for each.
//
// K1 A plan is there whole or not at all: its directory gets its name when everything is in it.
// K2 It is claimed once, by a file that only one can make, before terraform is started; there is no
//    way back. What became of it is written once. Nothing that was written is ever rewritten.
// K3 Whoever is killed after the claim leaves a plan that is unknown: it is never tried again, and its
//    output stays.
// K4 Only what was never claimed expires.
// K5 The plan file, which holds sensitive values, goes as soon as it cannot be applied any more.

import { randomBytes, randomInt } from "node:crypto";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Processes } from "../../system/processes.ts";
import {
  checkPrivateDirectory,
  createPrivateFile,
  ensurePrivateDirectory,
  UnsafeFile,
} from "../../system/safe-file.ts";
import {
  FILES,
  makePrivate,
  privateDigest,
  readEnds,
  readJson,
  readText,
  writeOnce,
} from "./files.ts";
import { isGone, owner, thisOwner } from "./owner.ts";
import {
  PLAN_ID,
  type PlanOutcome,
  type PlanRecord,
  type PlanStatus,
  planOutcome,
  planRecord,
} from "./record.ts";
import { sweepPlans } from "./sweep.ts";
import { requirePlanned } from "./usable.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_LENGTH = 8;

const SWEEP_MS = 10 * 60_000;
const lastSweeps = new Map<string, number>();

/** A plan that is being made. */
export interface PlanDraft {
  readonly directory: string;
  /** Where terraform shall write it. */
  readonly planFile: string;
}

export interface StoredPlan {
  readonly record: PlanRecord;
  readonly status: PlanStatus;
  readonly outcome?: PlanOutcome;
}

type Redact = (text: string) => string;

export class PlanStore {
  readonly #directory: string;
  readonly #processes: Processes;
  readonly #now: () => number;

  constructor(configDirectory: string, processes: Processes, now: () => number = Date.now) {
    this.#directory = join(configDirectory, "gateway", "plans");
    this.#processes = processes;
    this.#now = now;
  }

  /** A directory to make a plan in. @throws Failure `plan-store` */
  async draft(): Promise<PlanDraft> {
    const maker = JSON.stringify(await thisOwner(this.#processes));
    return this.#usable(() => {
      ensurePrivateDirectory(join(this.#directory, ".."));
      ensurePrivateDirectory(this.#directory);
      const directory = join(this.#directory, `.new-${randomBytes(8).toString("hex")}`);
      ensurePrivateDirectory(directory);
      createPrivateFile(join(directory, FILES.maker), maker);
      return { directory, planFile: join(directory, FILES.plan) };
    });
  }

  /** The plan file's digest, once it is only ours. @throws Failure */
  seal({ planFile }: PlanDraft): string {
    return this.#usable(() => {
      const digest = privateDigest(planFile);
      makePrivate(planFile);
      return digest;
    });
  }

  /** Gives a draft its id (K1). @throws Failure */
  publish({ directory }: PlanDraft, record: Omit<PlanRecord, "id">, masked: unknown): PlanRecord {
    return this.#usable(() => {
      const id = Array.from({ length: ID_LENGTH }, () => ALPHABET[randomInt(32)]).join("");
      const whole = planRecord.parse({ ...record, id });
      createPrivateFile(join(directory, FILES.masked), `${JSON.stringify(masked)}\n`);
      createPrivateFile(join(directory, FILES.record), `${JSON.stringify(whole)}\n`);
      rmSync(join(directory, FILES.maker));
      // Fails where the name is taken: nothing is ever replaced.
      renameSync(directory, this.#at(id));
      return whole;
    });
  }

  discard({ directory }: PlanDraft): void {
    rmSync(directory, { recursive: true, force: true });
  }

  /** @throws Failure `no-plan`, `plan-store` */
  async read(typed: string): Promise<StoredPlan> {
    const id = typed.toUpperCase();
    const record = this.#usable(() => {
      if (!PLAN_ID.test(id) || !this.#isThere(id)) return undefined;
      checkPrivateDirectory(this.#at(id));
      return readJson(this.#at(id, FILES.record), planRecord);
    });
    if (record?.id !== id)
      throw new Failure("no-plan", `there is no plan ${JSON.stringify(typed)}`, {
        exitCode: EXIT.notFound,
        fix: "terraform_plan makes one, and says its id",
      });
    const { outcome, status } = await this.#standing(record);
    return { record, status, ...(outcome === undefined ? {} : { outcome }) };
  }

  /** Where the plan file of a published plan is. */
  planFile(id: string): string {
    return this.#at(id, FILES.plan);
  }

  /** Where the output of its apply goes while it runs. */
  rawOutput(id: string): string {
    return this.#at(id, FILES.raw);
  }

  /** SHA-256 of the plan file as it is now, hex. @throws Failure */
  digest(id: string): string {
    return this.#usable(() => privateDigest(this.planFile(id)));
  }

  /** The masked JSON of the plan. @throws Failure */
  masked(id: string): string | undefined {
    return this.#usable(() => readText(this.#at(id, FILES.masked)));
  }

  /** What its apply has said so far. @throws Failure */
  output(id: string, redact: (text: string) => string): string | undefined {
    return this.#usable(() => {
      const raw = readEnds(this.#at(id, FILES.raw));
      return readText(this.#at(id, FILES.output)) ?? (raw === undefined ? raw : redact(raw));
    });
  }

  /** Takes the plan, once and for all (K2). @throws Failure `plan-used`, `plan-expired` */
  async claim(id: string): Promise<void> {
    const { record, status } = await this.read(id);
    requirePlanned(record, status);
    const claim = JSON.stringify(await thisOwner(this.#processes));
    if (this.#usable(() => writeOnce(this.#at(id, FILES.claim), claim))) return;
    requirePlanned(record, "applying");
  }

  /** Writes down what became of it; what was there before stays (K2). @throws Failure */
  finish(id: string, outcome: Omit<PlanOutcome, "version" | "at">, redact: Redact): void {
    this.#usable(() => {
      const at = new Date(this.#now()).toISOString();
      const text = JSON.stringify({ version: 1, at, ...outcome });
      writeOnce(this.#at(id, FILES.outcome), text);
      const raw = readEnds(this.#at(id, FILES.raw));
      if (raw !== undefined) writeOnce(this.#at(id, FILES.output), redact(raw));
      for (const name of [FILES.plan, FILES.raw]) rmSync(this.#at(id, name), { force: true });
    });
  }

  /** Removes what cannot be of use any more (K5). Never fails. */
  sweep(redact: Redact): Promise<void> {
    return sweepPlans(this.#directory, {
      ...{ store: this, processes: this.#processes, now: this.#now(), redact },
    });
  }

  /** As `sweep`, unless this process has done so a moment ago. */
  async sweepSometimes(redact: Redact): Promise<void> {
    if (this.#now() - (lastSweeps.get(this.#directory) ?? 0) < SWEEP_MS) return;
    lastSweeps.set(this.#directory, this.#now());
    await this.sweep(redact);
  }

  async #standing(record: PlanRecord): Promise<Pick<StoredPlan, "status" | "outcome">> {
    const outcomeOf = () =>
      this.#usable(() => readJson(this.#at(record.id, FILES.outcome), planOutcome));
    const outcome = outcomeOf();
    if (outcome !== undefined) return { status: outcome.status, outcome };
    const claim = this.#usable(() => readText(this.#at(record.id, FILES.claim)));
    if (claim === undefined)
      return { status: this.#now() < Date.parse(record.expiresAt) ? "planned" : "expired" };
    if (!(await this.#isOver(claim))) return { status: "applying" };
    // It may have ended well just before it went.
    const late = outcomeOf();
    return late === undefined ? { status: "unknown" } : { status: late.status, outcome: late };
  }

  async #isOver(claim: string): Promise<boolean> {
    const claimer = owner.safeParse(parsedJson(claim));
    return !claimer.success || isGone(claimer.data, this.#processes);
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory);
    } catch {
      return [];
    }
  }

  #isThere(id: string): boolean {
    return this.#names().includes(id);
  }

  #at(id: string, ...rest: readonly string[]): string {
    return join(this.#directory, id, ...rest);
  }

  #usable<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof Failure) throw error;
      const fix = error instanceof UnsafeFile ? error.fix : undefined;
      const why =
        error instanceof UnsafeFile ? error.message : `${this.#directory}: ${firstLine(error)}`;
      throw new Failure("plan-store", `the store of plans cannot be used: ${why}`, {
        exitCode: EXIT.refused,
        fix: fix ?? `plan again; if that fails too: rm -r ${this.#directory}`,
      });
    }
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
