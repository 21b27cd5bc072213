// How the tables of types are written, and what a row says to one change.
//
// N1 Cases are tried in order. Where one hangs on evidence that is missing, the answer is "needs
//    review": a later, milder or stricter, case is no guess at it.

import type { Consequence } from "../../policy/planned-change.ts";
import type { ResourceChange } from "./plan-document.ts";
import { changedAttributes, type Found, findBefore, shownValue } from "./plan-values.ts";

/** What an attribute must be: a value, at least a number, or `null` for no block, no list, no value. */
export type Is = boolean | string | null | { readonly atLeast: number };

/** One case of what destroying it means; without `when`, every other. */
export interface Case {
  readonly when?: Readonly<Record<string, Is>>;
  readonly consequence: Consequence;
  readonly because: string;
}

/** An attribute whose change is more than a setting that can be set back. */
export interface Touch {
  readonly attribute: string;
  readonly consequence: Consequence;
  readonly because: string;
}

/** What is known of a type. */
export interface TypeRule {
  readonly stateful?: true;
  /** Tried in order; the last one has no `when`. */
  readonly destroy: readonly Case[];
  /** It is nowhere but in the state: to forget it is to destroy it. */
  readonly isOnlyInState?: true;
  readonly update?: readonly Touch[];
  /** Where making one does more than make one. */
  readonly create?: Verdict;
}

export type RuleTable = Readonly<Record<string, TypeRule>>;

/** A consequence, and why. */
export interface Verdict {
  readonly consequence: Consequence;
  readonly evidence: readonly string[];
}

type Answer = "yes" | "no" | "missing";

function answers(found: Found, is: Is): Answer {
  if (found.is === "missing") return "missing";
  if (found.is === "none") return is === null ? "yes" : "no";
  const { value } = found;
  if (is === null) return value === "" ? "yes" : "no";
  if (typeof is === "object")
    return typeof value === "number" && value >= is.atLeast ? "yes" : "no";
  return value === is ? "yes" : "no";
}

const name = (path: string): string => path.replaceAll(/\.\d+(?=\.|$)/g, "");

function said(path: string, found: Found): string {
  if (found.is === "missing") return `${name(path)} ${found.why}`;
  return found.is === "none"
    ? `${name(path)} is not set`
    : `${name(path)} is ${shownValue(found.value)}`;
}

/** What destroying it means (N1). */
export function judgeCases(change: ResourceChange, cases: readonly Case[]): Verdict {
  const evidence = new Set<string>();
  for (const { when = {}, consequence, because } of cases) {
    const looked = Object.entries(when).map(([path, is]) => {
      const found = findBefore(change, path);
      return { said: said(path, found), answer: answers(found, is) };
    });
    const no = looked.find(({ answer }) => answer === "no");
    if (no !== undefined) {
      evidence.add(no.said);
      continue;
    }
    for (const each of looked) evidence.add(each.said);
    return looked.some(({ answer }) => answer === "missing")
      ? { consequence: "needs review", evidence: [...evidence] }
      : { consequence, evidence: [...evidence, because] };
  }
  return { consequence: "needs review", evidence: [...evidence, "no case of its type fits"] };
}

/** What its update means, as far as its type says. */
export function judgeTouches(change: ResourceChange, touches: readonly Touch[]): Verdict[] {
  const changed = new Set(changedAttributes(change));
  return touches
    .filter(({ attribute }) => changed.has(attribute))
    .map(({ attribute, consequence, because }) => ({
      consequence,
      evidence: [`${attribute} changes: ${because}`],
    }));
}

/** Rows for many types at once, by their names, that no attribute makes any difference to. */
export function alike(names: string, rule: TypeRule): RuleTable {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((each) => [each, rule]),
  );
}

/** A link or a setting: putting it back leaves nothing changed. */
export const LINK: TypeRule = {
  destroy: [
    { consequence: "reversible", because: "both ends stay, and it can be put back as it was" },
  ],
};

/** Made again from its settings, with another identity: what points to it must be pointed anew. */
export const SETTINGS: TypeRule = {
  destroy: [
    {
      consequence: "recoverable with effort",
      because: "it can be made again from its settings, under another identity",
    },
  ],
};
