// The doctor's directory: everything that the gateway under test has instead of people's own things.
//
// Q1 All of it is in one directory of ours, mode 0700, that goes when the doctor ends, however it ends.
// Q2 No variable of whoever starts the doctor is in the gateway's surroundings but PATH: no credentials
//    of anybody are there to be used.
// Q3 Addresses of clusters and of HCP Terraform lead to a server of ours, that has nothing.

import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readPolicy, userPolicy } from "../../gate/policy-source.ts";
import { rehearsedContexts, rehearsedKubeconfig, rehearsedPolicy } from "../../gate/rehearsal.ts";
import { makeScratch, removeScratch, type Scratch } from "../../doctor/scratch-approvals.ts";
import { shellWord } from "../../policy/command-line.ts";
import type { Policy } from "../../policy/policy.ts";
import { configDirectory } from "../../system/places.ts";
import { openNothing } from "./nothing.ts";

/** What the doctor is told of its own surroundings. */
export interface DoctorSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  /** The words that start this very holdfast: node, and its file. */
  readonly holdfast: readonly [command: string, ...args: string[]];
}

/** A variable that no tool may give back. */
export interface Planted {
  readonly name: string;
  readonly value: string;
}

export interface Place {
  readonly scratch: Scratch;
  /** Where the gateway is started: absolute, symbolic links followed. */
  readonly work: string;
  readonly env: Readonly<Record<string, string>>;
  readonly planted: readonly Planted[];
  /** What came to the server that has nothing, one line each: `DELETE /api/v2/workspaces/ws-8ZkQ`. */
  readonly received: readonly string[];
  /** The policy as it is rehearsed. */
  readonly policy: Policy;
  /** Whether a command of ours in there would ask no store but the scratch one. */
  readonly isStoreHere: boolean;
  /** `--policy FILE`, where there is one that is not the user's own. */
  readonly policyWords: readonly string[];
  /** Where the copy of the user's policy is -> where it was: findings name the latter. */
  readonly copied: readonly (readonly [copy: string, original: string])[];
  readonly close: () => void;
}

/** A program that nobody knows; it does nothing. */
export const UNKNOWN_PROGRAM = "doctor-unknown";

const PLANTED = [
  "DOCTOR_PLANTED_TOKEN",
  "TFE_TOKEN",
  "DOCTOR_PLANTED_PASSWORD",
  "AWS_SECRET_ACCESS_KEY",
];

/**
 * Makes it.
 *
 * @param policyFile `--policy`, as typed
 * @throws Failure for a policy that cannot be read, trusted or understood
 */
export async function makePlace(
  { env, home, cwd, holdfast }: DoctorSurroundings,
  policyFile: string | undefined,
): Promise<Place> {
  const real = configDirectory(env, home);
  const extraFile = policyFile === undefined ? undefined : resolve(cwd, policyFile);
  const extra = extraFile === undefined ? {} : { extraFile };
  // Whether it can be trusted is asked where it lies.
  const policy = await readPolicy({ configDirectory: real, ...extra });
  const nothing = await openNothing();
  const scratch = makeScratch();
  const { directory, configDirectory: ours } = scratch;
  const close = () => {
    nothing.close();
    removeScratch(scratch);
  };
  try {
    const [work, homeDirectory, tmp, bin] = ["work", "home", "tmp", "bin"].map((name) => {
      mkdirSync(join(directory, name), { mode: 0o700 });
      return join(directory, name);
    }) as [string, string, string, string];
    const copied = copyPolicy(real, directory);
    writeFileSync(
      rehearsedKubeconfig(directory),
      kubeconfig(rehearsedContexts(policy), nothing.url),
      {
        mode: 0o600,
      },
    );
    writeProgram(join(bin, "holdfast"), `exec ${holdfast.map(shellWord).join(" ")} "$@"`);
    writeProgram(join(bin, UNKNOWN_PROGRAM), "exit 0");
    const planted = PLANTED.map((name) => ({ name, value: randomBytes(24).toString("hex") }));
    return {
      ...{ scratch, work, planted, copied, close },
      received: nothing.received,
      policy: await readPolicy({ configDirectory: ours, ...extra, rehearsal: directory }),
      isStoreHere: (await readPolicy({ configDirectory: ours })).approvals.store.kind === "sqlite",
      policyWords:
        extraFile === undefined || isSame(extraFile, userPolicy(real))
          ? []
          : ["--policy", extraFile],
      env: {
        PATH: [bin, env.PATH].filter(Boolean).join(":"),
        HOME: homeDirectory,
        TMPDIR: tmp,
        LANG: "C.UTF-8",
        HOLDFAST_CONFIG_DIR: ours,
        HOLDFAST_RUNTIME_DIR: join(directory, "run"),
        TFE_ADDRESS: nothing.url,
        ...Object.fromEntries(planted.map(({ name, value }) => [name, value])),
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

function copyPolicy(real: string, directory: string): Place["copied"] {
  const [original, copy] = [userPolicy(real), rehearsedPolicy(directory)];
  if (statSync(original, { throwIfNoEntry: false }) === undefined) return [];
  writeFileSync(copy, "", { mode: 0o600 });
  copyFileSync(original, copy);
  return [[copy, original]];
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function kubeconfig(contexts: readonly string[], server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "nowhere", cluster: { server } }],
    users: [{ name: "nobody", user: {} }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "nowhere", user: "nobody" } })),
  });
}

/** A program of the doctor's own, as a shell script. */
export function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o700 });
}
