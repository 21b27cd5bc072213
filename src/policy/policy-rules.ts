// The rules of a policy file: those that it writes, and those that fields of its environments stand for.
//
// R1 A rule whose examples say something else than it does is an error, at the example's line.
// R2 An id names one rule: no rule of a file takes a built-in one's, or one that a field makes.
// R3 A class that nothing has, or a condition that nothing can meet, is an error: the rule would look like one that holds.

import { ENVIRONMENTS, type Environment } from "./environment.ts";
import type { Impact } from "./operation.ts";
import { nearest } from "./policy-problem.ts";
import type { PolicyDocument } from "./policy-schema.ts";
import type { ExampleDocument, RuleDocument } from "./policy-schema-environments.ts";
import { protectionRules } from "./protection-rules.ts";
import { isResourceClass, RESOURCE_CLASSES } from "./resource-class.ts";
import type { Rule, RuleExample } from "./rule.ts";
import { FLOORS, type Floor, floorId, isReservedId } from "./rule-ids.ts";
import { impossible } from "./rule-possible.ts";
import { wrongExample } from "./rule-match.ts";

/** The file, and how to point into it. */
export interface Place {
  readonly file: string;
  /** The line, from 1, of what is at a path. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  /** An error to throw about what is at a path. */
  readonly refuse: (path: readonly PropertyKey[], what: string, fix: string) => Error;
}

/** The rules that a document makes, in their order: those of environments first. */
export function rulesOf(document: PolicyDocument, place: Place): Rule[] {
  for (const [index, glob] of (document.irreversible ?? []).entries())
    checkClass(glob, ["irreversible", index], place);
  const given = document.rules ?? [];
  for (const [index, { id }] of given.entries())
    checkId(id, given.slice(0, index), ["rules", index, "id"], place);
  const written = given.map((rule, index) => writtenRule(rule, index, place));
  return [...ENVIRONMENTS.flatMap((each) => environmentRules(document, each, place)), ...written];
}

const MEANING: Readonly<Record<Floor, readonly [impact: Impact, because: string]>> = {
  changes: ["change", "the environment's floor for what changes something"],
  destroys: ["destroy", "the environment's floor for what destroys something"],
  unknown: ["unknown", "the environment's floor for what nobody can classify"],
};

function environmentRules(
  document: PolicyDocument,
  environment: Environment,
  place: Place,
): Rule[] {
  const given = document.environments?.[environment];
  if (given === undefined) return [];
  const { file, lineOf } = place;
  const at = ["environments", environment];
  const floors = FLOORS.flatMap((name): Rule[] => {
    const effect = given[name];
    if (effect === undefined) return [];
    const [impact, because] = MEANING[name];
    return [
      {
        ...{ id: floorId(environment, name), effect, because, match: [], notMatch: [] },
        ...{ environments: [environment], impacts: [impact], file, line: lineOf([...at, name]) },
      },
    ];
  });
  const protections = (["namespaces", "workspaces"] as const).flatMap((name): Rule[] => {
    const list = given.protected?.[name];
    if (list === undefined) return [];
    const line = lineOf([...at, "protected", name]);
    return protectionRules({ [name]: list }, environment).map((rule) => ({
      ...{ ...rule, match: [], notMatch: [], file, line },
    }));
  });
  return [...floors, ...protections];
}

function writtenRule(given: RuleDocument, index: number, place: Place): Rule {
  const at = ["rules", index];
  for (const [entry, glob] of (given.classes ?? []).entries())
    checkClass(glob, [...at, "classes", entry], place);
  const { match = [], not_match = [], ...rest } = given;
  const rule: Rule = {
    ...(without(rest) as Omit<Rule, "match" | "notMatch" | "file">),
    match: match.map(exampleOf),
    notMatch: not_match.map(exampleOf),
    file: place.file,
    line: place.lineOf(at),
  };
  const never = impossible(rule);
  if (never !== undefined)
    throw place.refuse(
      [...at, ...never.path],
      `the rule ${given.id} can never match: ${never.what}`,
      never.fix,
    );
  const wrong = wrongExample(rule);
  if (wrong === undefined) return rule;
  const isMatch = wrong.list === "match";
  throw place.refuse(
    [...at, isMatch ? "match" : "not_match", wrong.index],
    `the rule ${given.id} ${isMatch ? "is not about this example, which stands under match" : "is about this example, which stands under not_match"}`,
    "change the rule or the example: one of them is not what was meant",
  );
}

const exampleOf = (example: ExampleDocument): RuleExample => without(example) as RuleExample;

/** Without what is undefined. */
function without(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}

function checkId(
  id: string,
  before: readonly RuleDocument[],
  path: readonly PropertyKey[],
  place: Place,
): void {
  if (isReservedId(id))
    throw place.refuse(path, `${id} is the id of a built-in rule`, "write another id");
  const other = before.findIndex((rule) => rule.id === id);
  if (other !== -1)
    throw place.refuse(
      path,
      `the id ${id} is there twice: line ${place.lineOf(["rules", other, "id"])} has it too`,
      "write another id",
    );
}

const OTHER_CLASSES = ["commands", "terraform", "unknown"];
const PREFIXES = /^(?:terraform|kubernetes):/i;

function checkClass(glob: string, path: readonly PropertyKey[], place: Place): void {
  const lower = glob.toLowerCase();
  if (/[*?]/.test(glob) || PREFIXES.test(glob)) return;
  if (isResourceClass(lower) || OTHER_CLASSES.includes(lower)) return;
  const near = nearest(glob, [...Object.keys(RESOURCE_CLASSES), ...OTHER_CLASSES]);
  throw place.refuse(
    path,
    `there is no class ${JSON.stringify(glob.slice(0, 60))}`,
    near === undefined
      ? "write a class, terraform:TYPE or kubernetes:KIND"
      : `did you mean ${near}?`,
  );
}
