// The one door. Every mutation goes through `run`; policy/decide.ts decides, this enforces.
//
// R1 Nothing destructive or unknown is carried out without an allow, and what is carried out is the
//    very operation that was decided on.
// R2 After an answer at the prompt, or to a request that was waited for, the facts are gathered and
//    decided again.
// R3 A claim is carried through: `sending` before the request leaves, `result` after.
// R4 What is decided here is recorded before it happens, by whoever decides: the session's host what
//    it grants and refuses, the approvals store its claims, this process the rest. What cannot be
//    recorded is refused; an outcome that cannot be recorded is unknown.
// R5 What a session's grant covers asks no store: the host remembers what blocks.
// R6 Policy is asked about every operation, whatever covers it: before anything else, and again with
//    every second pass.

import type { Card } from "../policy/card.ts";
import { type Decision, decide, type Facts } from "../policy/decide.ts";
import type { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import { isLiftable, type Reason } from "../policy/reason.ts";
import type { LookUpNeed } from "../policy/session-grant.ts";
import {
  type Claim,
  claimFromSession,
  type Knock,
  knock,
  type LookedUp,
  tellReport,
  tellRefusal,
} from "../session/caller/claim.ts";
import type { SessionAround, StandingWorld } from "../session/caller/standing.ts";
import { type Ruled, ruleOn } from "./rule-on.ts";
import type { GateStores, Waiting } from "./stores.ts";

/** What became of something that was carried out, whatever carried it out. */
export interface Execution {
  readonly outcome: "succeeded" | "failed_no_effect" | "unknown";
  /** What the API answered, or the command's exit code as a status: for the record. */
  readonly response?: { readonly status: number };
  readonly error?: Failure;
}

export interface GateWorld<Op extends Operation, Result extends Execution> extends StandingWorld {
  /** Policy besides the machine's and the user's own: a file that whoever started this named. */
  readonly policyFile?: string;
  /** The doctor's directory, for the gateway that it tries: see rehearsal.ts. */
  readonly rehearsal?: string;
  /** --quiet: nobody is asked. */
  readonly quiet: boolean;
  /** No person is ever here: whoever answers is elsewhere. */
  readonly unattended?: boolean;
  /** Finds out what a wildcard or an organization's grant needs to know of this target. */
  readonly lookUp: (operation: Op, needs: readonly LookUpNeed[]) => Promise<LookedUp>;
  /** Looks up what a person should see before answering. */
  readonly describe: (operation: Op) => Promise<Card>;
  readonly ask: (card: Card) => Promise<NonNullable<Facts["answer"]>>;
  /** Everything that can fail before anything is sent, such as finding a token. */
  readonly prepare: (operation: Op, decision: Decision<Op>) => Promise<() => Promise<Result>>;
  /** Told which grant is used, just before the request leaves. */
  readonly onGranted: (decision: Decision<Op>, remaining: number | undefined) => void;
  /** Opens what a session's grant does not need: approvals, allowlist, policy, the audit log. */
  readonly stores: () => Promise<GateStores>;
  /** --wait: how long to wait for a person's answer, in milliseconds, and who is told of the wait. */
  readonly wait?: { readonly ms: number; readonly onWaiting: (waiting: Waiting) => void };
}

/** What became of an operation at the gate; `execution` is there when it was carried out. */
export interface GateResult<Op extends Operation, Result> {
  readonly decision: Decision<Op>;
  readonly execution?: Result;
  /** The request that waits for a person because of it; or why none does. */
  readonly waiting?: Waiting;
  readonly unasked?: string;
}

interface Gathered<Op extends Operation> {
  /** As policy sees it: with its class made irreversible, where policy does that. */
  readonly operation: Op;
  readonly facts: Facts;
  readonly remaining?: number;
  readonly claim?: Claim;
  /** A session to tell of a refusal, though it was not asked. */
  readonly around?: SessionAround;
  /** Open where the session alone did not decide. */
  readonly stores?: GateStores;
}

/**
 * Decides on `operation` and, when that allows it, carries it out.
 *
 * @param knocked a knock at the session that was begun already; without it `run` knocks itself
 */
export async function run<Op extends Operation, Result extends Execution>(
  operation: Op,
  world: GateWorld<Op, Result>,
  knocked?: Promise<Knock>,
): Promise<GateResult<Op, Result>> {
  const first = await gather(operation, world, "reserve", knocked);
  const decision = decide(first.operation, first.facts);
  if (decision.effect === "ask") {
    const answer = await world.ask(await world.describe(operation));
    const second = await gather(operation, world, "reserve");
    return carryOut(decide(second.operation, { ...second.facts, answer }), second, world);
  }
  const result = await carryOut(decision, first, world);
  if (result.waiting === undefined || world.wait === undefined) return result;
  world.wait.onWaiting(result.waiting);
  if (!(await first.stores?.answered(result.waiting, world.wait.ms)))
    return { ...result, unasked: "nobody answered in time" };
  const second = await gather(operation, world, "reserve");
  return carryOut(decide(second.operation, second.facts), second, world);
}

/** What `run` would decide now. Reserves nothing, asks nobody, files and sends nothing. */
export async function explain<Op extends Operation, Result extends Execution>(
  operation: Op,
  world: GateWorld<Op, Result>,
): Promise<Decision<Op>> {
  const { operation: ruled, facts } = await gather(operation, world, "peek");
  return decide(ruled, facts);
}

/** Where policy alone decides, no other fact matters, so none is gathered. */
const NOTHING_KNOWN: Facts = { session: { standing: "outside" }, person: { present: false } };

async function gather<Op extends Operation, Result extends Execution>(
  asked: Op,
  world: GateWorld<Op, Result>,
  type: "reserve" | "peek",
  knocked?: Promise<Knock>,
): Promise<Gathered<Op>> {
  const ruled = await ruleOn(asked, world);
  const { operation } = ruled;
  if (isDecidedByPolicy(ruled)) {
    const facts: Facts = { ...NOTHING_KNOWN, ...ruledFacts(ruled) };
    // Reads are not recorded.
    const isRead = ruled.ruling?.floor === "allow" && operation.impact === "read";
    return { operation, facts, ...(isRead ? {} : { stores: await world.stores() }) };
  }
  const gathered = await gatherFacts(operation, world, type, knocked ?? knock(world));
  return { ...gathered, operation, facts: { ...gathered.facts, ...ruledFacts(ruled) } };
}

const isDecidedByPolicy = ({ ruling, problem }: Ruled<Operation>): boolean =>
  problem !== undefined || ruling?.floor !== "ask";

const ruledFacts = ({ ruling, problem }: Ruled<Operation>): Partial<Facts> => ({
  ...(ruling === undefined ? {} : { ruling }),
  ...(problem === undefined ? {} : { problem }),
});

async function gatherFacts<Op extends Operation, Result extends Execution>(
  operation: Op,
  world: GateWorld<Op, Result>,
  type: "reserve" | "peek",
  knocked: Promise<Knock>,
): Promise<Omit<Gathered<Op>, "operation">> {
  const found = await knocked;
  const { fact, ...more } =
    found.kind === "fact"
      ? { fact: found.fact, around: type === "reserve" ? found.around : undefined }
      : await claimFromSession({
          ...found,
          world,
          operation,
          type,
          lookUp: (needs) => world.lookUp(operation, needs),
        });
  const { claim, remaining, around } = more as Partial<Gathered<Op>>;
  const gathered = {
    ...(around === undefined ? {} : { around }),
    ...(claim === undefined ? {} : { claim }),
    ...(remaining === undefined ? {} : { remaining }),
  };
  // Inside a session nobody is asked, so nobody is looked for.
  const person: Facts["person"] =
    fact.standing === "inside" ? { present: false } : await lookForPerson(world);
  const facts: Facts = { session: fact, person };
  if (fact.standing === "inside" && !isLiftable(fact.reason)) return { ...gathered, facts };
  const stores = await world.stores();
  return { ...gathered, facts: { ...facts, ...(await stores.facts(operation, fact)) }, stores };
}

async function lookForPerson(
  world: StandingWorld & { readonly quiet: boolean; readonly unattended?: boolean },
): Promise<Facts["person"]> {
  if (world.unattended === true) return { present: false };
  const { findPerson } = await import("../session/caller/person.ts");
  return findPerson(world, world.quiet);
}

async function carryOut<Op extends Operation, Result extends Execution>(
  decision: Decision<Op>,
  gathered: Gathered<Op>,
  world: GateWorld<Op, Result>,
): Promise<GateResult<Op, Result>> {
  if (decision.effect !== "allow") return refuse(decision, gathered, world);
  const { claim } = gathered;
  if (claim === undefined) return carryOutHere(decision, gathered, world);
  const act = await orDrop(claim, () => world.prepare(decision.operation, decision));
  const late = await claim.sending();
  if (late !== undefined)
    return { decision: decide(decision.operation, { ...gathered.facts, session: late }) };
  world.onGranted(decision, gathered.remaining);
  const execution = await orDrop(claim, act);
  claim.result(execution.outcome, execution.response?.status);
  return { decision, execution };
}

/** A yes that was given before: whoever runs the command is told what it rests on. */
const STANDING_YES: readonly Reason[] = ["approved", "allowlisted", "agent-unrestricted"];

/** Without a session's claim: by an answer, an approval, an entry, or because it is harmless (R4). */
async function carryOutHere<Op extends Operation, Result extends Execution>(
  decision: Decision<Op>,
  { facts, stores }: Gathered<Op>,
  world: GateWorld<Op, Result>,
): Promise<GateResult<Op, Result>> {
  const act = await world.prepare(decision.operation, decision);
  if (decision.reason === "not-destructive" && decision.operation.impact === "read")
    return { decision, execution: await act() };
  if (stores === undefined) throw new Error("nothing to record the decision with");
  const begun = await stores.begin(decision, facts.session);
  if ("decision" in begun) return { decision: begun.decision as Decision<Op> };
  if (STANDING_YES.includes(decision.reason)) world.onGranted(decision, undefined);
  try {
    const execution = await act();
    await begun.end(execution.outcome, execution.response?.status);
    await report(decision, facts, world, execution);
    return { decision, execution };
  } catch (error) {
    await begun.end("unknown");
    throw error;
  }
}

/** A session that did not grant it has it on its receipt all the same. */
async function report<Op extends Operation>(
  decision: Decision<Op>,
  { session }: Facts,
  world: StandingWorld,
  { outcome, response }: Execution,
): Promise<void> {
  if (session.standing !== "inside") return;
  await tellReport(world, decision.operation, decision.reason, outcome, response?.status);
}

async function refuse<Op extends Operation, Result extends Execution>(
  decision: Decision<Op>,
  { claim, around, facts, stores }: Gathered<Op>,
  world: GateWorld<Op, Result>,
): Promise<GateResult<Op, Result>> {
  claim?.drop();
  const { operation, reason } = decision;
  if (around !== undefined) await tellRefusal(around, world.env, operation, reason);
  // R4: nobody else has recorded what never reached a host.
  const isUnheard = reason === "record-refused" || reason === "unsupported-platform";
  const open = stores ?? (isUnheard ? await world.stores() : undefined);
  if (open === undefined) return { decision };
  await open.refused(decision, facts.session);
  if (!isLiftable(reason)) return { decision };
  const waiting = await open.file(decision, facts, () => world.describe(operation));
  return "unasked" in waiting ? { decision, ...waiting } : { decision, waiting };
}

/** Whatever fails on the way lets the claim go: what was not sent returns, the rest is unknown. */
async function orDrop<Result>(claim: Claim, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    claim.drop();
    throw error;
  }
}
