// The rules of several policy files: all of them.

import { DEFAULT_RULES } from "./default-rules.ts";
import { canonicalDigest } from "./digest.ts";
import { ENVIRONMENTS } from "./environment.ts";
import { DEFAULT_ENVIRONMENT } from "./environment-defaults.ts";
import type { Policy } from "./policy.ts";
import { conflict } from "./policy-conflict.ts";
import type { PolicyPart } from "./policy-part.ts";
import type { Rule } from "./rule.ts";
import { isReservedId } from "./rule-ids.ts";
import { firedRule } from "./ruling.ts";

/**
 * The files' rules, in their order. A rule that a field of an environment makes may be there twice.
 *
 * @throws Failure `policy-conflict` where two files have a rule of the same id
 */
export function rulesIn(parts: readonly PolicyPart[]): Rule[] {
  const rules = parts.flatMap((part) => part.rules ?? []);
  const seen = new Map<string, Rule>();
  for (const rule of rules) {
    const other = seen.get(rule.id);
    if (other !== undefined && other.file !== rule.file && !isReservedId(rule.id))
      throw conflict(
        `${firedRule(rule).where}: the id ${rule.id} is there twice: ${firedRule(other).where} has it too`,
        "write another id in one of them",
      );
    seen.set(rule.id, rule);
  }
  return rules;
}

/** What of rules decides: no examples, no reasons, no lines. */
function semantic({ id, effect, file: _, line: __, because: ___, match: ____, ...rest }: Rule) {
  const { notMatch: _____, ...conditions } = rest;
  return { id, effect, ...conditions };
}

let builtIn: string | undefined;

/** For the policy's digest; what is built in is hashed once. */
export function digestedRules(
  rules: readonly Rule[],
  environments: Policy["environments"],
): object {
  builtIn ??= canonicalDigest({ DEFAULT_ENVIRONMENT, rules: DEFAULT_RULES.map(semantic) });
  const said = ENVIRONMENTS.filter((each) => environments[each] !== DEFAULT_ENVIRONMENT);
  return {
    builtIn,
    rules: rules.map(semantic),
    environments: Object.fromEntries(said.map((each) => [each, environments[each]])),
  };
}
