// get_plan: what the gateway keeps of a plan.

import * as z from "zod";
import type { RecordTool } from "../tool.ts";
import {
  PLAN_ID_INPUT,
  PLAN_OUTPUT,
  planOutput,
  planStore,
  carefully,
  redactorOf,
} from "./terraform-shared.ts";

const input = z.strictObject({ plan_id: PLAN_ID_INPUT });

const output = z.strictObject({
  ...PLAN_OUTPUT,
  environment: z.string(),
  created_at: z.string(),
  digest: z.string().describe("SHA-256 of the plan file."),
  terraform_version: z.string(),
  ended_at: z.string().optional(),
  exit_code: z.int().optional(),
  why: z.string().optional(),
  plan: z.unknown().optional().describe("terraform show -json, sensitive values masked."),
});

export const GET_PLAN: RecordTool<typeof input> = {
  name: "get_plan",
  title: "Show a Terraform plan",
  description:
    "Shows a plan that was made here: what it would change, whether it was applied and what came of that, with the output so far. Sensitive values are masked.",
  input,
  output,
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  look: async ({ plan_id }, context) => {
    const store = planStore(context);
    const { record, status, outcome } = await store.read(plan_id);
    const { id, environment, createdAt, digest, terraformVersion } = record;
    const said = store.output(id, carefully(redactorOf(context, [])));
    const masked = store.masked(id);
    return {
      text: [`Plan ${id} in ${record.directory}, workspace ${record.workspace}: ${status}.`, said]
        .filter((each) => each !== undefined)
        .join("\n\n"),
      structured: {
        ...planOutput(record, status),
        ...{ environment, digest, created_at: createdAt, terraform_version: terraformVersion },
        ...(outcome === undefined ? {} : { ended_at: outcome.at }),
        ...(outcome?.exitCode === undefined ? {} : { exit_code: outcome.exitCode }),
        ...(outcome?.why === undefined ? {} : { why: outcome.why }),
        ...(masked === undefined ? {} : { plan: JSON.parse(masked) as unknown }),
      },
    };
  },
};
