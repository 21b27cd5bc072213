// Whether a rule is about a subject, and whether its examples say so too.
//
// M1 All conditions of a rule must match the same subject; of a list, one entry. Of `arguments` each
//    entry must match one argument, and an entry may have several forms with `|` in between.
// M2 Case counts in arguments alone: many file systems, and many names of an API, do not tell `Prod`
//    from `prod`, and a rule that matches more asks for more.

import { textMatches } from "./allowlist-glob.ts";
import type { Environment } from "./environment.ts";
import type { Rule, RuleConditions, RuleExample, Subject } from "./rule.ts";
import { expandArguments } from "./subject-command.ts";

/** Whether a text is one of those that globs stand for; case does not count. */
export function isAmong(globs: readonly string[], text: string): boolean {
  const lower = text.toLowerCase();
  return globs.some((glob) => textMatches(glob.toLowerCase(), lower));
}

/** Whether a rule holds where these environments are touched. */
export function isInForce(
  { environments }: Pick<RuleConditions, "environments">,
  touched: readonly Environment[],
): boolean {
  return environments === undefined || environments.some((each) => touched.includes(each));
}

/** Whether a rule's conditions match a subject (M1), environments aside. */
export function isAbout(rule: RuleConditions, subject: Subject): boolean {
  return (
    includes(rule.kinds, subject.kind) &&
    includes(rule.impacts, subject.impact) &&
    matches(rule.actions, subject.action) &&
    matches(rule.classes, subject.class) &&
    matches(rule.names, subject.name) &&
    matches(rule.scopes, subject.scope) &&
    matches(rule.places, subject.place) &&
    (rule.arguments ?? []).every((wanted) => hasArgument(subject.arguments, wanted))
  );
}

const includes = <Value>(list: readonly Value[] | undefined, value: Value): boolean =>
  list === undefined || list.includes(value);

const matches = (globs: readonly string[] | undefined, text: string): boolean =>
  globs === undefined || isAmong(globs, text);

function hasArgument(given: readonly string[], wanted: string): boolean {
  const forms = wanted.split("|");
  return given.some((argument) => forms.some((form) => textMatches(form, argument)));
}

/** Whether a rule matches what an example writes. What the example leaves out is the rule's first, or empty. */
export function matchesExample(rule: RuleConditions, example: RuleExample): boolean {
  const { environment = rule.environments?.[0] } = example;
  const kind = example.kind ?? rule.kinds?.[0] ?? "hcp";
  const given = example.arguments ?? [];
  const subject: Subject = {
    kind,
    action: example.action ?? "",
    impact: example.impact ?? rule.impacts?.[0] ?? "unknown",
    class: example.class ?? "",
    name: example.name ?? "",
    scope: example.scope ?? "",
    place: example.place ?? "",
    arguments: kind === "command" ? expandArguments(given) : given,
  };
  return isInForce(rule, environment === undefined ? [] : [environment]) && isAbout(rule, subject);
}

/** The first example that a rule does not do what it says to. */
export interface WrongExample {
  readonly list: "match" | "notMatch";
  readonly index: number;
}

/** The first of a rule's examples that is not as it says; undefined: all are. */
export function wrongExample(rule: Rule): WrongExample | undefined {
  for (const list of ["match", "notMatch"] as const) {
    const index = rule[list].findIndex(
      (example) => matchesExample(rule, example) !== (list === "match"),
    );
    if (index !== -1) return { list, index };
  }
  return undefined;
}
