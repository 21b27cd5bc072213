// What the tools for Terraform have in common.

import * as z from "zod";
import { createRedactor, REDACTED, type Redactor } from "../../audit/redact.ts";
import type { TerraformMeans } from "../../gate/executors/terraform.ts";
import type { PlanRecord, PlanStatus } from "../../gate/plans/record.ts";
import { PlanStore } from "../../gate/plans/store.ts";
import { ownLines } from "../../operations/terraform/own-lines.ts";
import type { TerraformContext } from "../../operations/terraform/to-plan.ts";
import { CONSEQUENCES, type PlannedChange } from "../../policy/planned-change.ts";
import { clusterSecrets } from "../cluster-secrets.ts";
import type { ToolContext } from "../tool.ts";

export const PLAN_ID_INPUT = z
  .string()
  .regex(
    /^[A-Za-z2-7]{8}$/,
    "must be the id of a plan as terraform_plan gave it: eight letters and digits from 2 to 7",
  )
  .describe("As terraform_plan gave it.");

const MOST_CHANGES = 500;

const change = z.strictObject({
  address: z.string(),
  type: z.string(),
  action: z.string(),
  consequence: z.enum(CONSEQUENCES).describe("What can be got back, once it is done."),
  evidence: z.array(z.string()),
  stateful: z.boolean().optional().describe("It holds data: a database, a bucket, a disk, a key."),
  unprotects: z.string().optional().describe("A protection that the change switches off."),
  from: z.string().optional(),
});

/** What a plan is, in the structured content of every tool here. */
export const PLAN_OUTPUT = {
  plan_id: z
    .string()
    .optional()
    .describe("What terraform_apply takes; none where no plan was made."),
  status: z.enum(["planned", "expired", "applying", "applied", "failed", "unknown"]),
  directory: z.string(),
  workspace: z.string(),
  expires_at: z.string().optional().describe("Until when it may be applied: ISO 8601."),
  has_changes: z.boolean().optional(),
  counts: z.record(z.string(), z.int()).optional().describe("How many changes, by action."),
  changes: z.array(change).optional(),
  changes_left_out: z.int().optional(),
  notes: z.array(z.string()).optional(),
};

/** A plan as `PLAN_OUTPUT` has it. */
export function planOutput(record: PlanRecord, status: PlanStatus) {
  const { id, directory, workspace, expiresAt, changes, notes } = record;
  const left = changes.length - MOST_CHANGES;
  return {
    plan_id: id,
    status,
    directory,
    workspace,
    expires_at: expiresAt,
    has_changes: changes.length > 0,
    counts: countsOf(changes),
    changes: changes
      .slice(0, MOST_CHANGES)
      .map((each) => ({ ...each, evidence: [...each.evidence] })),
    ...(left > 0 ? { changes_left_out: left } : {}),
    notes: [...notes],
  };
}

function countsOf(changes: readonly PlannedChange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** The gateway, as operations/terraform sees it. */
export function terraformContext(context: ToolContext): TerraformContext {
  const { environment, cwd, home, env, key, rules } = context;
  const { roots, executable } = rules.terraform;
  return {
    ...{ environment, cwd, home, env, key, roots, pass: rules.pass },
    ...(executable === undefined ? {} : { executable }),
  };
}

export const planStore = ({ configDirectory, processes }: ToolContext): PlanStore =>
  new PlanStore(configDirectory, processes);

/** Takes out what is secret: of the gateway's variables, and these values, short ones too. */
export function redactorOf(context: ToolContext, secrets: readonly string[]): Redactor {
  const redact = createRedactor(context.env, [...clusterSecrets(context), ...secrets]);
  const short = secrets.filter((each) => each.length >= 4 && each.length < 8);
  return (text) => short.reduce((left, each) => left.replaceAll(each, REDACTED), redact(text));
}

/** How terraform is run for a call; its progress is told without what is secret. */
export function meansOf(
  { signal, progress }: ToolContext,
  environment: Readonly<Record<string, string>>,
  redact: Redactor,
): TerraformMeans {
  return { environment, signal, redact, onLine: (line) => progress(redact(line)) };
}

/** For what an apply printed, where nobody knows the sensitive values of its plan any more. */
export function carefully(redact: Redactor): Redactor {
  return (text) => redact(ownLines(text));
}
