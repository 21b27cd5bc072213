// Every tool of the gateway. None of them approves, rejects, grants or edits policy.

import type { GatewayTool } from "./tool.ts";
import { APPROVAL_TOOLS } from "./tools/approvals.ts";
import { HCP_TOOLS } from "./tools/hcp.ts";
import { KUBECTL_TOOLS } from "./tools/kubectl.ts";
import { SHELL_TOOL } from "./tools/shell.ts";
import { TERRAFORM_TOOLS } from "./tools/terraform.ts";

/** By name. */
export const TOOLS: ReadonlyMap<string, GatewayTool> = new Map(
  [...TERRAFORM_TOOLS, ...KUBECTL_TOOLS, ...HCP_TOOLS, SHELL_TOOL, ...APPROVAL_TOOLS].map(
    (tool) => [tool.name, tool],
  ),
);
