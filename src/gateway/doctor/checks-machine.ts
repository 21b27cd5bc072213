// Which programs the gateway would run, as it finds them itself.

import { randomBytes } from "node:crypto";
import { runProgram } from "../../gate/executors/program.ts";
import { openCluster } from "../../operations/kubectl/cluster.ts";
import { findTerraform } from "../../operations/terraform/executable.ts";
import { Failure } from "../../policy/failure.ts";
import { type Check, type CheckGroup, couldNotRun, failed, passed, type Verdict } from "./check.ts";
import type { Stage } from "./stage.ts";

interface Program {
  readonly executable: string;
  /** SHA-256, hex. */
  readonly digest: string;
}

/** Path, version and digest of a program; where there is none, nothing else of it was tried. */
function which(
  find: (stage: Stage) => Program,
  args: readonly string[],
  version: RegExp,
): Check["run"] {
  return async (stage): Promise<Verdict> => {
    let program: Program;
    try {
      program = find(stage);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return couldNotRun(error.message);
    }
    const { place, signal } = stage;
    const { executable, digest } = program;
    const ending = await runProgram({
      ...{ executable, args, signal, cwd: place.work, onAbort: "kill", timeoutMs: 20_000 },
      env: { PATH: place.env.PATH ?? "", HOME: place.env.HOME ?? "", CHECKPOINT_DISABLE: "1" },
    });
    const found = version.exec(ending.stdout)?.[1];
    if (found === undefined) return failed(`${executable} does not say its version`);
    return passed(`${executable}, ${found}, sha256:${digest.slice(0, 12)}`);
  };
}

const terraform = which(
  ({ environment, policy, place }) =>
    findTerraform(policy.environments[environment].terraform.executable, place.env.PATH),
  ["version", "-json"],
  /"terraform_version":\s*"([^"]+)"/,
);

const kubectl = which(
  ({ environment, policy, place }) => {
    const { executable, files } = openCluster({
      ...{ environment, env: place.env, cwd: place.work, key: randomBytes(32) },
      rules: policy.environments[environment],
      configDirectory: place.scratch.configDirectory,
    });
    return { executable, digest: files[executable] ?? "" };
  },
  ["version", "--client", "--output=json"],
  /"gitVersion":\s*"([^"]+)"/,
);

const CHECKS: readonly Check[] = [
  { id: "which-terraform", name: "the terraform that will run", run: terraform },
  { id: "which-kubectl", name: "the kubectl that will run", run: kubectl },
];

/** The checks. */
export const MACHINE: CheckGroup = { title: "programs", checks: CHECKS };
