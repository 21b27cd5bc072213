// terraform_apply: applies a plan that was kept, as that exact file, once.
//
// Y1 What the plan was made from is compared when it is asked for, and again just before it runs; and
//    what was decided on, and shown to a person, with what the plan file itself says then.
// Y2 Once it is begun it runs to its end, whoever goes away meanwhile; what came of it is written down.

import * as z from "zod";
import type { Redactor } from "../../audit/redact.ts";
import type { ProgramEnding } from "../../gate/executors/program.ts";
import {
  applyOutcome,
  applyPlan,
  checkWorkspace,
  showPlan,
} from "../../gate/executors/terraform.ts";
import type { PlanStore } from "../../gate/plans/store.ts";
import { requirePlanned } from "../../gate/plans/usable.ts";
import { describeTerraform } from "../../operations/terraform/card.ts";
import {
  type PlanDocument,
  planNotes,
  plannedChanges,
  readPlanJson,
} from "../../operations/terraform/plan-json.ts";
import { sensitiveValues } from "../../operations/terraform/sensitive.ts";
import {
  planChanged,
  type ResolvedApply,
  toApplyOperation,
} from "../../operations/terraform/to-apply.ts";
import { canonicalDigest, operationDigest } from "../../policy/digest.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { TerraformOperation } from "../../policy/operation.ts";
import type { GatedCall, GatedTool, ToolContext, ToolExecution } from "../tool.ts";
import {
  meansOf,
  PLAN_ID_INPUT,
  planStore,
  redactorOf,
  terraformContext,
} from "./terraform-shared.ts";

const input = z.strictObject({ plan_id: PLAN_ID_INPUT });

const output = z.strictObject({
  plan_id: z.string(),
  status: z.enum(["applied", "failed", "unknown"]),
  directory: z.string(),
  workspace: z.string(),
  exit_code: z.int().optional(),
  why: z.string().optional(),
});

export const TERRAFORM_APPLY: GatedTool<typeof input> = {
  name: "terraform_apply",
  title: "Apply a Terraform plan",
  description:
    "Applies a plan that terraform_plan or terraform_destroy_plan made: exactly that one, once. Refused when it has expired, was applied before, or when a file, a variable, the workspace or terraform itself has changed since. A plan that destroys or cannot be judged waits for a person. Once begun it cannot be cancelled: get_plan shows how it is going.",
  input,
  output,
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  call: async ({ plan_id }, context) => callApply(plan_id.toUpperCase(), context),
};

async function callApply(id: string, context: ToolContext): Promise<GatedCall<TerraformOperation>> {
  const store = planStore(context);
  const { operation, environment } = await unlessUsed(id, store, () => resolve(id, store, context));
  const secrets = [...environment.secrets];
  const check = async () => {
    const now = await resolve(id, store, context);
    if (operationDigest(now.operation) !== operationDigest(operation))
      throw planChanged(id, "something it was made from has changed");
    const means = meansOf(context, environment.values, redactorOf(context, secrets));
    await checkWorkspace(operation, means);
    const document = readPlanJson(await showPlan(operation, means, store.planFile(id)));
    secrets.push(...sensitiveValues(document));
    if (!isAsDecided(operation, document))
      throw planChanged(id, "its record does not say what the plan itself says");
  };
  return {
    operation,
    describe: async () => describeTerraform(operation),
    secrets,
    prepare: async () => {
      await unlessUsed(id, store, check);
      return () =>
        apply(id, operation, { store, context, environment: environment.values, secrets });
    },
  };
}

/** Y1 */
async function resolve(id: string, store: PlanStore, context: ToolContext): Promise<ResolvedApply> {
  const { record, status } = await store.read(id);
  requirePlanned(record, status);
  if (store.digest(id) !== record.digest) throw planChanged(id, "its own file has changed");
  return toApplyOperation(record, terraformContext(context));
}

/** Whoever applies it meanwhile changes what is here: then that is what there is to say. */
async function unlessUsed<T>(id: string, store: PlanStore, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { record, status } = await store.read(id);
    requirePlanned(record, status);
    throw error;
  }
}

/** Whoever could write the record could have had another list of changes decided on. */
function isAsDecided({ terraform }: TerraformOperation, document: PlanDocument): boolean {
  const { changes = [], notes = [] } = terraform.plan ?? {};
  const found = { changes: plannedChanges(document), notes: planNotes(document) };
  return canonicalDigest({ changes, notes }) === canonicalDigest(found);
}

interface Applying {
  readonly store: PlanStore;
  readonly context: ToolContext;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

async function apply(
  id: string,
  operation: TerraformOperation,
  { store, context, environment, secrets }: Applying,
): Promise<ToolExecution> {
  const redact = redactorOf(context, secrets);
  const notBegun = (error: unknown): ToolExecution => {
    if (!(error instanceof Failure)) throw error;
    const came = { status: "failed", why: error.message } as const;
    return {
      outcome: "failed_no_effect",
      error,
      output: outputOf(id, operation, came, "", secrets),
    };
  };
  try {
    if (context.signal.aborted) throw cancelled(id);
    await store.claim(id);
  } catch (error) {
    return notBegun(error);
  }
  let ending: ProgramEnding;
  try {
    if (store.digest(id) !== operation.terraform.plan?.digest)
      throw planChanged(id, "its own file has changed");
    const files = { planFile: store.planFile(id), output: store.rawOutput(id) };
    ending = await applyPlan(operation, meansOf(context, environment, redact), files);
  } catch (error) {
    recorded(store, id, { status: "failed", why: firstLine(error) }, redact);
    return notBegun(error);
  }
  const said = store.output(id, redact) ?? "";
  const came = { ...applyOutcome(ending, said), exitCode: ending.exitCode };
  const text = recorded(store, id, came, redact) ?? said;
  return {
    outcome: OUTCOMES[came.status],
    ...(ending.exitCode === undefined ? {} : { response: { status: ending.exitCode } }),
    ...(came.status === "applied" ? {} : { error: notApplied(id, came) }),
    output: outputOf(id, operation, came, text, secrets),
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

const OUTCOMES = {
  applied: "succeeded",
  failed: "failed_no_effect",
  unknown: "unknown",
} as const;

interface Came {
  readonly status: keyof typeof OUTCOMES;
  readonly why?: string | undefined;
  readonly exitCode?: number | undefined;
}

/** Writes it down; what terraform said, and where that could not be written, that too. */
function recorded(
  store: PlanStore,
  id: string,
  { status, why, exitCode }: Came,
  redact: Redactor,
): string | undefined {
  const outcome = {
    status,
    ...(why === undefined ? {} : { why: redact(why) }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
  try {
    store.finish(id, outcome, redact);
    return store.output(id, redact);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${store.output(id, redact) ?? ""}\nholdfast: what came of it could not be written down: ${error.message}\n`;
  }
}

function outputOf(
  id: string,
  { terraform: { directory, workspace } }: TerraformOperation,
  { status, why, exitCode }: Came,
  text: string,
  secrets: readonly string[],
): ToolExecution["output"] {
  return {
    text,
    secrets,
    structured: {
      ...{ plan_id: id, status, directory, workspace },
      ...(exitCode === undefined ? {} : { exit_code: exitCode }),
      ...(why === undefined ? {} : { why }),
    },
  };
}

function notApplied(id: string, { status, why = "it failed" }: Came): Failure {
  return status === "failed"
    ? new Failure("apply-failed", `plan ${id} was not applied: ${why}`, {
        exitCode: EXIT.resourceInError,
        fix: "mend that, and plan again",
      })
    : new Failure("apply-unknown", `nobody knows how far plan ${id} came: ${why}`, {
        exitCode: EXIT.resourceInError,
        fix: "look at its output and at what exists; terraform_plan shows what is left to do",
      });
}

function cancelled(id: string): Failure {
  return new Failure("cancelled", `plan ${id} was not applied: the call was cancelled before`, {
    exitCode: EXIT.refused,
    fix: "call terraform_apply again",
  });
}
