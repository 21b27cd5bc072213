// Runs kubectl: exactly what was decided on.

import type { KubectlOperation } from "../../policy/operation.ts";
import type { Execution } from "../run.ts";
import type { ProgramEnding } from "./program.ts";

/** What became of a run of kubectl, with what it printed. */
export interface KubectlResult extends Execution {
  readonly ending: ProgramEnding;
}

/** What running kubectl takes, besides the operation. */
export interface KubectlMeans {
  /** The variables to run it with, values and all. */
  readonly environment: Readonly<Record<string, string>>;
  /** What goes to stdin; its SHA-256 is the operation's `input`. */
  readonly input?: string;
  readonly signal: AbortSignal;
  /** Resolves the call again, as everything is now: what has changed is not run. */
  readonly resolveAgain: () => Promise<KubectlOperation>;
}
