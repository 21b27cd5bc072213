// Takes away what is of no use any more: drafts of the dead, plan files that cannot be applied, records
// that nobody needs. What an apply of the dead has said is settled, once it says nothing more.

import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Processes } from "../../system/processes.ts";
import { FILES, readJson } from "./files.ts";
import { isGone, owner } from "./owner.ts";
import { PLAN_ID } from "./record.ts";
import type { PlanStore } from "./store.ts";

const DRAFT = /^\.new-[0-9a-f]{16}$/;
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a record is kept after its plan could last be applied. */
const KEPT_MS = 30 * DAY_MS;
/** An apply whose gateway is dead may still be running: for so long after its last word. */
const SILENT_MS = HOUR_MS;

interface Sweeping {
  readonly store: Pick<PlanStore, "read" | "finish">;
  readonly processes: Processes;
  readonly now: number;
  readonly redact: (text: string) => string;
}

/** Never fails: what is odd stays where it is, and whoever reads it will hear of it. */
export async function sweepPlans(directory: string, sweeping: Sweeping): Promise<void> {
  for (const name of namesIn(directory))
    try {
      if (DRAFT.test(name)) await sweepDraft(join(directory, name), sweeping);
      else if (PLAN_ID.test(name)) await sweepPlan(join(directory, name), name, sweeping);
    } catch {
      // As above.
    }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

async function sweepDraft(draft: string, { processes, now }: Sweeping): Promise<void> {
  const maker = readJson(join(draft, FILES.maker), owner);
  const isOld = now - statSync(draft).mtimeMs > DAY_MS;
  if (maker === undefined ? isOld : await isGone(maker, processes))
    rmSync(draft, { recursive: true, force: true });
}

async function sweepPlan(plan: string, id: string, sweeping: Sweeping): Promise<void> {
  const { store, now, redact } = sweeping;
  const { record, status, outcome } = await store.read(id);
  if (status === "planned" || status === "applying") return;
  if (now - Date.parse(record.expiresAt) > KEPT_MS) rmSync(plan, { recursive: true, force: true });
  else if (status === "expired") rmSync(join(plan, FILES.plan), { force: true });
  else if (outcome === undefined && now - lastWord(plan) > SILENT_MS)
    store.finish(id, { status: "unknown", why: "whatever applied it was killed" }, redact);
}

function lastWord(plan: string): number {
  const found = [FILES.raw, FILES.claim].map((name) =>
    statSync(join(plan, name), { throwIfNoEntry: false }),
  );
  return Math.max(...found.map((each) => each?.mtimeMs ?? 0));
}
