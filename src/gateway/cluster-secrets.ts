// The secrets of the cluster that policy pins, for what other programs print: terraform's providers and
// commands may use the same kubeconfig.

import { readKubeconfig } from "../operations/kubectl/kubeconfig.ts";
import { Failure } from "../policy/failure.ts";
import type { ToolContext } from "./tool.ts";

/** Its tokens, passwords and keys; none where policy names no kubeconfig, or one that cannot be read. */
export function clusterSecrets({ rules }: Pick<ToolContext, "rules">): readonly string[] {
  const { kubeconfig, context } = rules.kubernetes;
  if (kubeconfig === undefined || context === undefined) return [];
  try {
    return readKubeconfig(kubeconfig, context).secrets;
  } catch (error) {
    // The tools for the cluster say so.
    if (error instanceof Failure) return [];
    throw error;
  }
}
