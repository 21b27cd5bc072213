// The one door. Every mutation goes through `run`; policy/decide.ts decides, this enforces.
//
// R1 Nothing destructive or unknown is sent without an allow, and what is sent is the very operation
//    that was decided on.
// R2 After an answer at the prompt the facts are gathered and decided again.
// R3 A claim is carried through: `sending` before the request leaves, `result` after.

import type { Card } from "../policy/card.ts";
import { type Decision, decide, type Facts } from "../policy/decide.ts";
import { isHarmless, type Operation } from "../policy/operation.ts";
import type { LookUpNeed } from "../policy/session-grant.ts";
import {
  type Claim,
  claimFromSession,
  type Knock,
  knock,
  type LookedUp,
  tellRefusal,
} from "../session/caller/claim.ts";
import type { SessionAround, StandingWorld } from "../session/caller/standing.ts";
import type { ExecutionResult, Send } from "./executors/hcp.ts";

export interface GateWorld extends StandingWorld {
  /** --quiet: nobody is asked. */
  readonly quiet: boolean;
  /** Finds out what a wildcard or an organization's grant needs to know of this target. */
  readonly lookUp: (operation: Operation, needs: readonly LookUpNeed[]) => Promise<LookedUp>;
  /** Looks up what a person should see before answering. */
  readonly describe: (operation: Operation) => Promise<Card>;
  readonly ask: (card: Card) => Promise<NonNullable<Facts["answer"]>>;
  /** Everything that can fail before anything is sent, such as finding a token. */
  readonly prepare: (operation: Operation) => Promise<Send>;
  /** Told when a session's grant is used, just before the request leaves. */
  readonly onGranted: (decision: Decision, remaining: number | undefined) => void;
}

/** What became of an operation at the gate; `execution` is there when it was sent. */
export interface GateResult {
  readonly decision: Decision;
  readonly execution?: ExecutionResult;
}

interface Gathered {
  readonly facts: Facts;
  readonly remaining?: number;
  readonly claim?: Claim;
  /** A session to tell of a refusal, though it was not asked. */
  readonly around?: SessionAround;
}

/**
 * Decides on `operation` and, when that allows it, carries it out.
 *
 * @param knocked a knock at the session that was begun already; without it `run` knocks itself
 */
export async function run(
  operation: Operation,
  world: GateWorld,
  knocked?: Promise<Knock>,
): Promise<GateResult> {
  if (isHarmless(operation)) {
    const decision = decide(operation, HARMLESS);
    return { decision, execution: await (await world.prepare(decision.operation))() };
  }
  const first = await gather(operation, world, "reserve", knocked);
  const decision = decide(operation, first.facts);
  if (decision.effect !== "ask") return carryOut(decision, first, world);
  const answer = await world.ask(await world.describe(operation));
  const second = await gather(operation, world, "reserve");
  return carryOut(decide(operation, { ...second.facts, answer }), second, world);
}

/** What `run` would decide now. Reserves nothing, asks nobody, sends nothing. */
export async function explain(operation: Operation, world: GateWorld): Promise<Decision> {
  if (isHarmless(operation)) return decide(operation, HARMLESS);
  return decide(operation, (await gather(operation, world, "peek")).facts);
}

/** For what is harmless no fact matters, so none is gathered. */
const HARMLESS: Facts = { session: { standing: "outside" }, person: { present: false } };

async function gather(
  operation: Operation,
  world: GateWorld,
  type: "reserve" | "peek",
  knocked: Promise<Knock> = knock(world),
): Promise<Gathered> {
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
  // Inside a session nobody is asked, so nobody is looked for.
  const person: Facts["person"] =
    fact.standing === "inside" ? { present: false } : await lookForPerson(world);
  const { claim, remaining, around } = more as Omit<Gathered, "facts">;
  return {
    facts: { session: fact, person },
    ...(around === undefined ? {} : { around }),
    ...(claim === undefined ? {} : { claim }),
    ...(remaining === undefined ? {} : { remaining }),
  };
}

async function lookForPerson(world: GateWorld): Promise<Facts["person"]> {
  const { findPerson } = await import("../session/caller/person.ts");
  return findPerson(world, world.quiet);
}

async function carryOut(
  decision: Decision,
  gathered: Gathered,
  world: GateWorld,
): Promise<GateResult> {
  const { claim, facts, around } = gathered;
  if (decision.effect !== "allow") {
    claim?.drop();
    if (around !== undefined)
      await tellRefusal(around, world.env, decision.operation, decision.reason);
    return { decision };
  }
  const send = await orDrop(claim, () => world.prepare(decision.operation));
  if (claim !== undefined) {
    const late = await claim.sending();
    if (late !== undefined)
      return { decision: decide(decision.operation, { ...facts, session: late }) };
    world.onGranted(decision, gathered.remaining);
  }
  const execution = await orDrop(claim, send);
  claim?.result(execution.outcome, execution.response?.status);
  return { decision, execution };
}

/** Whatever fails on the way lets the claim go: what was not sent returns, the rest is unknown. */
async function orDrop<Result>(
  claim: Claim | undefined,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    claim?.drop();
    throw error;
  }
}
