// The organization and the workspace that a path's placeholders mean when nobody names them.
//
// O1 A cloud block never chooses the host. Where it names another one than the environment does,
//    its organization is not used either: the same name may exist on both hosts.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Environment } from "../system/proxy.ts";
import { canonicalHostname, resolveAddress } from "./address.ts";
import { type CloudBlock, readCloudBlock } from "./cloud-block.ts";

export interface NameWithSource {
  readonly name: string;
  /** The variable or the file that named it. */
  readonly source: string;
}

/**
 * TF_CLOUD_ORGANIZATION, else the organization of the `cloud` block in `directory`.
 *
 * @throws Failure when a file is malformed, or its block is for another hostname
 */
export function resolveOrganization(
  env: Environment,
  directory: string,
): Promise<NameWithSource | undefined> {
  return resolveName("TF_CLOUD_ORGANIZATION", "organization", env, directory);
}

/** TF_WORKSPACE, else the workspace that the `cloud` block in `directory` names; throws the same. */
export function resolveWorkspaceName(
  env: Environment,
  directory: string,
): Promise<NameWithSource | undefined> {
  return resolveName("TF_WORKSPACE", "workspace", env, directory);
}

async function resolveName(
  variable: string,
  field: "organization" | "workspace",
  env: Environment,
  directory: string,
): Promise<NameWithSource | undefined> {
  const value = env[variable];
  if (value !== undefined && value !== "")
    return { name: checked(value, variable), source: variable };
  const block = await readCloudBlock(directory);
  const name = block?.[field];
  if (block === undefined || name === undefined) return undefined;
  refuseOtherHost(block, env);
  return { name: checked(name, block.file), source: block.file };
}

function refuseOtherHost(block: CloudBlock, env: Environment): void {
  if (block.hostname === undefined) return;
  const address = resolveAddress(env);
  if (canonicalHostname(block.hostname) === address.hostname) return;
  const used = `requests go to ${address.hostname} (${address.source})`;
  const named = JSON.stringify(block.hostname);
  // No ready command: a hostile directory would like its host to be set, and the token sent there.
  throw new Failure("other-hostname", `${block.file} is for ${named}, but ${used}`, {
    exitCode: EXIT.usage,
    fix: "name it with TF_CLOUD_ORGANIZATION and TF_WORKSPACE, or set TFE_HOSTNAME to a host you trust",
  });
}

function checked(name: string, source: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name;
  throw new Failure(
    "invalid-name",
    `${source} holds ${JSON.stringify(name)}, which no organization or workspace is called`,
    {
      exitCode: EXIT.usage,
      fix: "use letters, digits, hyphens and underscores",
    },
  );
}
