// `holdfast gateway doctor`: does the gateway, under your policy, stop what it must stop?
//
// B1 A real gateway process, this very holdfast, is asked by a real client, under the policy that holds:
//    the machine's, the user's and `--policy FILE`. Only places are others (gate/rehearsal.ts).
// B2 Nothing outside the doctor's directory changes, and that goes when it ends, whatever ends it.

import { setMaxListeners } from "node:events";
import type { Operation } from "../policy/operation.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { movedPlace } from "../gate/moved-places.ts";
import { agentInEnvironment } from "../session/agents.ts";
import { openProcesses } from "../system/open-processes.ts";
import { SESSION_VARIABLE } from "../system/places.ts";
import { type CheckGroup, type CheckResult, runCheck } from "./doctor/check.ts";
import { GROUPS, LAST } from "./doctor/checks.ts";
import { type DoctorSurroundings, makePlace, type Place } from "./doctor/place.ts";
import { openStageGateway, type Stage } from "./doctor/stage.ts";
import { environmentGiven } from "../policy/environment-given.ts";
import { asUsage } from "./gateway.ts";

export type { CheckResult } from "./doctor/check.ts";

export interface DoctorOptions {
  /** As typed: checked here. */
  readonly environment: string | undefined;
  /** Path of one more policy file, as typed. */
  readonly policy?: string | undefined;
}

export interface DoctorContext extends DoctorSurroundings {
  /** Aborted: everything is put away, and the doctor ends. */
  readonly signal: AbortSignal;
}

/** What a run came to, and what it was about. */
export interface Examination {
  readonly environment: string;
  /** The policy's files, as they are found outside; none: the built-in policy. */
  readonly files: readonly string[];
  readonly results: readonly CheckResult[];
}

/**
 * Runs every check.
 *
 * @param onResults told the results of each group, in the table's order, as soon as they are known
 * @throws Failure, exit 1: no such environment; a policy that cannot be used; a place from which no
 *   gateway could be tried. The signal's reason, when it was aborted.
 */
export async function examineGateway(
  { environment, policy }: DoctorOptions,
  context: DoctorContext,
  onResults: (results: readonly CheckResult[]) => void,
): Promise<Examination> {
  const { holdfast, signal } = context;
  // Every call that is under way listens.
  setMaxListeners(0, signal);
  const served = environmentGiven(environment);
  const place = await makePlace(context, policy).catch(asUsage);
  try {
    await requireOwnStores(place, context.env);
    const waiting = { environment: served, policy: place.policy, place, holdfast, signal };
    const gateway = await openStageGateway(waiting);
    try {
      const results = await runGroups({ ...waiting, gateway }, onResults);
      signal.throwIfAborted();
      const files = place.policy.files.map((file) => outside(file, place));
      return { environment: served, files, results };
    } finally {
      await gateway.close();
    }
  } finally {
    place.close();
  }
}

async function runGroups(
  stage: Stage,
  onResults: (results: readonly CheckResult[]) => void,
): Promise<CheckResult[]> {
  const all: CheckResult[] = [];
  const tell = async (running: readonly Promise<CheckResult[]>[]) => {
    // Whichever fails first, none is left behind unheard.
    const settled = Promise.allSettled(running);
    for (const group of running) {
      const results = await group;
      all.push(...results);
      onResults(results);
    }
    await settled;
  };
  await tell(GROUPS.map((group) => runGroup(group, stage)));
  await tell(LAST.map((group) => runGroup(group, stage)));
  return all;
}

async function runGroup({ title, checks }: CheckGroup, stage: Stage): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    stage.signal.throwIfAborted();
    const result = await runCheck(check, title, stage);
    results.push(named(result, stage.place));
  }
  stage.signal.throwIfAborted();
  return results;
}

/** The path of a policy's copy as the path of the policy. */
const outside = (text: string, { copied }: Place): string =>
  copied.reduce((so, [copy, original]) => so.replaceAll(copy, original), text);

function named(result: CheckResult, place: Place): CheckResult {
  const text = outside(result.text, place);
  if (!("rule" in result) || result.rule === undefined) return { ...result, text };
  return { ...result, text, rule: { ...result.rule, where: outside(result.rule.where, place) } };
}

/** Under an agent, or in a session, the gate uses the stores that those were started with, and no others. */
async function requireOwnStores({ env }: Place, own: DoctorContext["env"]): Promise<void> {
  const world = { env, home: env.HOME ?? "", processes: await openProcesses() };
  const isOurs = agentInEnvironment((name) => own[name]) === undefined && !own[SESSION_VARIABLE];
  if (isOurs && (await movedPlace(world, { kind: "command" } as Operation)) === undefined) return;
  throw new Failure(
    "not-from-here",
    "under an agent or in a session the gate uses that one's stores alone, and a rehearsal has its own",
    { exitCode: EXIT.usage, fix: "run it from a terminal of your own" },
  );
}
