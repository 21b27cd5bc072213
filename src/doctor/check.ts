// What a check is, and how checks are run.
//
// D1 A check never breaks the others: whatever it throws is a finding.
// D2 A problem always says what to do about it.
// D3 No finding holds a secret. Places of tokens are named, tokens never; the name of a session's
//    record is its token, so it is cut to what a shell completes again.

import { withoutTokens } from "../grants/session-record.ts";
import { Failure } from "../policy/failure.ts";
import { UnsafeFile } from "../system/safe-file.ts";
import type { DoctorWorld } from "./world.ts";

/** `note`: it works, and is worth knowing. `problem`: something will not work. */
export type Status = "ok" | "note" | "problem";

/** What a check found: one clause, and what to do about it; a command where one helps (D2). */
export type Finding =
  | { readonly status: "ok" | "note"; readonly text: string; readonly fix?: string }
  | { readonly status: "problem"; readonly text: string; readonly fix: string };

/** One self-test. Surfaces add their own to the table in checks.ts. */
export interface Check {
  /** Stable, kebab-case: part of --json output. */
  readonly id: string;
  /** What people read: a few words, lower-case, at most 16 characters. */
  readonly title: string;
  readonly run: (world: DoctorWorld) => Promise<Finding>;
}

/** A finding and the check that it belongs to. */
export type CheckResult = Finding & Pick<Check, "id" | "title">;

/** A finding that all is well. */
export const ok = (text: string): Finding => ({ status: "ok", text });

/** A finding worth knowing. */
export const note = (text: string, fix?: string): Finding => ({
  status: "note",
  text,
  ...(fix === undefined ? {} : { fix }),
});

/** A finding that something will not work. */
export const problem = (text: string, fix: string): Finding => ({ status: "problem", text, fix });

/** Runs the checks one after the other and tells each result as soon as it is known (D1, D3). */
export async function* runChecks(
  checks: readonly Check[],
  world: DoctorWorld,
): AsyncGenerator<CheckResult> {
  for (const { id, title, run } of checks) {
    const finding = withoutSecrets(await run(world).catch(asProblem));
    yield { ...finding, id, title };
  }
}

/** What was thrown, as a finding. */
export function asProblem(error: unknown): Finding {
  if (error instanceof Failure || error instanceof UnsafeFile)
    return problem(
      error.message,
      error.fix ?? "correct what the message names, and run this again",
    );
  const message = error instanceof Error ? error.message : String(error);
  return problem(`the check itself failed: ${message}`, "report this as a defect of holdfast");
}

function withoutSecrets(finding: Finding): Finding {
  const text = withoutTokens(finding.text);
  if (finding.status === "problem") return problem(text, withoutTokens(finding.fix));
  return finding.fix === undefined
    ? { ...finding, text }
    : { ...finding, text, fix: withoutTokens(finding.fix) };
}
