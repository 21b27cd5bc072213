// terraform_plan and terraform_destroy_plan: make a plan, keep it, and say what it would do.

import * as z from "zod";
import type { GatedTool } from "../tool.ts";
import { callPlan } from "./terraform-planning.ts";
import { PLAN_OUTPUT } from "./terraform-shared.ts";

const line = z
  .string()
  .max(4096)
  .regex(/^[^\u0000-\u001f\u007f]+$/, "must be one line without control characters");

const place = {
  directory: line
    .optional()
    .describe("The root module's directory; default: where the gateway was started."),
  workspace: line.optional().describe("Default: the one that is selected there. It must exist."),
  targets: z
    .array(line)
    .max(100)
    .optional()
    .describe(
      'Addresses of resources or modules, and nothing else: module.db, aws_instance.a["x"].',
    ),
  variables: z
    .record(z.string().max(256), z.string().max(65_536))
    .optional()
    .describe("Input variables, name to value; lists and maps as Terraform's own expressions."),
};

const planInput = z.strictObject({
  ...place,
  replace: z.array(line).max(100).optional().describe("Addresses of instances to replace."),
  refresh_only: z.boolean().optional().describe("Only what has changed outside of Terraform."),
});

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

export const TERRAFORM_PLAN: GatedTool<typeof planInput> = {
  name: "terraform_plan",
  title: "Plan with Terraform",
  description:
    "Makes a plan and keeps it. Returns its id, what it would change, and what could be got back. Nothing is changed. terraform_apply applies exactly this plan, once, before it expires. It waits for a person where making the plan could itself run other programs.",
  input: planInput,
  output: z.strictObject(PLAN_OUTPUT),
  annotations,
  call: (asked, context) =>
    callPlan(
      {
        destroy: false,
        refreshOnly: asked.refresh_only ?? false,
        directory: asked.directory,
        workspace: asked.workspace,
        targets: asked.targets ?? [],
        replace: asked.replace ?? [],
        variables: asked.variables ?? {},
      },
      context,
    ),
};

const destroyInput = z.strictObject(place);

export const TERRAFORM_DESTROY_PLAN: GatedTool<typeof destroyInput> = {
  name: "terraform_destroy_plan",
  title: "Plan a destroy with Terraform",
  description:
    "Makes a plan that destroys everything in a workspace, or the targets and what depends on them, and keeps it. Nothing is destroyed: terraform_apply does that, once a person has approved this very plan.",
  input: destroyInput,
  output: z.strictObject(PLAN_OUTPUT),
  annotations,
  call: (asked, context) =>
    callPlan(
      {
        destroy: true,
        refreshOnly: false,
        directory: asked.directory,
        workspace: asked.workspace,
        targets: asked.targets ?? [],
        replace: [],
        variables: asked.variables ?? {},
      },
      context,
    ),
};
