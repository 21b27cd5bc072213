// `holdfast doctor`: is this machine, and this place on it, ready?

import {
  type Check,
  type CheckResult,
  type Finding,
  note,
  ok,
  runChecks,
} from "../doctor/check.ts";
import { CHECKS } from "../doctor/checks.ts";
import { type DoctorWorld, openDoctorWorld } from "../doctor/world.ts";
import { outputOptions } from "./api/output.ts";
import { holdfastOnPath } from "./on-path.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { resultsJson, resultsMarkdown, resultText, summaryText } from "./doctor-report.ts";

/** What `holdfast doctor` exits with: part of the interface. */
export const DOCTOR_EXIT = { healthy: 0, problems: 1 } as const;

/** The command line's own check: what refusals print must be found as `holdfast`. */
const COMMAND: Check = { id: "command", title: "holdfast", run: command };

async function command({ env, version, platform }: DoctorWorld): Promise<Finding> {
  const found = holdfastOnPath(env, platform);
  if (found !== undefined) return ok(`${version}; on PATH as ${found}`);
  return note(
    `${version}; not on PATH, so commands that holdfast prints will not be found`,
    "put the directory that holds holdfast on PATH",
  );
}

/** Every check that `holdfast doctor` runs, in order. */
export const DOCTOR_CHECKS: readonly Check[] = [COMMAND, ...CHECKS];

/** Runs every check and prints what it found: each line as soon as it is known, unless as data. */
export async function runDoctor(globals: GlobalOptions, context: CliContext): Promise<number> {
  const { env, home, cwd, version, stdout } = context;
  const { columns, color } = outputOptions(globals, context);
  const isText = !globals.json && !globals.markdown;
  const world = await openDoctorWorld({ env, home, cwd, version });
  const results: CheckResult[] = [];
  for await (const result of runChecks(DOCTOR_CHECKS, world)) {
    results.push(result);
    if (isText) stdout.write(resultText(result, columns, color));
  }
  if (isText) stdout.write(summaryText(results));
  else stdout.write(globals.json ? resultsJson(results) : resultsMarkdown(results));
  const isHealthy = results.every(({ status }) => status !== "problem");
  return isHealthy ? DOCTOR_EXIT.healthy : DOCTOR_EXIT.problems;
}
