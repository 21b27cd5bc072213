// From a plan that was saved to an operation that applies it.
//
// A1 The operation says what holds now, not what the record says; and where anything that the plan was
//    made from is another now, there is no operation. The plan file pins none of it by itself.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type {
  FileDigests,
  TerraformOperation,
  TerraformRequest,
  VariableHashes,
} from "../../policy/operation.ts";
import { isDestruction, type PlannedChange } from "../../policy/planned-change.ts";
import { planFloor } from "./consequences.ts";
import { rootModuleDirectory } from "./directory.ts";
import { type TerraformEnvironment, terraformEnvironment } from "./environment.ts";
import { findTerraform } from "./executable.ts";
import { readRootModule } from "./root-module.ts";
import type { TerraformContext } from "./to-plan.ts";
import { selectedWorkspace } from "./workspace.ts";

/** What was kept of a plan. */
export interface SavedPlan {
  readonly id: string;
  /** SHA-256 of the plan file, hex. */
  readonly digest: string;
  readonly environment: string;
  readonly directory: string;
  readonly workspace: string;
  /** What was selected in the directory, whatever the plan was made for. */
  readonly selected: string;
  readonly executable: string;
  readonly options: TerraformRequest["options"];
  readonly variables: VariableHashes;
  readonly files: FileDigests;
  readonly changes: readonly PlannedChange[];
  readonly notes: readonly string[];
  readonly expiresAt: string;
  readonly cloud?: NonNullable<TerraformRequest["plan"]>["cloud"];
}

export interface ResolvedApply {
  readonly operation: TerraformOperation;
  readonly environment: TerraformEnvironment;
}

/**
 * @throws Failure `other-environment`; `plan-changed`, which says what changed; as toPlanOperation
 */
export function toApplyOperation(plan: SavedPlan, context: TerraformContext): ResolvedApply {
  if (plan.environment !== context.environment)
    throw new Failure(
      "other-environment",
      `plan ${plan.id} was made by a gateway for ${plan.environment}, and this one is for ${context.environment}`,
      { exitCode: EXIT.refused, fix: "plan it here, or apply it where it was planned" },
    );
  const now = lookNow(plan, context);
  const changed = whatChanged(plan, now);
  if (changed !== undefined) throw planChanged(plan.id, changed);
  const { id, digest, expiresAt, changes, notes, cloud, options } = plan;
  const { impact, reversibility } = planFloor(changes);
  return {
    operation: {
      kind: "terraform",
      title: `Apply plan ${id}`,
      ...{ impact, reversibility },
      items: Math.max(1, changes.filter(isDestruction).length),
      resourceClass: "terraform",
      target: {
        hostname: cloud?.hostname ?? "localhost",
        ...(cloud === undefined ? {} : { organization: cloud.organization }),
        path: now.directory,
        id: plan.workspace,
      },
      served: context.environment,
      terraform: {
        action: "apply",
        executable: now.executable,
        directory: now.directory,
        workspace: plan.workspace,
        options,
        environment: now.environment.hashes,
        files: now.files,
        plan: {
          ...{ id, digest, expiresAt, changes, notes },
          ...(cloud === undefined ? {} : { cloud }),
        },
      },
    },
    environment: now.environment,
  };
}

/** That something is not as it was when the plan was made. */
export function planChanged(id: string, what: string): Failure {
  return new Failure("plan-changed", `plan ${id} cannot be applied: ${what} since it was made`, {
    exitCode: EXIT.refused,
    fix: "plan again: what was approved was for that plan, and no other",
  });
}

interface Now {
  readonly directory: string;
  readonly selected: string;
  readonly executable: string;
  readonly environment: TerraformEnvironment;
  readonly files: FileDigests;
}

function lookNow(plan: SavedPlan, context: TerraformContext): Now {
  const { cwd, roots, env, pass, key, home } = context;
  const directory = rootModuleDirectory(plan.directory, { cwd, roots });
  const workspace = plan.workspace;
  const variables = {};
  const environment = terraformEnvironment({ env, pass, directory, workspace, variables, key });
  const { executable, digest } = findTerraform(context.executable, environment.values.PATH);
  const { files } = readRootModule(directory, environment.values.HOME ?? home, key);
  const selected = selectedWorkspace(directory);
  return {
    directory,
    selected,
    executable,
    environment,
    files: { ...files, [executable]: digest },
  };
}

/** One clause: the first thing that is another. */
function whatChanged(plan: SavedPlan, now: Now): string | undefined {
  if (now.directory !== plan.directory) return `${plan.directory} has become ${now.directory}`;
  if (now.selected !== plan.selected)
    return `workspace ${now.selected} has been selected in ${plan.directory} instead of ${plan.selected}`;
  if (now.executable !== plan.executable)
    return `terraform has come to be ${now.executable}, not ${plan.executable},`;
  const variable = differing(plan.variables, now.environment.hashes);
  if (variable !== undefined) return `the variable ${variable} of the gateway has changed`;
  const file = differing(plan.files, now.files);
  if (file === undefined) return undefined;
  if (plan.files[file] === undefined) return `${file} has appeared`;
  return `${file} has ${now.files[file] === undefined ? "gone" : "changed"}`;
}

function differing(one: Readonly<Record<string, string>>, other: typeof one): string | undefined {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return names.find((name) => one[name] !== other[name]);
}
