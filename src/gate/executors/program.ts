// Runs a program that the gateway calls by itself, and keeps what it prints.
//
// X1 No shell; the words, the directory and the variables are exactly what is given, and its input is
//    what is given, or closed.
// X2 It has a process group of its own. Who wants it ended asks the whole group, and kills it only
//    after a grace, and never where it may be writing a state: there it is asked, and waited for.
// X3 What it prints is kept up to a limit, and read to its end all the same: a program that waits for
//    a reader would hang.
// X4 What writes a state may outlive us: it prints into a file, because who prints into a pipe that
//    nobody holds any more is killed for it.

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";

export interface ProgramRun {
  /** Absolute. */
  readonly executable: string;
  readonly args: readonly string[];
  /** What it is told that it was called as, where that is not `executable`. */
  readonly argv0?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** UTF-8 text for its input; closed at once where there is none. */
  readonly input?: string;
  /** Aborted: whoever asked does not want it any more. */
  readonly signal?: AbortSignal;
  /** `kill`: asked, then killed after the grace. `wait`: asked once, as Ctrl-C does, and waited for (X2). */
  readonly onAbort: "kill" | "wait";
  /** Ends it as `signal` does, after so many milliseconds. Never for what writes. */
  readonly timeoutMs?: number;
  /** A descriptor that both streams go to, instead of being kept (X4). */
  readonly into?: number;
  /** Told of each whole line, of either stream; of none that goes elsewhere. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramEnding {
  /** Undefined: a signal ended it, or it never started. */
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** Why it never started: `ENOENT`. */
  readonly notStarted?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** More was printed than is kept. */
  readonly isCut: boolean;
  /** Who wanted it ended before it ended. */
  readonly ended?: "aborted" | "timeout";
}

/** Kept of each stream, in characters. */
export const MOST_KEPT = 8 * 1024 * 1024;
/** What may be cut through, in characters. */
const LONGEST_SECRET = 16 * 1024;
/** Between being asked and being killed, in milliseconds. */
const GRACE_MS = 5_000;
/** Between being killed and not being listened to any more. */
const LAST_WORDS_MS = 1_000;

/** Runs it to its end. Never throws. */
export function runProgram(run: ProgramRun): Promise<ProgramEnding> {
  const { executable, args, argv0 = executable, cwd, env, input, into = "pipe" } = run;
  let child: ChildProcess;
  try {
    child = spawn(executable, args, {
      ...{ argv0, cwd, env, shell: false, detached: true },
      stdio: [input === undefined ? "ignore" : "pipe", into, into],
    });
  } catch (error) {
    const notStarted = (error as NodeJS.ErrnoException).code ?? "unknown";
    return Promise.resolve({ notStarted, stdout: "", stderr: "", isCut: false });
  }
  const stdout = keep(child.stdout, run.onLine);
  const stderr = keep(child.stderr, run.onLine);
  // Whoever stops reading its input is no failure of ours: its exit code says more.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const ending = endWhenWanted(child, run);
  return new Promise((resolve) => {
    const done = (how: Pick<ProgramEnding, "exitCode" | "signal" | "notStarted">) => {
      const ended = ending.stop();
      const isCut = stdout.isCut() || stderr.isCut();
      const kept = { stdout: stdout.text(), stderr: stderr.text(), isCut };
      resolve({ ...how, ...kept, ...(ended === undefined ? {} : { ended }) });
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) done({ notStarted: error.code ?? "unknown" });
    });
    child.once("close", (code, signal) => {
      if (child.pid === undefined) return;
      done(signal === null ? { exitCode: code ?? 0 } : { signal });
    });
  });
}

/** What a shell would exit with: 128+n for a signal. */
export function shellExitCode({ exitCode, signal }: ProgramEnding): number {
  if (signal !== undefined) return 128 + constants.signals[signal];
  return exitCode ?? 127;
}

interface Kept {
  readonly text: () => string;
  readonly isCut: () => boolean;
}

/** Reads a stream to its end, and keeps the beginning of it (X3). */
function keep(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): Kept {
  const decoder = new StringDecoder("utf8");
  const parts: string[] = [];
  let length = 0;
  let cut = false;
  let line = "";
  const take = (text: string) => {
    if (length < MOST_KEPT) parts.push(text.slice(0, MOST_KEPT - length));
    length += text.length;
    cut ||= length > MOST_KEPT;
    if (onLine === undefined) return;
    const lines = `${line}${text}`.slice(-MOST_KEPT).split("\n");
    line = lines.pop() ?? "";
    for (const each of lines) onLine(each);
  };
  stream?.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  stream?.on("end", () => take(decoder.end()));
  // A secret that stands across the cut would keep its beginning, which nobody could recognise.
  const text = () => (cut ? parts.join("").slice(0, MOST_KEPT - LONGEST_SECRET) : parts.join(""));
  return { text, isCut: () => cut };
}

/** Ends the group when that is wanted (X2). `stop` says who wanted it. */
function endWhenWanted(
  child: ChildProcess,
  { signal, timeoutMs, onAbort }: ProgramRun,
): { stop(): ProgramEnding["ended"] } {
  let ended: ProgramEnding["ended"];
  let killing: NodeJS.Timeout | undefined;
  const end = (why: NonNullable<ProgramEnding["ended"]>) => {
    if (ended !== undefined) return;
    ended = why;
    signalGroup(child, onAbort === "kill" ? "SIGTERM" : "SIGINT");
    if (onAbort === "kill") killing = setTimeout(() => kill(child), GRACE_MS);
  };
  const onAborted = () => end("aborted");
  signal?.addEventListener("abort", onAborted, { once: true });
  if (signal?.aborted) onAborted();
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => end("timeout"), timeoutMs).unref();
  return {
    stop: () => {
      signal?.removeEventListener("abort", onAborted);
      clearTimeout(timer);
      clearTimeout(killing);
      return ended;
    },
  };
}

/** What has left the group may still hold the other end of what we read: nobody waits for that. */
function kill(child: ChildProcess): void {
  signalGroup(child, "SIGKILL");
  setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, LAST_WORDS_MS).unref();
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
