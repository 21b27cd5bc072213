// Runs terraform for the gateway: every word of it is composed here.
//
// O1 No input is ever asked for, and none is there: a variable without a value is an error.
// O2 A plan, and whatever only looks, ends when whoever asked has gone. An apply never does: it is not
//    asked to stop either, has no time limit, and would go on if the gateway were killed.
// O3 An apply that failed had no effect only where terraform says that it refused to begin. Of every
//    other one nobody knows how far it came.

import { closeSync, openSync, readSync } from "node:fs";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { TerraformOperation } from "../../policy/operation.ts";
import { type ProgramEnding, runProgram } from "./program.ts";

/** What running it takes, besides the operation. */
export interface TerraformMeans {
  /** The variables, values and all. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told of each line that says how it is going. */
  readonly onLine: (line: string) => void;
  /** Takes out what is secret, of whatever is said about a failure. */
  readonly redact: (text: string) => string;
}

const LOOK_MS = 2 * 60_000;
const PLAN_MS = 2 * 60 * 60_000;
const LOCK = "-lock-timeout=60s";

/** Checks that the operation's workspace is there and is the one that counts. @throws Failure */
export async function checkWorkspace(
  operation: TerraformOperation,
  means: TerraformMeans,
): Promise<void> {
  const { workspace, directory } = operation.terraform;
  const ending = await look(operation, means, ["workspace", "list"]);
  if (ending.exitCode !== 0) throw lookFailed("terraform workspace list", ending, operation, means);
  const names = ending.stdout.split("\n").map((line) => line.trim());
  if (names.includes(`* ${workspace}`)) return;
  throw new Failure(
    "no-workspace",
    names.includes(workspace)
      ? `terraform does not let workspace ${workspace} be selected in ${directory}`
      : `there is no workspace ${workspace} in ${directory}`,
    {
      exitCode: EXIT.notFound,
      fix: `a person makes one: cd ${directory} && terraform workspace new ${workspace}`,
    },
  );
}

/** `terraform show -json` of a plan file. @throws Failure */
export async function showPlan(
  operation: TerraformOperation,
  means: TerraformMeans,
  planFile: string,
): Promise<string> {
  const ending = await look(operation, means, ["show", "-json", "-no-color", planFile]);
  if (ending.exitCode !== 0) throw lookFailed("terraform show", ending, operation, means);
  if (!ending.isCut) return ending.stdout;
  throw new Failure("plan-too-large", "the plan is too large to be looked at whole", {
    exitCode: EXIT.refused,
    fix: "plan less at once, with targets",
  });
}

/** Makes a plan. Its outcome is for the caller to tell, from the ending. */
export function makePlan(
  operation: TerraformOperation,
  { environment, signal, onLine }: TerraformMeans,
  planFile: string,
): Promise<ProgramEnding> {
  const { executable, directory, options } = operation.terraform;
  return runProgram({
    executable,
    args: [
      ...["plan", "-input=false", "-no-color", LOCK, `-out=${planFile}`],
      ...(options.destroy ? ["-destroy"] : []),
      ...(options.refreshOnly ? ["-refresh-only"] : []),
      ...options.targets.map((each) => `-target=${each}`),
      ...options.replace.map((each) => `-replace=${each}`),
    ],
    cwd: directory,
    env: environment,
    signal,
    onAbort: "kill",
    timeoutMs: PLAN_MS,
    onLine: (line) => {
      if (isProgress(line)) onLine(line);
    },
  });
}

/** Applies a plan file (O2); `output` is made, and gets all that it prints. */
export async function applyPlan(
  operation: TerraformOperation,
  { environment, onLine }: TerraformMeans,
  { planFile, output }: { readonly planFile: string; readonly output: string },
): Promise<ProgramEnding> {
  const { executable, directory } = operation.terraform;
  const into = openSync(output, "ax", 0o600);
  const following = follow(output, onLine);
  try {
    return await runProgram({
      executable,
      args: ["apply", "-input=false", "-no-color", LOCK, planFile],
      ...{ cwd: directory, env: environment, into, onAbort: "wait" },
    });
  } finally {
    closeSync(into);
    following.stop();
  }
}

const look = (
  { terraform: { executable, directory } }: TerraformOperation,
  { environment, signal }: TerraformMeans,
  args: readonly string[],
): Promise<ProgramEnding> =>
  runProgram({
    ...{ executable, args, cwd: directory, env: environment, signal },
    ...{ onAbort: "kill", timeoutMs: LOOK_MS },
  });

const isProgress = (line: string): boolean =>
  /: (?:Refreshing|Reading|Read complete|Still|Creating|Modifying|Destroying|Provisioning|Creation|Modifications|Destruction|Preparing import|Opening|Closing)\b/.test(
    line,
  );

const FOLLOW_MS = 250;

/** Tells of progress as it is written to a file. */
function follow(path: string, onLine: (line: string) => void): { stop(): void } {
  const descriptor = openSync(path, "r");
  const buffer = Buffer.alloc(64 * 1024);
  let rest = "";
  const read = () => {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return;
      const lines = `${rest}${buffer.toString("utf8", 0, length)}`.split("\n");
      rest = (lines.pop() ?? "").slice(-buffer.length);
      for (const line of lines) if (isProgress(line)) onLine(line);
    }
  };
  const timer = setInterval(read, FOLLOW_MS);
  return {
    stop: () => {
      clearInterval(timer);
      read();
      closeSync(descriptor);
    },
  };
}

/** What terraform says where it refuses before it begins. */
const REFUSED_TO_BEGIN =
  /^(?:│ )?Error: (?:Saved plan is stale|Error acquiring the state lock|Failed to (?:load|read) plan|Inconsistent dependency lock file|Backend initialization required|Required plugins are not installed|Module not installed|Workspace mismatch|Invalid plan file|Plan file was created by|Saved plan has no changes)/m;
const BEGAN =
  /: (?:Creating|Modifying|Destroying|Provisioning|Reading|Still|Creation complete|Destruction complete|Modifications complete)\b|^Apply complete!|\(local-exec\)|\(remote-exec\)/m;

/** What came of an apply (O3). */
export function applyOutcome(
  { exitCode, signal, notStarted }: ProgramEnding,
  output: string,
): { readonly status: "applied" | "failed" | "unknown"; readonly why?: string } {
  if (notStarted !== undefined)
    return { status: "failed", why: `terraform was not started (${notStarted})` };
  if (exitCode === 0) return { status: "applied" };
  if (signal !== undefined) return { status: "unknown", why: `terraform was ended by ${signal}` };
  if (!BEGAN.test(output) && REFUSED_TO_BEGIN.test(output))
    return { status: "failed", why: firstError(output) ?? "terraform refused to begin" };
  return { status: "unknown", why: firstError(output) ?? `terraform exited with ${exitCode}` };
}

/** The first error that terraform printed, on one line. */
export function firstError(output: string): string | undefined {
  return /^(?:│ )?Error: (.*)$/m.exec(output)?.[1];
}

/** That terraform itself failed at something that changes nothing, and whose output is shown. */
export function terraformFailed(what: string, ending: ProgramEnding, directory: string): Failure {
  const why = firstError(plain(ending));
  return failed(what, ending, directory, why, "see what it printed, and call the tool again");
}

/** The same of a look, of whose output nobody sees more than this. */
function lookFailed(
  what: string,
  ending: ProgramEnding,
  { terraform: { directory } }: TerraformOperation,
  { redact }: TerraformMeans,
): Failure {
  const why = redact(wholeError(plain(ending)));
  return failed(what, ending, directory, why, "mend what it says, and call the tool again");
}

function failed(
  what: string,
  ending: ProgramEnding,
  directory: string,
  why: string | undefined,
  fix: string,
): Failure {
  const { exitCode, signal, notStarted, ended } = ending;
  const how = ended ?? notStarted ?? signal ?? `exit ${exitCode}`;
  const needsInit = /terraform init\b/.test(plain(ending));
  return new Failure("terraform-failed", `${what}: ${why || how}`, {
    exitCode: EXIT.resourceInError,
    fix: needsInit ? `a person runs: cd ${directory} && terraform init` : fix,
  });
}

/** In characters. */
const MOST_OF_ERROR = 1200;

/** All that it says from its first error on, on one line and cut; where there is none, of all. */
function wholeError(output: string): string {
  const from = Math.max(0, output.indexOf("Error: "));
  const text = output.slice(from).replace(/[╷╵│]/g, " ").split(/\s+/).join(" ").trim();
  return text.length <= MOST_OF_ERROR ? text : `${text.slice(0, MOST_OF_ERROR)}…`;
}

/** Without colours: not every command of terraform's takes -no-color. */
const plain = ({ stderr, stdout }: ProgramEnding): string =>
  `${stderr}\n${stdout}`.replace(/\x1b\[[\d;]*m/g, "");
