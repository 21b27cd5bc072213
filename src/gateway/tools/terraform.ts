// The tools for Terraform.

import type { GatewayTool } from "../tool.ts";

/** terraform_plan, terraform_destroy_plan, terraform_apply and get_plan. */
export const TERRAFORM_TOOLS: readonly GatewayTool[] = [];
