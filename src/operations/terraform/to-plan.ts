// From what an agent asks for to an operation that makes a plan.

import type { Environment } from "../../policy/environment.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { TerraformOperation } from "../../policy/operation.ts";
import { rootModuleDirectory } from "./directory.ts";
import { type TerraformEnvironment, terraformEnvironment } from "./environment.ts";
import { findTerraform } from "./executable.ts";
import { whyPlanIsForeign } from "./foreign-code.ts";
import { isResourceAddress, isVariableName, isWorkspaceName } from "./names.ts";
import { readRootModule } from "./root-module.ts";
import { overridingFile } from "./variable-files.ts";
import { selectedWorkspace } from "./workspace.ts";

/** Where the gateway runs, and what its policy says of Terraform. */
export interface TerraformContext {
  readonly environment: Environment;
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly key: Buffer;
  readonly roots: readonly string[];
  readonly executable?: string;
  readonly pass: readonly string[];
}

export interface PlanInput {
  readonly destroy: boolean;
  readonly refreshOnly: boolean;
  readonly directory?: string | undefined;
  readonly workspace?: string | undefined;
  readonly targets: readonly string[];
  readonly replace: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

export interface ResolvedPlan {
  readonly operation: TerraformOperation;
  readonly environment: TerraformEnvironment;
  /** Why planning is not harmless here, as one clause. */
  readonly foreign?: string;
}

/** @throws Failure for what cannot be planned: names, directories, files that cannot be pinned */
export function toPlanOperation(input: PlanInput, context: TerraformContext): ResolvedPlan {
  checkWords(input);
  const { destroy, refreshOnly, targets, replace } = input;
  const { cwd, roots, pass, env, key, home } = context;
  const directory = rootModuleDirectory(input.directory, { cwd, roots });
  const workspace = input.workspace ?? selectedWorkspace(directory);
  checkVariables(Object.keys(input.variables), directory);
  const environment = terraformEnvironment({
    ...{ env, pass, directory, workspace, key },
    variables: input.variables,
  });
  const { executable, digest } = findTerraform(context.executable, environment.values.PATH);
  const root = readRootModule(directory, environment.values.HOME ?? home, key);
  const foreign = whyPlanIsForeign(root);
  return {
    operation: {
      kind: "terraform",
      title: destroy ? "Plan to destroy" : "Plan",
      impact: foreign === undefined ? "read" : "unknown",
      reversibility: foreign === undefined ? "reversible" : "depends",
      items: 1,
      resourceClass: "terraform",
      target: { hostname: "localhost", path: directory, id: workspace },
      served: context.environment,
      terraform: {
        action: "plan",
        ...{ executable, directory, workspace },
        options: {
          ...{ destroy, refreshOnly },
          targets: sorted(targets),
          replace: sorted(replace),
          variables: environment.variableHashes,
        },
        environment: environment.hashes,
        ...(foreign === undefined ? {} : { foreign }),
        files: { ...root.files, [executable]: digest },
      },
    },
    environment,
    ...(foreign === undefined ? {} : { foreign }),
  };
}

const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();

function checkWords({ targets, replace, workspace, variables }: PlanInput): void {
  const address = [...targets, ...replace].find((each) => !isResourceAddress(each));
  if (address !== undefined)
    throw wrong("bad-address", `${JSON.stringify(address)} is no address of a resource or module`, {
      fix: 'write it as terraform does: module.web.aws_instance.api["a"]',
    });
  if (workspace !== undefined && !isWorkspaceName(workspace))
    throw wrong("bad-workspace", `${JSON.stringify(workspace)} is no name of a workspace`, {
      fix: "terraform workspace list",
    });
  const name = Object.keys(variables).find((each) => !isVariableName(each));
  if (name !== undefined)
    throw wrong("bad-variable", `${JSON.stringify(name)} is no name of a variable`, {
      fix: "name a variable that the root module declares",
    });
  const unusable = Object.entries(variables).find(([, value]) => value.includes("\0"));
  if (unusable !== undefined)
    throw wrong("bad-variable", `the value of ${unusable[0]} holds a NUL`, { fix: "leave it out" });
}

/** A file of variables that terraform reads by itself stands before what it is given. */
function checkVariables(names: readonly string[], directory: string): void {
  for (const name of names) {
    const file = overridingFile(name, directory);
    if (file !== undefined)
      throw wrong("variable-set", `${file} sets ${name} too, and would win`, {
        fix: "change that file, or leave the variable out",
      });
  }
}

function wrong(code: string, message: string, { fix }: { readonly fix: string }): Failure {
  return new Failure(code, message, { exitCode: EXIT.usage, fix });
}
