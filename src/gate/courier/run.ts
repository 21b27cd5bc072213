// Takes what is due from the outbox and delivers it, until nothing is left.
//
// K1 A notice is delivered at least once while its request is pending: it is taken for a while, and who
//    dies in between leaves it to the next. Tries of one notice bear the same delivery id.
// K2 Nobody is told of a request that is not pending any more.
// K3 What a receiver does holds up only its own notice, and no gate: couriers are processes of their own.

import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ApprovalStore, Notice } from "../../grants/approvals/store.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Environment } from "../../system/proxy.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { ALWAYS, type Turn } from "./turn.ts";

/** What a courier needs of a store. */
export type Outbox = Pick<ApprovalStore, "takeNotice" | "settleNotice" | "nextNoticeMs">;

export interface CourierOptions {
  /** Ends it: what is under way is given up, and left to the next. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970; for the timestamp that is signed. */
  readonly now?: () => number;
  /** For HTTPS_PROXY and NO_PROXY. */
  readonly env?: Environment;
  /** Whether it may wait for what is due later. */
  readonly turn?: Turn;
  /** Tests alone say other times. */
  readonly times?: CourierTimes;
}

/** In milliseconds. */
export interface CourierTimes {
  /** One try, from the look-up of the name to the end of the answer. */
  readonly tryMs: number;
  /** How long a notice is taken for: longer than a try. */
  readonly leaseMs: number;
  /** Before the second try. */
  readonly againMs: number;
  /** Others file and settle too, and clocks are set: the outbox is looked at this often at least. */
  readonly lookMs: number;
}

const TIMES: CourierTimes = { tryMs: 10_000, leaseMs: 30_000, againMs: 5000, lookMs: 15_000 };
/** Then a notice is given up. */
export const MOST_TRIES = 8;
const LONGEST_WAIT_MS = 10 * 60_000;
const MOST_AT_ONCE = 4;
const SHORTEST_PAUSE_MS = 50;

/**
 * Delivers until no notice is left, or the signal says so.
 *
 * @throws Failure of the store; what was taken is delivered by the next courier
 */
export async function runCourier(
  store: Outbox,
  policy: Policy,
  options: CourierOptions,
): Promise<void> {
  const { signal, turn = ALWAYS, times = TIMES } = options;
  try {
    while (!signal.aborted) {
      await deliverDue(store, policy, options);
      if ((await store.nextNoticeMs()) === undefined) turn.letGo();
      // After letting go (W2): it may have been filed in between.
      const nextMs = await store.nextNoticeMs();
      if (nextMs === undefined || signal.aborted || !(await turn.mayStay())) return;
      await waitFor(Math.min(times.lookMs, Math.max(SHORTEST_PAUSE_MS, nextMs)), signal);
    }
  } finally {
    turn.letGo();
  }
}

/** Delivers what is due now, a few at a time; looks at the store with one question after another. */
async function deliverDue(store: Outbox, policy: Policy, options: CourierOptions): Promise<void> {
  const { leaseMs } = options.times ?? TIMES;
  const underWay = new Set<Promise<void>>();
  const inTurn = oneByOne();
  const problems: unknown[] = [];
  try {
    while (!options.signal.aborted && problems.length === 0) {
      if (underWay.size === MOST_AT_ONCE) await Promise.race(underWay);
      const notice = await inTurn(() => store.takeNotice(leaseMs));
      if (notice === undefined && underWay.size === 0) break;
      if (notice === undefined) {
        await Promise.race(underWay);
        continue;
      }
      const one = handle(notice, policy, options)
        .then((result) => result && inTurn(() => store.settleNotice(notice.id, result)))
        .catch((error: unknown) => void problems.push(error))
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (problems.length > 0) throw problems[0];
}

type Settled = Parameters<ApprovalStore["settleNotice"]>[1];

/** Undefined: interrupted; the notice stays taken until its lease ends. */
async function handle(
  notice: Notice,
  policy: Policy,
  { signal, env = process.env, now = Date.now, times = TIMES }: CourierOptions,
): Promise<Settled | undefined> {
  const { state } = notice.request;
  if (state !== "pending")
    return { delivered: false, againMs: undefined, error: `not told: it is ${state}` };
  const { webhooks } = policy.approvals;
  const delivery = await deliver(notice, webhooks, { env, now, signal, timeoutMs: times.tryMs });
  if (delivery.delivered) return { delivered: true };
  if (signal.aborted) return undefined;
  const { error } = delivery;
  return { delivered: false, againMs: againIn(notice.tries + 1, delivery, times.againMs), error };
}

/** When to try again after that many tries: twice as late each time, and never all at the same moment. */
function againIn(
  tries: number,
  delivery: Delivery & { delivered: false },
  firstMs: number,
): number | undefined {
  if (!delivery.again || tries >= MOST_TRIES) return undefined;
  const fullMs = firstMs * 2 ** (tries - 1);
  const jitteredMs = fullMs / 2 + randomInt(Math.max(1, Math.ceil(fullMs / 2)));
  return Math.min(LONGEST_WAIT_MS, Math.max(jitteredMs, delivery.afterMs ?? 0));
}

/** Runs what it is given one after the other, whatever comes of each. */
function oneByOne(): <Value>(act: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const mine = last.then(act, act);
    last = mine.catch(() => {});
    return mine;
  };
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {});
}
