// Carries out operations on HCP Terraform: the only way from the gate to the API's mutations.

import type { ClientOptions } from "../../hcp/client.ts";
import { type MutationResult, sendMutation } from "../../hcp/mutate.ts";
import type { HcpOperation } from "../../policy/operation.ts";

export type ExecutionResult = MutationResult;

/** Sends what was prepared, once. */
export type Send = () => Promise<ExecutionResult>;

/**
 * Makes everything ready that can fail without anything being sent, such as finding a token.
 * @throws Failure whatever `options` throws
 */
export async function prepareHcp(
  operation: HcpOperation,
  options: () => Promise<ClientOptions>,
): Promise<Send> {
  const client = await options();
  return () => sendMutation(client, operation.request);
}
