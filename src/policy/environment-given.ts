// The environment that somebody names: there is no default, and no other word is taken for one.

import { ENVIRONMENTS, type Environment, isEnvironment, meantEnvironment } from "./environment.ts";
import { EXIT } from "./exit-code.ts";
import { Failure } from "./failure.ts";

/** The environment. @throws Failure, exit 1: `usage` where none is given, `unknown-environment` */
export function environmentGiven(name: string | undefined): Environment {
  if (name !== undefined && isEnvironment(name)) return name;
  const fix = `-e ${ENVIRONMENTS.join(" | ")}`;
  if (name === undefined)
    throw new Failure("usage", "which environment? There is no default", {
      exitCode: EXIT.usage,
      fix,
    });
  const meant = meantEnvironment(name);
  const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
  const shown = JSON.stringify(name.slice(0, 60));
  throw new Failure("unknown-environment", `no environment ${shown}${hint}`, {
    exitCode: EXIT.usage,
    fix: meant === undefined ? fix : `-e ${meant}`,
  });
}
