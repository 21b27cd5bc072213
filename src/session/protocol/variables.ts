// The variables that a session's host and its callers must agree on.

import { type Environment, SESSION_VARIABLE } from "../../system/places.ts";

/** Every HOLDFAST_ variable but the session's own, sorted by name. */
export function holdfastVariables(env: Environment): Record<string, string> {
  const names = Object.keys(env).filter(
    (name) => name.startsWith("HOLDFAST_") && name !== SESSION_VARIABLE,
  );
  return Object.fromEntries(names.sort().map((name) => [name, env[name] ?? ""]));
}

/** The first variable that is not the same in both; undefined when all are. */
export function differingVariable(
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): string | undefined {
  const names = [...Object.keys(ours), ...Object.keys(theirs)];
  return names.find((name) => ours[name] !== theirs[name]);
}
