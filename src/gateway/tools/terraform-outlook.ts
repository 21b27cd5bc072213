// What applying a plan would mean, for who reads only the text.

import type { PlanRecord } from "../../gate/plans/record.ts";
import {
  byGravity,
  consequencesCounted,
  isGrave,
  shownAddress,
  shownText,
} from "../../operations/terraform/card-changes.ts";
import { toApplyOperation } from "../../operations/terraform/to-apply.ts";
import { Failure } from "../../policy/failure.ts";
import type { PlannedChange } from "../../policy/planned-change.ts";
import { rulingOn } from "../../policy/ruling.ts";
import type { ToolContext } from "../tool.ts";
import { terraformContext } from "./terraform-shared.ts";

const MOST_CHANGES = 20;
/** Of the evidence for one change, in characters. */
const MOST_OF_EVIDENCE = 200;

/** What could be got back, the gravest changes with why, and whether a person is needed; one line each. */
export function outlookOf(record: PlanRecord, context: ToolContext): readonly string[] {
  const { changes } = record;
  const grave = changes.filter(isGrave).sort(byGravity);
  const left = grave.length - MOST_CHANGES;
  return [
    `What could be got back: ${consequencesCounted(changes)}.`,
    ...grave.slice(0, MOST_CHANGES).map(changeLine),
    ...(left > 0 ? [`  and ${left} more such changes: get_plan names them`] : []),
    ...whoIsNeeded(record, context),
  ];
}

function changeLine({ action, address, consequence, evidence, unprotects }: PlannedChange): string {
  const off = unprotects === undefined ? [] : [`it switches off ${unprotects}`];
  const why = [...off, ...evidence].map(shownText).join("; ");
  const shown = why.length <= MOST_OF_EVIDENCE ? why : `${why.slice(0, MOST_OF_EVIDENCE)}…`;
  return `  ${action} ${shownAddress(address)}: ${consequence}${why === "" ? "" : ` (${shown})`}`;
}

/** As policy is now; nothing where something has changed already: applying it says what. */
function whoIsNeeded(record: PlanRecord, context: ToolContext): string[] {
  try {
    const { operation } = toApplyOperation(record, terraformContext(context));
    const { floor, fired } = rulingOn(operation, context.policy);
    const rule = fired === undefined ? "" : ` (rule ${fired.id}, ${fired.where})`;
    if (floor === "deny") return [`Policy denies applying it${rule}.`];
    if (floor === "ask") return [`Applying it waits for a person${rule}.`];
    return ["Applying it needs no person."];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
