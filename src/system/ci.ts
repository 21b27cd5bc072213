// Machines of a CI service: nobody ever opens a terminal there.

import type { Environment } from "./places.ts";

const VARIABLES = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD", "JENKINS_URL"];

/** Whether this is one, by the variables that such services set. */
export function isCi(env: Environment): boolean {
  return VARIABLES.some((name) => !["", "0", "false", undefined].includes(env[name]));
}
