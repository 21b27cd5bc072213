// How a plan is made: the operation, the run, and what is kept.
//
// L1 Nothing is kept of a plan that waits for a person, that failed, or whose files changed while it
//    was made; what is kept holds no sensitive value, but for the plan file that terraform needs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Redactor } from "../../audit/redact.ts";
import { watchFiles } from "../../gate/executors/files-watched.ts";
import type { ProgramEnding } from "../../gate/executors/program.ts";
import {
  checkWorkspace,
  makePlan,
  showPlan,
  type TerraformMeans,
  terraformFailed,
} from "../../gate/executors/terraform.ts";
import { type CloudRun, cloudRun } from "../../gate/plans/cloud.ts";
import type { PlanRecord } from "../../gate/plans/record.ts";
import type { PlanDraft, PlanStore } from "../../gate/plans/store.ts";
import { describeTerraform } from "../../operations/terraform/card.ts";
import {
  type PlanDocument,
  planNotes,
  plannedChanges,
  readPlanJson,
} from "../../operations/terraform/plan-json.ts";
import { maskedPlan, sensitiveValues } from "../../operations/terraform/sensitive.ts";
import { smallText } from "../../operations/terraform/small-file.ts";
import {
  type PlanInput,
  type ResolvedPlan,
  toPlanOperation,
} from "../../operations/terraform/to-plan.ts";
import { selectedWorkspace } from "../../operations/terraform/workspace.ts";
import { operationDigest } from "../../policy/digest.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { TerraformOperation } from "../../policy/operation.ts";
import { redactDeep } from "../redact.ts";
import type { GatedCall, ToolContext, ToolExecution } from "../tool.ts";
import { outlookOf } from "./terraform-outlook.ts";
import {
  carefully,
  meansOf,
  planOutput,
  planStore,
  redactorOf,
  terraformContext,
} from "./terraform-shared.ts";

/** @throws Failure for what cannot be planned */
export async function callPlan(
  input: PlanInput,
  context: ToolContext,
): Promise<GatedCall<TerraformOperation>> {
  const resolved = toPlanOperation(input, terraformContext(context));
  const { operation, environment } = resolved;
  return {
    operation,
    describe: async () => describeTerraform(operation),
    secrets: environment.secrets,
    prepare: async () => {
      const now = toPlanOperation(input, terraformContext(context)).operation;
      if (operationDigest(now) !== operationDigest(operation)) throw filesChanged(operation, now);
      const redact = redactorOf(context, environment.secrets);
      await checkWorkspace(operation, meansOf(context, environment.values, redact));
      return () => plan({ input, context, resolved, redact });
    },
  };
}

interface Planning {
  readonly input: PlanInput;
  readonly context: ToolContext;
  readonly resolved: ResolvedPlan;
  readonly redact: Redactor;
}

async function plan(planning: Planning): Promise<ToolExecution> {
  const { context, resolved, redact } = planning;
  const { operation, environment } = resolved;
  const store = planStore(context);
  let draft: PlanDraft | undefined;
  let ending: ProgramEnding | undefined;
  try {
    await store.sweepSometimes(carefully(redact));
    draft = await store.draft();
    const means = meansOf(context, environment.values, redact);
    ending = await makeWatched(planning, means, draft.planFile);
    const { directory } = operation.terraform;
    if (ending.exitCode !== 0) throw terraformFailed("terraform plan", ending, directory);
    const digest = store.seal(draft);
    const cloud = cloudOf(draft, directory);
    const document = readPlanJson(await showPlan(operation, means, draft.planFile));
    checkDeclared(planning.input, document);
    const secrets = [...environment.secrets, ...sensitiveValues(document)];
    const redactAll = redactorOf(context, secrets);
    const record = recordOf(planning, { digest, document, cloud });
    const kept = keep(store, draft, record, document, redactAll);
    const outlook = kept.changes.length === 0 ? [] : outlookOf(kept, context);
    const said = { printed: redactAll(ending.stdout), outlook: outlook.map(redactAll) };
    return planned(kept, said, secrets);
  } catch (error) {
    if (draft !== undefined) store.discard(draft);
    if (!(error instanceof Failure)) throw error;
    return notPlanned(operation, error, ending, redact);
  }
}

/**
 * Makes the plan; where it was let through because it only reads, it reads what was looked at, or ends
 * as soon as that changes. @throws Failure `plan-changed`
 */
async function makeWatched(
  { input, context, resolved: { operation } }: Planning,
  means: TerraformMeans,
  planFile: string,
): Promise<ProgramEnding> {
  if (operation.impact !== "read") return makePlan(operation, means, planFile);
  const { directory, executable, files } = operation.terraform;
  const changing = new AbortController();
  const watching = watchFiles(
    directory,
    Object.keys(files).filter((each) => each !== executable),
    () => changing.abort(),
  );
  try {
    const now = toPlanOperation(input, terraformContext(context)).operation;
    if (operationDigest(now) !== operationDigest(operation)) throw filesChanged(operation, now);
    const signal = AbortSignal.any([means.signal, changing.signal]);
    const ending = await makePlan(operation, { ...means, signal }, planFile);
    // What happened last is told of in a later turn.
    await setTimeout(WATCHED_MS);
    const changed = watching.changed();
    if (changed !== undefined) throw changedWhilePlanned(changed);
    return ending;
  } finally {
    watching.stop();
  }
}

const WATCHED_MS = 20;

/** Of a short file, for what it may be; an archive's first bytes say enough. */
function cloudOf({ planFile }: PlanDraft, directory: string): CloudRun | undefined {
  const settings = smallText(join(directory, ".terraform", "terraform.tfstate"));
  return cloudRun(readFileSync(planFile), settings);
}

/** A variable that is not declared would be left out without a word. */
function checkDeclared({ variables }: PlanInput, { variables: declared = {} }: PlanDocument): void {
  const unknown = Object.keys(variables).find((name) => !Object.hasOwn(declared, name));
  if (unknown === undefined) return;
  throw new Failure("unknown-variable", `the root module declares no variable ${unknown}`, {
    exitCode: EXIT.usage,
    fix: "leave it out, or write it as the root module does",
  });
}

interface Made {
  readonly digest: string;
  readonly document: PlanDocument;
  readonly cloud: CloudRun | undefined;
}

/** With the files as they are now: planning may have written some, an archive for instance. */
function recordOf(
  { input, context, resolved }: Planning,
  { digest, document, cloud }: Made,
): Omit<PlanRecord, "id"> {
  const before = resolved.operation.terraform;
  const now = toPlanOperation(input, terraformContext(context)).operation.terraform;
  const changed = Object.keys(before.files).find((each) => before.files[each] !== now.files[each]);
  if (changed !== undefined && /\.(?:tf|tf\.json|tfvars|hcl)$/.test(changed))
    throw filesChanged(resolved.operation, { ...resolved.operation, terraform: now });
  const { executable, directory, workspace, options, environment, files } = now;
  const createdAt = Date.now();
  return {
    version: 1,
    digest,
    environment: context.environment,
    ...{ executable, directory, workspace, options },
    selected: selectedWorkspace(directory),
    terraformVersion: document.terraform_version ?? "unknown",
    variables: environment,
    files,
    changes: plannedChanges(document).map((each) => ({ ...each })),
    notes: [...planNotes(document)],
    ...(cloud === undefined ? {} : { cloud }),
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(createdAt + context.rules.planMs).toISOString(),
  };
}

function keep(
  store: PlanStore,
  draft: PlanDraft,
  record: Omit<PlanRecord, "id">,
  document: PlanDocument,
  redact: Redactor,
): PlanRecord {
  return store.publish(draft, record, redactDeep(maskedPlan(document), redact));
}

interface Said {
  readonly printed: string;
  readonly outlook: readonly string[];
}

function planned(
  record: PlanRecord,
  { printed, outlook }: Said,
  secrets: readonly string[],
): ToolExecution {
  const { id, expiresAt, changes } = record;
  const next =
    changes.length === 0
      ? `Plan ${id} changes nothing.`
      : `Plan ${id} is kept until ${expiresAt}. To carry out exactly this: terraform_apply with plan_id ${id}.`;
  // What follows is advice on a file that nobody else can read.
  const said = printed.split(/\n─{10,}\n/)[0]?.trimEnd() ?? "";
  return {
    outcome: "succeeded",
    response: { status: 0 },
    output: {
      text: `${[said, "", ...outlook, next].join("\n")}\n`,
      structured: planOutput(record, "planned"),
      secrets,
    },
  };
}

function notPlanned(
  { impact, terraform }: TerraformOperation,
  error: Failure,
  ending: ProgramEnding | undefined,
  redact: Redactor,
): ToolExecution {
  const { directory, workspace } = terraform;
  // How far a program came that it ran meanwhile, nobody knows.
  const isUnknown = impact !== "read" && ending?.signal !== undefined;
  const text = redact(`${ending?.stdout ?? ""}${ending?.stderr ?? ""}`.trim());
  return {
    outcome: isUnknown ? "unknown" : "failed_no_effect",
    ...(ending?.exitCode === undefined ? {} : { response: { status: ending.exitCode } }),
    error,
    output: { text, structured: { status: "failed", directory, workspace } },
  };
}

function filesChanged({ terraform }: TerraformOperation, now: TerraformOperation): Failure {
  const { files } = terraform;
  const all = [...Object.keys(files), ...Object.keys(now.terraform.files)];
  const changed = all.find((each) => files[each] !== now.terraform.files[each]);
  return changedWhilePlanned(changed ?? "something");
}

function changedWhilePlanned(what: string): Failure {
  return new Failure("plan-changed", `${what} changed while it was planned`, {
    exitCode: EXIT.refused,
    fix: "call the tool again",
  });
}
