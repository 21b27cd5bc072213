// What a check is given: a gateway that runs, and the place that it runs in.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProgramEnding, runProgram } from "../../gate/executors/program.ts";
import type { Environment } from "../../policy/environment.ts";
import type { Policy } from "../../policy/policy.ts";
import { type Connection, connectStdio } from "./connection.ts";
import type { Place } from "./place.ts";

export interface Stage {
  readonly environment: Environment;
  /** As the gateway has it. */
  readonly policy: Policy;
  readonly place: Place;
  readonly gateway: Connection;
  /** The words that start this very holdfast. */
  readonly holdfast: readonly [command: string, ...args: string[]];
  /** Aborted when the doctor is to end. */
  readonly signal: AbortSignal;
}

/** `gateway serve` as the stage's gateway is started, and more words. */
export function serveWords(
  { environment, place }: Pick<Stage, "environment" | "place">,
  ...more: readonly string[]
): string[] {
  const rehearsal = ["--rehearsal", place.scratch.directory];
  return ["gateway", "serve", "-e", environment, ...rehearsal, ...place.policyWords, ...more];
}

/** Starts the gateway under test. @throws Failure, exit 1, with what it said */
export function openStageGateway(stage: Omit<Stage, "gateway">): Promise<Connection> {
  const { holdfast, place, signal } = stage;
  const [command, ...args] = holdfast;
  return connectStdio({
    ...{ command, signal, env: place.env, cwd: place.work },
    args: [...args, ...serveWords(stage)],
  });
}

const RUN_MS = 20_000;

/** Runs holdfast once more in the stage's place, to its end. Its input is `input`, or closed. */
export function runHoldfast(
  { holdfast, place, signal }: Stage,
  words: readonly string[],
  { input, env = {} }: { readonly input?: string; readonly env?: Record<string, string> } = {},
): Promise<ProgramEnding> {
  const [executable, ...args] = holdfast;
  return runProgram({
    ...{ executable, signal, cwd: place.work, env: { ...place.env, ...env } },
    args: [...args, ...words],
    ...(input === undefined ? {} : { input }),
    onAbort: "kill",
    timeoutMs: RUN_MS,
  });
}

/** Nothing is declared any more, so what the state holds would be destroyed. No provider is needed. */
const STATE = {
  version: 4,
  terraform_version: "1.4.0",
  serial: 1,
  lineage: "5c1bde10-0f5c-4a0e-9a58-6b1f0e6a7d11",
  outputs: {},
  resources: [
    {
      mode: "managed",
      type: "terraform_data",
      name: "kept",
      provider: 'provider["terraform.io/builtin/terraform"]',
      instances: [{ schema_version: 0, attributes: { id: "kept" }, sensitive_attributes: [] }],
    },
  ],
};

export interface RootModule {
  /** Absolute. */
  readonly directory: string;
  readonly stateFile: string;
}

/** A root module of its own, whose plan destroys one harmless thing. */
export function makeRootModule(
  { place }: Pick<Stage, "place">,
  name: string,
  { workspace, text = "# Nothing is declared.\n" }: { workspace?: string; text?: string } = {},
): RootModule {
  const directory = join(place.scratch.directory, "terraform", name);
  const states =
    workspace === undefined ? directory : join(directory, "terraform.tfstate.d", workspace);
  mkdirSync(states, { recursive: true, mode: 0o700 });
  const stateFile = join(states, "terraform.tfstate");
  writeFileSync(join(directory, "main.tf"), text);
  writeFileSync(stateFile, JSON.stringify(STATE));
  return { directory, stateFile };
}
