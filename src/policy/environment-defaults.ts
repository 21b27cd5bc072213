// What holds in each environment where no file says anything: the table of docs/policy.md. The rules
// are in default-rules.ts.

import { PROTECTED_NAMESPACES, PROTECTED_WORKSPACES } from "./default-rules.ts";
import type { Environment } from "./environment.ts";
import type { EnvironmentPolicy } from "./policy.ts";

const HOUR_MS = 60 * 60_000;

/** The same for all: what differs between them is what rules say. */
export const DEFAULT_ENVIRONMENT: EnvironmentPolicy = {
  belonging: [],
  protectedNamespaces: PROTECTED_NAMESPACES,
  protectedWorkspaces: PROTECTED_WORKSPACES,
  approvers: 1,
  planMs: HOUR_MS,
  pass: [],
  terraform: { roots: [] },
  kubernetes: { namespaces: [] },
  shell: { roots: [] },
};

/** Every environment, where no file says anything. */
export const DEFAULT_ENVIRONMENTS: Readonly<Record<Environment, EnvironmentPolicy>> = {
  dev: DEFAULT_ENVIRONMENT,
  staging: DEFAULT_ENVIRONMENT,
  prod: DEFAULT_ENVIRONMENT,
};
