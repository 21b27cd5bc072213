// What a check of the gateway's doctor is, and what it can come to.
//
// K1 Passing is said of what was seen: the rule that fired, or the reason. That nothing happened is not
//    enough: it may have happened to fail.
// K2 What could not be tried has not passed.
// K3 Whatever a check throws has failed.

import type { ToolResult } from "../result.ts";
import type { Stage } from "./stage.ts";

/** The rule that fired, as results name it. */
export type Fired = NonNullable<ToolResult["rule"]>;

export type Verdict =
  | { readonly verdict: "passed"; readonly text: string; readonly rule?: Fired }
  | { readonly verdict: "failed"; readonly text: string; readonly rule?: Fired }
  /** `text` says why (K2). */
  | { readonly verdict: "could not run"; readonly text: string };

export interface Check {
  /** Stable, kebab-case: part of --json. */
  readonly id: string;
  /** What must be so: a clause of at most 44 characters. */
  readonly name: string;
  readonly run: (stage: Stage) => Promise<Verdict>;
}

/** Checks of one group are run one after the other, and groups beside each other. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

export type CheckResult = Verdict & Pick<Check, "id" | "name"> & { readonly group: string };

/** As a verdict. */
export const passed = (text: string, rule?: Fired): Verdict => ({
  verdict: "passed",
  text,
  ...(rule === undefined ? {} : { rule }),
});

/** As a verdict. */
export const failed = (text: string, rule?: Fired): Verdict => ({
  verdict: "failed",
  text,
  ...(rule === undefined ? {} : { rule }),
});

/** As a verdict. */
export const couldNotRun = (why: string): Verdict => ({ verdict: "could not run", text: why });

/** Runs one (K3). */
export async function runCheck(
  { id, name, run }: Check,
  group: string,
  stage: Stage,
): Promise<CheckResult> {
  const verdict = await run(stage).catch((error: unknown) =>
    failed(`the check broke: ${error instanceof Error ? error.message : String(error)}`),
  );
  return { ...verdict, id, name, group };
}

/** The first that has not passed; else one that says how many have, with what the last one saw. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  const last = verdicts.at(-1);
  if (last === undefined) return couldNotRun("there was nothing to try");
  const isBad = ({ verdict }: Verdict) => verdict === "failed";
  const other = verdicts.find(isBad) ?? verdicts.find(({ verdict }) => verdict !== "passed");
  return other ?? last;
}
