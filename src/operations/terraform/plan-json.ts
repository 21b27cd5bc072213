// What `terraform show -json PLAN` says, and what becomes of it.
//
// J1 What we cannot read is a failure: another version of the format, an action that we do not know.
// J2 Every entry that does something becomes a change; what is data is told by its mode, not its type.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { PlanAction, PlannedChange } from "../../policy/planned-change.ts";
import { changedTogether, type JudgedChange } from "./changed-together.ts";
import { judge } from "./consequences.ts";
import { provisionersOf } from "./consequences-programs.ts";
import { ruleOf } from "./consequences-types.ts";
import { PLAN, type PlanDocument, type ResourceChange } from "./plan-document.ts";
import { changedAttributes } from "./plan-values.ts";
import { withoutSensitive } from "./sensitive.ts";
import { isStateful } from "./stateful.ts";

export type { PlanDocument } from "./plan-document.ts";

const KNOWN_MAJOR = /^1\.\d+$/;

/** Reads the JSON. @throws Failure `plan-malformed`, or `plan-format` for what we do not know (J1) */
export function readPlanJson(text: string): PlanDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be secret.
    throw malformed("it is not JSON");
  }
  const read = PLAN.safeParse(json);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join(".") ?? "";
    throw malformed(`${where === "" ? "it" : where} is not what Terraform writes`);
  }
  const plan = read.data;
  if (!KNOWN_MAJOR.test(plan.format_version))
    throw unknownFormat(`version ${plan.format_version.slice(0, 20)} of its format`);
  for (const each of plan.resource_changes ?? []) actionOf(each);
  return plan;
}

function malformed(what: string): Failure {
  return new Failure("plan-malformed", `the plan cannot be read: ${what}`, {
    exitCode: EXIT.usage,
    fix: "make the plan again; if that does not help, terraform show -json PLAN says what is in it",
  });
}

function unknownFormat(what: string): Failure {
  return new Failure("plan-format", `the plan has ${what}, which is not known here`, {
    exitCode: EXIT.usage,
    fix: "use a Terraform from 1.1 on, or a newer holdfast",
  });
}

/** What an entry does; undefined where that is nothing. */
function actionOf({
  change,
  mode,
  address,
  previous_address,
}: ResourceChange): PlanAction | undefined {
  const actions = [...change.actions].sort().join(" ");
  switch (actions) {
    case "no-op":
      if (change.importing !== undefined && change.importing !== null) return "import";
      return previous_address === undefined || previous_address === address ? undefined : "move";
    case "read":
      return "read";
    case "create":
    case "update":
    case "delete":
      return mode === "data" ? "read" : actions;
    case "create delete":
      return "replace";
    case "forget":
    case "create forget":
      return "forget";
    default:
      throw unknownFormat(`the action ${JSON.stringify(change.actions).slice(0, 60)}`);
  }
}

/** Every change of the plan, in the plan's order, each with its consequence. */
export function plannedChanges(plan: PlanDocument): readonly PlannedChange[] {
  const hide = withoutSensitive(plan);
  const judged = (plan.resource_changes ?? []).flatMap((resource) => {
    const action = actionOf(resource);
    return action === undefined ? [] : [judgedChange(plan, resource, action, hide)];
  });
  return [
    ...changedTogether(judged, plan.resource_drift ?? []),
    ...gone(plan),
    ...invocations(plan),
  ];
}

/**
 * What Terraform did not find any more and does not make again: its entry leaves the state. With other
 * credentials, or in another region, that may be everything.
 */
function gone({
  resource_drift: drift = [],
  resource_changes: all = [],
}: PlanDocument): PlannedChange[] {
  const others = new Set(all.map(({ address }) => address));
  return drift
    .filter(
      ({ change, mode, address }) =>
        change.actions.join() === "delete" && mode !== "data" && !others.has(address),
    )
    .map((resource) => ({
      address: resource.address,
      type: resource.type,
      action: "forget",
      consequence: ruleOf(resource) === undefined ? "needs review" : "recoverable with effort",
      evidence: ["Terraform does not find it any more, and takes it out of the state"],
      ...(isStateful(resource) ? { stateful: true } : {}),
    }));
}

function judgedChange(
  plan: PlanDocument,
  resource: ResourceChange,
  action: PlanAction,
  hide: (text: string) => string,
): JudgedChange {
  const { address, type, previous_address: from } = resource;
  const { consequence, evidence, unprotects } = judge(
    resource,
    action,
    provisionersOf(plan, address),
  );
  const isHolding = resource.mode !== "data" && isStateful(resource);
  const names = [...new Set(unprotects.map(({ name }) => name))].join(", ");
  return {
    resource,
    planned: {
      address,
      type,
      action,
      consequence,
      evidence: [...circumstances(resource, action), ...evidence].map(hide),
      ...(isHolding ? { stateful: true } : {}),
      ...(names === "" ? {} : { unprotects: names }),
      ...(from === undefined || from === address ? {} : { from }),
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "it is marked as tainted",
  replace_by_request: "its replacement was asked for",
  replace_by_triggers: "what it is to be replaced with changes",
  delete_because_no_resource_config: "it is not in the configuration any more",
  delete_because_no_module: "its module is not in the configuration any more",
  delete_because_wrong_repetition: "its count or for_each is used otherwise",
  delete_because_count_index: "its count is lower",
  delete_because_each_key: "its key is not in for_each any more",
  delete_because_no_move_target: "it was moved to what is not in the configuration",
};

/** Why Terraform does it, and how. */
function circumstances(resource: ResourceChange, action: PlanAction): readonly string[] {
  const { change, action_reason = "", deposed } = resource;
  const because = (change.replace_paths ?? []).map((path) => path.filter(isName).join("."));
  const reason = Object.hasOwn(REASONS, action_reason) ? REASONS[action_reason] : undefined;
  const said: readonly (string | undefined)[] = [
    deposed === undefined
      ? undefined
      : `the deposed object ${deposed}, left over from a replacement`,
    action === "replace" && change.actions[0] === "create"
      ? "the new one is made first"
      : undefined,
    action === "replace" && change.actions[0] === "delete" ? "it is destroyed first" : undefined,
    action === "forget" && change.actions.length > 1 ? "another is made in its place" : undefined,
    action === "update" ? `changes ${changedAttributes(resource).join(", ")}` : undefined,
    because.length > 0 ? `because of ${[...new Set(because)].join(", ")}` : undefined,
    reason,
    change.importing === undefined || change.importing === null ? undefined : "it is imported",
  ];
  return said.filter((each): each is string => each !== undefined && each !== "");
}

const isName = (step: string | number): step is string => typeof step === "string";

/** Actions of providers that the plan invokes, as such. */
function invocations({ action_invocations: all = [] }: PlanDocument): readonly PlannedChange[] {
  return all.map(({ address, type = "action" }) => ({
    address,
    type,
    action: "update",
    consequence: "needs review",
    evidence: ["an action of its provider that is invoked"],
  }));
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;

/** What else the plan says, one line each, for `TerraformRequest.plan.notes`: outputs, drift, deferred. */
export function planNotes(plan: PlanDocument): readonly string[] {
  const outputs = Object.values(plan.output_changes ?? {}).filter(
    ({ actions }) => actions.join() !== "no-op",
  ).length;
  const drift = (plan.resource_drift ?? []).map(({ address }) => address);
  const deferred = (plan.deferred_changes ?? []).map((each) => each.resource_change.address);
  return [
    ...(outputs === 0 ? [] : [`${count(outputs, "output")} will change`]),
    ...drift.map((each) => `changed outside of Terraform: ${each}`),
    ...deferred.map((each) => `deferred to a later plan: ${each}`),
    ...(plan.complete === false ? ["the plan is not complete: more will have to be planned"] : []),
    ...(plan.errored === true ? ["planning ended with an error: it cannot be applied"] : []),
  ];
}
