// The walk-through: every step in its order, on a stand-in and in a place of its own.
//
// D7 However it ends, no process, no file and no port is left behind.

import type { Environment } from "../system/places.ts";
import type { Shown } from "./checks.ts";
import { Person } from "./person.ts";
import { openPlayground, type Playground } from "./playground.ts";
import { Scene, type Stage } from "./scene.ts";
import { Shell } from "./shell.ts";
import { type StandIn, startStandIn } from "./stand-in/server.ts";
import { STEPS } from "./steps.ts";
import type { Step } from "./steps/step.ts";

export interface WalkThroughOptions {
  readonly env: Environment;
  /** The words that start this very holdfast: Node and the script. */
  readonly executable: readonly [string, string];
  /** Ends the walk-through at once. */
  readonly signal: AbortSignal;
  /** Whether a person could answer a command with that environment; without it nobody can. */
  readonly findPerson?: (env: Environment) => Promise<boolean>;
  /** Whether this process runs under an agent. */
  readonly isUnderAgent?: boolean;
  /** How long they may think, in milliseconds. */
  readonly patienceMs?: number;
  /** The person pressed Ctrl-C at a question: the signal should be given. */
  readonly onInterrupted?: () => void;
  readonly onStep: (number: number, title: string) => void;
  /** A command of the step is over, or runs on. */
  readonly onShown?: (shown: Shown) => void;
  /** The person is about to be asked with this command. */
  readonly onTurn?: (command: string) => void;
  readonly onResult: (result: StepResult) => void;
}

export interface StepResult {
  /** From 1. */
  readonly number: number;
  readonly title: string;
  readonly commands: readonly Shown[];
  /** What it showed; absent when it did not go as told, or was skipped. */
  readonly showed?: string;
  /** Why it was not played, and what it would have shown. */
  readonly skipped?: string;
  readonly about?: string;
  /** What did not go as told; empty when all did. */
  readonly problems: readonly string[];
  readonly milliseconds: number;
}

export interface WalkThrough {
  readonly ok: boolean;
  readonly steps: readonly StepResult[];
  readonly milliseconds: number;
}

/**
 * Plays the steps until one does not go as told, or the signal is given.
 * @throws UnusableDirectory; the error of `listen` when loopback cannot be used
 */
export async function walkThrough(options: WalkThroughOptions): Promise<WalkThrough> {
  const started = performance.now();
  const standIn = await startStandIn();
  try {
    const { url, token } = standIn;
    const playground = openPlayground({ ...options, api: { url, token } });
    const steps = await playAll(playground, standIn, options);
    const ok =
      steps.length === STEPS.length && steps.every(({ problems }) => problems.length === 0);
    return { ok, steps, milliseconds: performance.now() - started };
  } finally {
    await standIn.close();
  }
}

/** D7 */
async function playAll(
  playground: Playground,
  standIn: StandIn,
  options: WalkThroughOptions,
): Promise<StepResult[]> {
  const shell = new Shell(playground);
  const asked = new Person(playground, options.onInterrupted ?? (() => {}), options.patienceMs);
  const stop = () => {
    shell.stopNow();
    asked.stopNow();
  };
  const vanish = () => {
    stop();
    playground.close();
  };
  process.once("exit", vanish);
  options.signal.addEventListener("abort", stop);
  try {
    const isHere = await options.findPerson?.(playground.env);
    return await playEach(options, {
      shell,
      standIn,
      directory: playground.directory,
      isUnderAgent: options.isUnderAgent === true,
      person: isHere === true ? asked : undefined,
      onShown: options.onShown ?? (() => {}),
      onTurn: options.onTurn ?? (() => {}),
    });
  } finally {
    await Promise.all([shell.stop(), asked.stop()]);
    options.signal.removeEventListener("abort", stop);
    process.off("exit", vanish);
    playground.close();
  }
}

async function playEach(options: WalkThroughOptions, stage: Stage): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, step] of STEPS.entries()) {
    if (options.signal.aborted) break;
    options.onStep(index + 1, step.title);
    const result = await play(step, index + 1, new Scene(stage));
    if (options.signal.aborted) break;
    results.push(result);
    options.onResult(result);
    if (result.problems.length > 0) break;
  }
  return results;
}

async function play(step: Step, number: number, scene: Scene): Promise<StepResult> {
  const started = performance.now();
  const { title, about } = step;
  let came: { readonly showed?: string; readonly skipped?: string } = {};
  try {
    const told = await step.play(scene);
    came = typeof told === "string" ? { showed: told } : { ...told, ...(about && { about }) };
  } catch (error) {
    scene.giveUp(error instanceof Error ? error.message : String(error));
  }
  const { shown: commands, problems } = scene;
  const milliseconds = performance.now() - started;
  return { number, title, commands, ...(problems.length > 0 ? {} : came), problems, milliseconds };
}
