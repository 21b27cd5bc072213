// The walk-through: every step in its order, on a stand-in and in a place of its own.
//
// D7 However it ends, no process, no file and no port is left behind.

import type { Environment } from "../system/places.ts";
import { openPlayground, type Playground } from "./playground.ts";
import { Scene, type Shown } from "./scene.ts";
import { Shell } from "./shell.ts";
import { type StandIn, startStandIn } from "./stand-in/server.ts";
import { STEPS, type Step } from "./steps.ts";

export interface WalkThroughOptions {
  readonly env: Environment;
  /** The words that start this very holdfast: Node and the script. */
  readonly executable: readonly [string, string];
  /** Ends the walk-through at once. */
  readonly signal: AbortSignal;
  readonly onStep: (number: number, title: string) => void;
  readonly onResult: (result: StepResult) => void;
}

export interface StepResult {
  /** From 1. */
  readonly number: number;
  readonly title: string;
  readonly commands: readonly Shown[];
  /** What it showed; absent when it did not go as told. */
  readonly showed?: string;
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
  const vanish = () => {
    shell.stopNow();
    playground.close();
  };
  const stop = () => shell.stopNow();
  process.once("exit", vanish);
  options.signal.addEventListener("abort", stop);
  try {
    const results: StepResult[] = [];
    for (const [index, step] of STEPS.entries()) {
      if (options.signal.aborted) break;
      options.onStep(index + 1, step.title);
      const result = await play(step, index + 1, new Scene(shell, standIn), playground.directory);
      if (options.signal.aborted) break;
      results.push(result);
      options.onResult(result);
      if (result.problems.length > 0) break;
    }
    return results;
  } finally {
    await shell.stop();
    options.signal.removeEventListener("abort", stop);
    process.off("exit", vanish);
    playground.close();
  }
}

async function play(
  step: Step,
  number: number,
  scene: Scene,
  directory: string,
): Promise<StepResult> {
  const started = performance.now();
  const { title } = step;
  let showed: string | undefined;
  try {
    showed = await step.play(scene, directory);
  } catch (error) {
    scene.giveUp(error instanceof Error ? error.message : String(error));
  }
  const { shown: commands, problems } = scene;
  const milliseconds = performance.now() - started;
  const result = { number, title, commands, problems, milliseconds };
  return showed === undefined || problems.length > 0 ? result : { ...result, showed };
}
