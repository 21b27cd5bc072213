// What holds in each environment where no file says anything: the table of docs/policy.md.

import { ENVIRONMENTS, type Environment } from "./environment.ts";
import type { EnvironmentPolicy } from "./policy.ts";
import type { Rule } from "./rule.ts";

const HOUR_MS = 60 * 60_000;

const NOTHING_SAID: EnvironmentPolicy = {
  belonging: [],
  protectedNamespaces: [],
  protectedWorkspaces: [],
  approvers: 1,
  planMs: HOUR_MS,
  pass: [],
  terraform: { roots: [] },
  kubernetes: { namespaces: [] },
  shell: { roots: [] },
};

export const DEFAULT_ENVIRONMENTS = Object.fromEntries(
  ENVIRONMENTS.map((each) => [each, NOTHING_SAID]),
) as Readonly<Record<Environment, EnvironmentPolicy>>;

export const DEFAULT_RULES: readonly Rule[] = [];
