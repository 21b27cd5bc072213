// Runs kubectl: exactly what was decided on.
//
// Z1 Just before it is run the call is resolved again: if a file, a variable or the manifest has
//    changed since the decision, nothing is run.
// Z2 What fails without doubt (the API server refuses it, or was never reached) had no effect; what may
//    have had one is unknown: an answer that never came, a part of several objects, a run that was ended.
// Z3 What only looks is ended when nobody wants it any more, or after a while. What changes something is
//    ended only when its caller goes away.

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { operationDigest } from "../../policy/digest.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { KubectlOperation } from "../../policy/operation.ts";
import { ensurePrivateDirectory, UnsafeFile } from "../../system/safe-file.ts";
import type { Execution } from "../run.ts";
import { type ProgramEnding, runProgram, shellExitCode } from "./program.ts";

/** What became of a run of kubectl, with what it printed. Its exit code is `response.status`. */
export interface KubectlResult extends Execution {
  readonly ending: ProgramEnding;
}

/** What running kubectl takes, besides the operation. */
export interface KubectlMeans {
  /** The variables to run it with, values and all. */
  readonly environment: Readonly<Record<string, string>>;
  /** What goes to stdin; its SHA-256 is the operation's `input`. */
  readonly input?: string;
  /** Where kubectl keeps what it has found out: made private. */
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  /** Resolves the call again, as everything is now (Z1). */
  readonly resolveAgain: () => Promise<KubectlOperation>;
}

/** What only looks may take so long, in milliseconds. */
const LONGEST_LOOK_MS = 120_000;

/**
 * Makes it ready.
 *
 * @throws Failure where the input is not what was decided on, or there is no private cache
 */
export async function prepareKubectl(
  operation: KubectlOperation,
  means: KubectlMeans,
): Promise<() => Promise<KubectlResult>> {
  const { input, cacheDirectory } = means;
  const digest = input === undefined ? undefined : sha256(input);
  if (digest !== operation.kubectl.input) throw changed("its input is another");
  ensurePrivate(cacheDirectory);
  return () => runKubectl(operation, means);
}

/** What kubectl prints of the cluster's kinds; undefined where it could not say, or not all of it. */
export async function listKinds(
  from: Pick<KubectlOperation["kubectl"], "executable" | "kubeconfig" | "context">,
  means: Pick<KubectlMeans, "environment" | "cacheDirectory" | "signal">,
): Promise<string | undefined> {
  ensurePrivate(means.cacheDirectory);
  const ending = await runProgram({
    executable: from.executable,
    args: [
      `--kubeconfig=${from.kubeconfig}`,
      `--context=${from.context}`,
      `--cache-dir=${means.cacheDirectory}`,
      "--request-timeout=30s",
      ...["api-resources", "--no-headers", "--cached=false"],
    ],
    cwd: "/",
    env: { ...means.environment, PWD: "/" },
    signal: means.signal,
    onAbort: "kill",
    timeoutMs: LONGEST_LOOK_MS,
  });
  return ending.exitCode === 0 && !ending.isCut ? ending.stdout : undefined;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The directory, and the one above it that holds one for each environment. */
function ensurePrivate(path: string): void {
  try {
    ensurePrivateDirectory(dirname(path));
    ensurePrivateDirectory(path);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Failure("unusable-cache", error.message, {
      exitCode: EXIT.ownFailure,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      cause: error,
    });
  }
}

async function runKubectl(
  operation: KubectlOperation,
  means: KubectlMeans,
): Promise<KubectlResult> {
  const difference = await differenceOf(operation, means.resolveAgain);
  if (difference !== undefined)
    return { outcome: "failed_no_effect", error: difference, ending: NEVER };
  const { executable, args } = operation.kubectl;
  const isLook = operation.impact === "read";
  const ending = await runProgram({
    executable,
    args,
    // It reads nothing from where it runs: no file of a project has a part in it.
    cwd: "/",
    env: { ...means.environment, PWD: "/" },
    ...(means.input === undefined ? {} : { input: means.input }),
    signal: means.signal,
    onAbort: "kill",
    ...(isLook ? { timeoutMs: LONGEST_LOOK_MS } : {}),
  });
  return resultOf(operation, ending);
}

const NEVER: ProgramEnding = { notStarted: "changed", stdout: "", stderr: "", isCut: false };

/** What has changed since the decision (Z1); undefined: nothing. */
async function differenceOf(
  operation: KubectlOperation,
  resolveAgain: KubectlMeans["resolveAgain"],
): Promise<Failure | undefined> {
  try {
    const now = await resolveAgain();
    if (operationDigest(now) === operationDigest(operation)) return undefined;
    const { files } = operation.kubectl;
    const path = Object.keys(files).find((each) => files[each] !== now.kubectl.files[each]);
    return changed(path === undefined ? "something about it has changed" : `${path} has changed`);
  } catch (error) {
    if (error instanceof Failure) return changed(error.message);
    throw error;
  }
}

function changed(what: string): Failure {
  return new Failure("call-changed", `nothing was run: ${what} since it was decided on`, {
    exitCode: EXIT.refused,
    fix: "look at what changed it, and make the same call again: it is decided on anew",
  });
}

function resultOf(operation: KubectlOperation, ending: ProgramEnding): KubectlResult {
  const outcome = outcomeOf(operation, ending);
  const response = ending.exitCode === undefined ? {} : { response: { status: ending.exitCode } };
  if (outcome === "succeeded") return { outcome, ...response, ending };
  return { outcome, ...response, error: failureOf(outcome, ending), ending };
}

/** Refused by the API server, which then did nothing. */
const REFUSED =
  /^(?:Error from server \((?:NotFound|Forbidden|Invalid|Conflict|AlreadyExists|BadRequest|MethodNotAllowed|NotAcceptable|UnsupportedMediaType|Unauthorized|Gone|RequestEntityTooLarge|TooManyRequests)\)|error: You must be logged in|The [A-Za-z]+ "[^"\n]*" is invalid)/m;
/** Never got there. */
const UNREACHED =
  /^(?:error: unable to recognize "[^"\n]*": Get "[^"\n]*": (?:dial tcp|tls: failed to verify|x509)|The connection to the server \S+ was refused|Unable to connect to the server: (?:dial|x509|tls: failed to verify|getting credentials))|no matches for kind|the server doesn't have a resource type|error validating |unable to decode|unable to upgrade connection|executable \S+ not found|no kind ".*" is registered/m;
const UNREACHED_SERVER = /connection to the server|Unable to connect to the server|dial tcp|x509/;
/** An answer is missing, or the server itself does not know. */
const DOUBTFUL =
  /timeout|timed out|deadline|EOF|InternalError|ServerTimeout|connection reset|broken pipe|etcd|unexpected|canceled/i;
/** Its own log, of looks that came before anything was sent; and the time limit in an address. */
const LOGGED = /^[EWI]\d{4} .*\n?/gm;
const TIME_LIMIT = /([?&])timeout=[\dhms.]+/g;
/** What it tried before a command in a pod could begin. */
const LOOKED =
  /^(?:E\d{4} [^\n]* memcache\.go:\d+\] [^\n]*: dial tcp\b[^\n]*(?:connection refused|no such host)"?\n)*/;
/** Of several objects, this much has been done. */
const DONE = /\s(?:created|configured|deleted|scaled|serverside-applied)(?:\s|$)/m;

function outcomeOf({ impact, kubectl }: KubectlOperation, ending: ProgramEnding) {
  if (ending.exitCode === 0) return "succeeded";
  if (ending.notStarted !== undefined || impact === "read") return "failed_no_effect";
  if (ending.ended !== undefined || ending.exitCode === undefined) return "unknown";
  const { stdout } = ending;
  const stderr = ending.stderr.replace(TIME_LIMIT, "$1");
  if (kubectl.verb === "exec") return outcomeOfCommand(ending);
  const isClear = REFUSED.test(stderr) || UNREACHED.test(stderr);
  return isClear && !DOUBTFUL.test(stderr) && !DONE.test(stdout) ? "failed_no_effect" : "unknown";
}

/** A command that ran to its end: what its exit code means is its own affair. It may say anything. */
function outcomeOfCommand({ stdout, stderr }: ProgramEnding) {
  if (/^command terminated with exit code \d+\s*$/m.test(stderr)) return "succeeded";
  const [line = ""] = stderr.replace(LOOKED, "").split("\n");
  const isClear = REFUSED.test(line) || UNREACHED.test(line);
  return stdout === "" && isClear && !DOUBTFUL.test(line) ? "failed_no_effect" : "unknown";
}

function failureOf(outcome: Execution["outcome"], ending: ProgramEnding): Failure {
  const said = ending.stderr.replace(LOGGED, "") || ending.stderr;
  const first = said.split("\n").find((each) => each.trim() !== "");
  const how =
    ending.notStarted !== undefined
      ? `it could not be started (${ending.notStarted})`
      : ending.ended !== undefined
        ? `it was ended before it had finished (${ending.ended})`
        : (first ?? `it ended with ${shellExitCode(ending)}`).slice(0, 400);
  return new Failure("kubectl-failed", `kubectl: ${how}`, {
    exitCode: EXIT.resourceInError,
    fix:
      outcome === "unknown"
        ? "look at the object first: it may be as asked for, or half so"
        : UNREACHED_SERVER.test(said)
          ? "a person looks whether the cluster is up, and at the kubeconfig that policy names"
          : "nothing was changed: mend what it says, and call the tool again",
  });
}
