// The policy for a rehearsal: what the gateway's doctor runs a real gateway under, so that every answer
// is the policy's own and nothing outside the doctor's directory is asked, told or touched.
//
// H1 Every rule, floor, protected name, time, number of approvers and passed variable stays as it is.
//    Only places are others: the store, the directories for Terraform and the shell, the kubeconfig.
//    Nobody is told of requests.
// H2 What is rehearsed counts nowhere else, and what counts elsewhere is not rehearsed: the digest is
//    another, and an approval is good under one policy alone.
//
// An agent that starts a gateway like this gains nothing. No answer that it gets is milder: rules do not
// change. Requests are filed where no person looks, and a person's approvals, which are in the store that
// policy names and under policy's own digest, are not seen (H2, H3). What is left is a directory of its
// choice to plan in, which it has anyway: it runs as the same user, and terraform is on its PATH.
//
// H3 A rehearsal's configuration directory is its own directory's: never one that people use.

import { join } from "node:path";
import { canonicalDigest } from "../policy/digest.ts";
import { ENVIRONMENTS } from "../policy/environment.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { EnvironmentPolicy, Policy } from "../policy/policy.ts";
import { checkPrivateDirectory, UnsafeFile } from "../system/safe-file.ts";

/** The context of the rehearsal's kubeconfig, where policy names none. */
export const REHEARSED_CONTEXT = "rehearsal";

/** The kubeconfig of a rehearsal. */
export const rehearsedKubeconfig = (directory: string): string => join(directory, "kubeconfig");

/**
 * The user's policy in a rehearsal. Not where a command of ours would look for it that an agent runs in
 * the rehearsal's configuration: it would ask the store that this names.
 */
export const rehearsedPolicy = (directory: string): string => join(directory, "policy.yaml");

/** The configuration directory of a rehearsal (H3). */
export const rehearsedConfiguration = (directory: string): string => join(directory, "config");

/** @throws Failure `no-rehearsal`, exit 1, where it is none that a doctor could have made (H3) */
export function requireRehearsal(directory: string, configDirectory: string): void {
  if (configDirectory !== rehearsedConfiguration(directory))
    throw noRehearsal(`${configDirectory} is not the configuration directory of ${directory}`);
  try {
    checkPrivateDirectory(directory);
    checkPrivateDirectory(configDirectory);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw noRehearsal(error.message);
  }
}

function noRehearsal(why: string): Failure {
  return new Failure("no-rehearsal", `no rehearsal: ${why}`, {
    exitCode: EXIT.usage,
    fix: "holdfast gateway doctor makes a place for one, and starts it there",
  });
}

/** The policy as it is, at `directory` instead of its own places (H1). Pure. */
export function rehearse(policy: Policy, directory: string): Policy {
  const { approvals, environments, digest } = policy;
  return {
    ...policy,
    approvals: { ...approvals, store: { kind: "sqlite" }, webhooks: [] },
    environments: {
      dev: rehearsedPlaces(environments.dev, directory),
      staging: rehearsedPlaces(environments.staging, directory),
      prod: rehearsedPlaces(environments.prod, directory),
    },
    digest: canonicalDigest({ rehearsal: directory, policy: digest }),
  };
}

function rehearsedPlaces(rules: EnvironmentPolicy, directory: string): EnvironmentPolicy {
  const { terraform, kubernetes, shell } = rules;
  return {
    ...rules,
    terraform: { ...terraform, roots: [directory] },
    shell: { ...shell, roots: [directory] },
    kubernetes: {
      ...kubernetes,
      kubeconfig: rehearsedKubeconfig(directory),
      context: kubernetes.context ?? REHEARSED_CONTEXT,
    },
  };
}

/** Every context that a rehearsal of the policy may ask for, each once. */
export function rehearsedContexts({ environments }: Policy): string[] {
  const named = ENVIRONMENTS.map((each) => environments[each].kubernetes.context);
  return [...new Set(named.map((each) => each ?? REHEARSED_CONTEXT))];
}
