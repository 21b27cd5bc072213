// What can be got back of what a plan does: one change at a time. changed-together.ts looks at several.
//
// X1 What is not known needs review: a type that no table has, evidence that is missing, sensitive or
//    known only after apply. It is never taken for something milder.
// X2 Consequences only join: more evidence, and more changes, never make the answer milder.

import type { Impact, Reversibility } from "../../policy/operation.ts";
import {
  type Consequence,
  isDestruction,
  type PlanAction,
  type PlannedChange,
} from "../../policy/planned-change.ts";
import { judgeCases, judgeTouches, type TypeRule, type Verdict } from "./consequences-case.ts";
import { isRunByReading } from "./consequences-programs.ts";
import { ruleOf } from "./consequences-types.ts";
import type { ResourceChange } from "./plan-document.ts";
import { holdsMark, markedPaths, stepInto } from "./plan-values.ts";
import { protectionsOff, type Unprotects } from "./protections.ts";
import { exposuresOf, unknownAccess } from "./protections-exposed.ts";

/** From the mildest to the strictest: what is known to be lost outweighs what somebody must look at. */
const STRICTNESS: readonly Consequence[] = [
  "reversible",
  "recoverable with effort",
  "recoverable from backup",
  "needs review",
  "unrecoverable",
];

/** The stricter of two. */
export function stricter(one: Consequence, other: Consequence): Consequence {
  return STRICTNESS.indexOf(one) >= STRICTNESS.indexOf(other) ? one : other;
}

/** All that was found, as one (X2). */
export function joined(verdicts: readonly Verdict[]): Verdict {
  return {
    consequence: verdicts.map((each) => each.consequence).reduce(stricter, "reversible"),
    evidence: [...new Set(verdicts.flatMap(({ evidence }) => evidence))],
  };
}

const review = (...evidence: string[]): Verdict => ({ consequence: "needs review", evidence });

/** What one change means, and which protections it switches off. */
export interface Judged extends Verdict {
  readonly unprotects: readonly Unprotects[];
}

/** @param provisioners what runs beside it when it is made or destroyed, a clause each */
export function judge(
  resource: ResourceChange,
  action: PlanAction,
  provisioners: readonly string[],
): Judged {
  const unprotects = action === "update" || action === "replace" ? protectionsOff(resource) : [];
  const runs =
    provisioners.length > 0 && /^(?:create|replace|delete)$/.test(action)
      ? [review(...new Set(provisioners))]
      : [];
  const verdicts = [...judgeAction(resource, action), ...unprotects, ...runs];
  return { ...joined(verdicts), unprotects };
}

function judgeAction(resource: ResourceChange, action: PlanAction): readonly Verdict[] {
  if (action === "read") return judgeRead(resource);
  if (action === "move") return [];
  const rule = ruleOf(resource);
  if (rule === undefined) return [...judgeMade(resource, action), review(unknownType(resource))];
  switch (action) {
    case "import":
      return [];
    case "forget":
      return [judgeForgotten(resource, rule)];
    case "delete":
      return [judgeCases(resource, rule.destroy)];
    case "replace":
      return [judgeCases(resource, rule.destroy), ...judgeMade(resource, action, rule)];
    case "create":
      return judgeMade(resource, action, rule);
    case "update":
      return [
        ...judgeTouches(resource, rule.update ?? []),
        ...judgeSecrets(resource),
        ...judgeMade(resource, action, rule),
      ];
  }
}

function judgeRead(resource: ResourceChange): readonly Verdict[] {
  if (resource.mode !== "data") return [review("it is read, and is no data source")];
  return isRunByReading(resource) ? [review("reading it runs a program, or calls one")] : [];
}

/** What a secret was before is not shown: putting it back takes more than this plan. */
function judgeSecrets({ change }: ResourceChange): readonly Verdict[] {
  const names = markedPaths(change.before_sensitive).map((path) => path.split(".")[0] ?? "");
  const changed = [...new Set(names)].filter(
    (name) =>
      JSON.stringify(stepInto(change.before, name)) !==
      JSON.stringify(stepInto(change.after, name)),
  );
  return changed.map((name) => ({
    consequence: "recoverable with effort",
    evidence: [`${name} changes, and is sensitive: what it was is not shown`],
  }));
}

const unknownType = ({ type, provider_name = "no provider" }: ResourceChange): string =>
  `${type} of ${provider_name} is not a type that is known here`;

function judgeForgotten(resource: ResourceChange, rule: TypeRule): Verdict {
  if (rule.isOnlyInState === true) return judgeCases(resource, rule.destroy);
  return {
    consequence: "recoverable with effort",
    evidence: ["it stays as it is, managed by nobody, and can be imported again"],
  };
}

/** What will be there afterwards. */
function judgeMade(resource: ResourceChange, action: PlanAction, rule?: TypeRule): Verdict[] {
  if (!/^(?:create|replace|update)$/.test(action)) return [];
  const {
    after_unknown: unknown,
    after_sensitive: hidden,
    before_sensitive: was,
  } = resource.change;
  const open = exposuresOf(resource);
  const notYet = unknownAccess(markedPaths(unknown), action !== "update");
  const notShown = holdsMark(hidden)
    ? unknownAccess(markedPaths(hidden), false).filter((path) => !markedPaths(was).includes(path))
    : [];
  return [
    ...(open.length > 0 ? [review(...open)] : []),
    ...(notYet.length > 0
      ? [review(...notYet.map((path) => `${path} is known only after apply`))]
      : []),
    ...(notShown.length > 0 ? [review(...notShown.map((path) => `${path} is sensitive`))] : []),
    ...(rule?.create !== undefined && action !== "update" ? [rule.create] : []),
  ];
}

const IMPACTS: readonly Impact[] = ["read", "change", "unknown", "destroy"];
const REVERSIBILITIES: readonly Reversibility[] = ["reversible", "depends", "irreversible"];

function impactOf(change: PlannedChange): Impact {
  if (isDestruction(change)) return "destroy";
  if (change.consequence === "needs review") return "unknown";
  const isMild =
    change.consequence === "reversible" || change.consequence === "recoverable with effort";
  return isMild && change.unprotects === undefined ? "change" : "destroy";
}

function reversibilityOf({ consequence }: PlannedChange): Reversibility {
  if (consequence === "reversible") return "reversible";
  return consequence === "unrecoverable" ? "irreversible" : "depends";
}

/**
 * The impact and reversibility of applying these changes: the strictest of any (X2). Without any, what
 * is applied still writes the state.
 */
export function planFloor(changes: readonly PlannedChange[]): {
  readonly impact: Impact;
  readonly reversibility: Reversibility;
} {
  const strictest = <T>(order: readonly T[], all: readonly T[], least: T): T =>
    order[Math.max(order.indexOf(least), ...all.map((each) => order.indexOf(each)))] ?? least;
  return {
    impact: strictest(IMPACTS, changes.map(impactOf), "change"),
    reversibility: strictest(REVERSIBILITIES, changes.map(reversibilityOf), "reversible"),
  };
}
