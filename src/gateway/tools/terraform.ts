// The tools for Terraform.

import type { GatewayTool } from "../tool.ts";
import { TERRAFORM_APPLY } from "./terraform-apply.ts";
import { TERRAFORM_DESTROY_PLAN, TERRAFORM_PLAN } from "./terraform-plan.ts";
import { GET_PLAN } from "./terraform-record.ts";

/** terraform_plan, terraform_destroy_plan, terraform_apply and get_plan. */
export const TERRAFORM_TOOLS: readonly GatewayTool[] = [
  TERRAFORM_PLAN,
  TERRAFORM_DESTROY_PLAN,
  TERRAFORM_APPLY,
  GET_PLAN,
];
