// One gateway: what it was started for and with, shared by every client and call of it.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { createRedactor, type Redactor } from "../audit/redact.ts";
import { commandKey } from "../gate/command-key.ts";
import { readPolicy } from "../gate/policy-source.ts";
import { requireRehearsal } from "../gate/rehearsal.ts";
import type { Environment } from "../policy/environment.ts";
import { environmentGiven } from "../policy/environment-given.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Policy } from "../policy/policy.ts";
import { openProcesses } from "../system/open-processes.ts";
import { configDirectory } from "../system/places.ts";
import type { Processes } from "../system/processes.ts";
import { Calls } from "./calls.ts";
import { OutputStore } from "./output-store.ts";

export interface Gateway {
  readonly environment: Environment;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Absolute, symbolic links followed. */
  readonly cwd: string;
  readonly configDirectory: string;
  readonly key: Buffer;
  readonly processes: Processes;
  readonly version: string;
  readonly policyFile: string | undefined;
  /** The policy that it started with: what a call is judged by is read anew. */
  readonly startPolicy: Policy;
  /** The doctor's directory: what is served is a rehearsal. */
  readonly rehearsal?: string;
  /** As it is now. @throws Failure */
  readonly readPolicy: () => Promise<Policy>;
  /** Finds the secrets of the gateway's own variables. */
  readonly redact: Redactor;
  readonly outputs: OutputStore;
  readonly calls: Calls;
  /** For people who look after it: stderr. */
  readonly tell: (line: string) => void;
}

export interface GatewaySurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  readonly version: string;
  readonly tell: (line: string) => void;
  /** As the doctor gave it: see gate/rehearsal.ts. */
  readonly rehearsal?: string;
}

/**
 * Opens it.
 *
 * @param environment as typed
 * @param policy the path of one more policy file, as typed
 * @throws Failure, exit 1: no or another environment; a policy that cannot be read, trusted or understood
 */
export async function openGateway(
  environment: string | undefined,
  policy: string | undefined,
  surroundings: GatewaySurroundings,
): Promise<Gateway> {
  const { env, home, cwd, rehearsal } = surroundings;
  const directory = configDirectory(env, home);
  const policyFile = policy === undefined ? undefined : resolve(cwd, policy);
  if (rehearsal !== undefined) requireRehearsal(rehearsal, directory);
  const extra = {
    ...(policyFile === undefined ? {} : { extraFile: policyFile }),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  };
  const read = () => readPolicy({ configDirectory: directory, ...extra });
  const served = environmentGiven(environment);
  const startPolicy = await read().catch(asUsage);
  return {
    ...surroundings,
    cwd: realpathSync(cwd),
    environment: served,
    configDirectory: directory,
    key: await commandKey(env, home),
    processes: await openProcesses(),
    ...{ policyFile, startPolicy },
    readPolicy: read,
    redact: createRedactor(env, []),
    outputs: new OutputStore(),
    calls: new Calls(),
  };
}

/** At start it is whoever starts the gateway that has something to mend. */
export function asUsage(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  const { code, message, fix } = error;
  throw new Failure(code, message, {
    exitCode: EXIT.usage,
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  });
}
