// What terraform is given of the gateway's variables, and what we set.
//
// W1 What makes terraform do something else than its words say is ours to set or not there at all:
//    its arguments, its log, its data directory, its workspace, its providers.

import { createHmac } from "node:crypto";
import type { VariableHashes } from "../../policy/operation.ts";
import { scrubEnvironment } from "../command/environment.ts";

export interface TerraformEnvironment {
  readonly values: Readonly<Record<string, string>>;
  /** Of what comes from outside: name -> keyed hash. */
  readonly hashes: VariableHashes;
  /** Of the input variables that were given. */
  readonly variableHashes: VariableHashes;
  /** Values of passed variables whose names say that they are secret. */
  readonly secrets: readonly string[];
}

const SECRET_NAME = /TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|KEY|^TF_VAR_|^TF_HTTP_/i;
const PASSED_ON = /^TF_(?:VAR|TOKEN|HTTP)_/;

export interface EnvironmentSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that policy passes on. */
  readonly pass: readonly string[];
  readonly directory: string;
  readonly workspace: string;
  /** Input variables, name -> value: they stand before those that are passed on. */
  readonly variables: Readonly<Record<string, string>>;
  readonly key: Buffer;
}

/** Terraform's variables (W1). */
export function terraformEnvironment(source: EnvironmentSource): TerraformEnvironment {
  const { env, pass, directory, workspace, variables, key } = source;
  const scrubbed = scrubEnvironment(env, pass, directory, key);
  // Where holdfast keeps its things is nothing that a configuration needs.
  const isKept = (name: string) => !/^(?:TF|HOLDFAST)_/i.test(name) || PASSED_ON.test(name);
  const kept = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  const passed = kept(scrubbed.values);
  const given = Object.entries(variables).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    values: {
      ...passed,
      ...Object.fromEntries(given.map(([name, value]) => [`TF_VAR_${name}`, value])),
      TF_WORKSPACE: workspace,
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      CHECKPOINT_DISABLE: "1",
    },
    hashes: kept(scrubbed.hashes),
    variableHashes: Object.fromEntries(given.map(([name, value]) => [name, hmac(key, value)])),
    secrets: Object.entries(passed).flatMap(([name, value]) =>
      pass.includes(name) && SECRET_NAME.test(name) && value !== "" ? [value] : [],
    ),
  };
}

function hmac(key: Buffer, value: string): string {
  return createHmac("sha256", key).update(value).digest("hex");
}
