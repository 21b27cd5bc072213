// Values of a plan that nobody may see, and the plan without them.
//
// Z1 A value that is marked anywhere is looked for everywhere: Terraform does not mark every copy.
// Z2 What is marked is replaced where it stands, whatever it is; elsewhere where it is 4 characters long
//    or more, since shorter ones stand in everything.

import type { PlanDocument } from "./plan-document.ts";
import { isRecord, stepInto } from "./plan-values.ts";

const SHORTEST = 4;
const MASK = "(sensitive)";

/** Names of arguments of providers that hold credentials: plans do not mark those. */
const CREDENTIAL =
  /(?:secret|password|passwd|token|credential|private|api_?key|access_?key|_key$)/i;

/** A value, and the marks that cover it. */
type Marked = readonly [value: unknown, marks: unknown];

const ALL = true;

/** The pairs of value and marks at one object of the document. */
function markedAt(here: Readonly<Record<string, unknown>>): readonly Marked[] {
  const isSensitive = here.sensitive === true;
  return [
    [here.before, here.before_sensitive],
    [here.after, here.after_sensitive],
    [here.values, here.sensitive_values],
    [here.value, isSensitive ? ALL : undefined],
    [here.default, isSensitive ? ALL : undefined],
  ];
}

const FIELDS: readonly string[] = ["before", "after", "values", "value", "default"];

function visitScalars(value: unknown, marks: unknown, see: (value: string) => void): void {
  if (marks === undefined || marks === null || marks === false) return;
  if (typeof value === "string" || typeof value === "number") {
    if (marks === true) see(String(value));
  } else if (Array.isArray(value)) {
    value.forEach((each, index) => {
      visitScalars(each, marks === true ? ALL : stepInto(marks, String(index)), see);
    });
  } else if (isRecord(value)) {
    for (const [name, each] of Object.entries(value))
      visitScalars(each, marks === true ? ALL : stepInto(marks, name), see);
  }
}

/** Names of the root module's variables that are sensitive. */
function sensitiveVariables(plan: PlanDocument): readonly string[] {
  const declared = stepInto(plan.configuration?.root_module, "variables");
  if (!isRecord(declared)) return [];
  return Object.keys(declared).filter((name) => stepInto(declared[name], "sensitive") === true);
}

/** Literal credentials in the configuration of providers. */
function visitProviders(plan: PlanDocument, see: (value: string) => void): void {
  const visit = (here: unknown, isSecret: boolean): void => {
    if (Array.isArray(here)) for (const each of here) visit(each, isSecret);
    if (!isRecord(here)) return;
    for (const [name, each] of Object.entries(here)) {
      if (name === "constant_value" && isSecret) visitScalars(each, ALL, see);
      else visit(each, isSecret || CREDENTIAL.test(name));
    }
  };
  visit(stepInto(plan.configuration, "provider_config"), false);
}

/** Every sensitive value as text, from 4 characters on, the longest first, also as JSON escapes it. */
export function sensitiveValues(plan: PlanDocument): readonly string[] {
  const found = new Set<string>();
  const see = (text: string) => {
    if (text.length < SHORTEST) return;
    found.add(text);
    found.add(JSON.stringify(text).slice(1, -1));
  };
  const visit = (here: unknown): void => {
    if (Array.isArray(here)) for (const each of here) visit(each);
    if (!isRecord(here)) return;
    for (const [value, marks] of markedAt(here)) visitScalars(value, marks, see);
    for (const each of Object.values(here)) visit(each);
  };
  visit(plan);
  visitProviders(plan, see);
  for (const name of sensitiveVariables(plan)) visitScalars(plan.variables?.[name], ALL, see);
  return [...found].sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
}

/** The same JSON, every sensitive value replaced by `(sensitive)`. */
export function maskedPlan(plan: PlanDocument): unknown {
  const hide = hider(sensitiveValues(plan));
  const visit = (here: unknown, marks: unknown): unknown => {
    if (marks === true) return MASK;
    if (typeof here === "string" || typeof here === "number") return hide(here);
    if (Array.isArray(here))
      return here.map((each, index) => visit(each, stepInto(marks, String(index))));
    if (!isRecord(here)) return here;
    const own = markedAt(here);
    return Object.fromEntries(
      Object.entries(here).map(([name, each]) => {
        const index = FIELDS.indexOf(name);
        const ownMarks = index === -1 ? undefined : own[index]?.[1];
        return [hideName(name, hide), visit(each, stepInto(marks, name) ?? ownMarks)];
      }),
    );
  };
  const variables = Object.fromEntries(
    sensitiveVariables(plan)
      .filter((name) => Object.hasOwn(plan.variables ?? {}, name))
      .map((name) => [name, { value: MASK }]),
  );
  return visit(
    {
      ...plan,
      ...(plan.variables === undefined ? {} : { variables: { ...plan.variables, ...variables } }),
    },
    undefined,
  );
}

/** Takes every sensitive value of the plan out of a text. */
export function withoutSensitive(plan: PlanDocument): (text: string) => string {
  const secrets = sensitiveValues(plan);
  return (text) => secrets.reduce((left, each) => left.replaceAll(each, () => MASK), text);
}

/** Names that the format itself has: a secret that is spelled like one must not take the plan apart. */
const FORMAT: ReadonlySet<string> = new Set(
  `format_version terraform_version variables value planned_values outputs sensitive type root_module
   resources address mode name provider_name schema_version values sensitive_values child_modules
   resource_changes change actions before after after_unknown before_sensitive after_sensitive index
   replace_paths action_reason output_changes prior_state configuration provider_config full_name
   expressions constant_value references module_calls module source default provisioners
   resource_drift deferred_changes reason resource_change previous_address module_address deposed
   importing relevant_attributes attribute resource timestamp applyable complete errored checks`.split(
    /\s+/,
  ),
);

const hideName = (name: string, hide: (value: string) => unknown): string =>
  FORMAT.has(name) ? name : String(hide(name));

/** Replaces the values wherever they stand (Z1). */
function hider(secrets: readonly string[]): (value: string | number) => unknown {
  const whole = new Set(secrets);
  return (value) => {
    if (typeof value === "number") return whole.has(String(value)) ? MASK : value;
    if (whole.has(value)) return MASK;
    return secrets.reduce((text, each) => text.replaceAll(each, () => MASK), value);
  };
}
