// `holdfast demo`: the walk-through, and the stand-in to try things on.

import { constants } from "node:os";
import { UnusableDirectory } from "../demo/launcher.ts";
import { STEPS } from "../demo/steps.ts";
import { Telling } from "../demo/telling.ts";
import { type WalkThrough, walkThrough } from "../demo/walk-through.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { findAgent } from "../session/agents.ts";
import { findPerson } from "../session/caller/person.ts";
import { SESSION_VARIABLE } from "../system/places.ts";
import { isCi } from "../system/ci.ts";
import { openProcesses } from "../system/open-processes.ts";
import { commandLine, shellWord } from "../policy/command-line.ts";
import { holdfastOnPath } from "./on-path.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs the walk-through; with `serve`, keeps the stand-in up until it is told to stop, which is a
 * good end (0). Otherwise 0 when every step went as told, 125 when one did not, 128+n after signal n.
 * @throws Failure when it cannot start
 */
export async function runDemo(
  serve: boolean,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  if (globals.dryRun) return dryRun(serve, context);
  if (serve) return await runServing(globals, context);
  await refuseWhereSessionsCannotStart();
  return await runWalkThrough(globals, context);
}

function dryRun(serve: boolean, context: CliContext): number {
  const what = serve
    ? "would keep a stand-in for HCP Terraform on loopback until Ctrl-C"
    : `would play ${STEPS.length} steps against a stand-in on loopback, in a temporary directory`;
  context.stderr.write(`holdfast: dry run: demo ${what}\n`);
  return EXIT.ok;
}

/** The demo starts sessions, and nothing inside a session can start a wider one: no exception. */
async function refuseWhereSessionsCannotStart(): Promise<void> {
  if (process.platform === "win32")
    throw new Failure("unsupported-platform", "session grants do not work on Windows", {
      exitCode: EXIT.refused,
      fix: "run holdfast in WSL",
    });
  const processes = await openProcesses();
  const chain = await processes.lineage(processes.self());
  const marked = chain.filter(({ pid }) =>
    processes.initialEnvironment(pid)?.get(SESSION_VARIABLE),
  );
  if (marked.length === 0) return;
  const isOursAlone = marked.length === 1 && marked[0]?.pid === process.pid;
  const message = isOursAlone
    ? `the demo starts sessions of its own, and cannot with ${SESSION_VARIABLE} set`
    : "the demo starts sessions of its own, and nothing inside a session can start a wider one";
  throw new Failure("inside-session", message, {
    exitCode: EXIT.refused,
    fix: isOursAlone
      ? `unset ${SESSION_VARIABLE}; inside a session use another terminal`
      : "in a terminal outside the session: holdfast demo",
  });
}

/** What is told to type next must work as printed, also from a clone that is not installed. */
function naming({ env }: CliContext): { readonly naming?: string } {
  if (holdfastOnPath(env, process.platform) !== undefined) return {};
  const command = commandLine(["node", process.argv[1] ?? ""]);
  return { naming: `alias holdfast=${shellWord(command)}` };
}

/** Whether what is printed is read while it happens, by somebody who could answer. */
function isForEyes({ json, markdown, quiet }: GlobalOptions, { stdout }: CliContext): boolean {
  return stdout.isTTY === true && !json && !markdown && !quiet;
}

/** The gate's own rule, for this process and in the demo's places; `holdfast approve` has the last word. */
async function isPersonHere(places: CliContext["env"], context: CliContext): Promise<boolean> {
  const { env, home } = context;
  // A terminal there has nobody before it.
  if (isCi(env)) return false;
  const world = { env: { ...env, ...places }, home, processes: await openProcesses() };
  return (await findPerson(world, false)).present;
}

async function isUnderAgent({ env }: CliContext): Promise<boolean> {
  const processes = await openProcesses();
  return findAgent(env, await processes.lineage(processes.self()), processes) !== undefined;
}

async function runWalkThrough(globals: GlobalOptions, context: CliContext): Promise<number> {
  const { json, markdown, quiet } = globals;
  // With --json the object alone is on stdout.
  const out = json ? context.stderr : context.stdout;
  const color = globals.color && out.isTTY === true && !context.env.NO_COLOR;
  const telling = new Telling({ markdown, brief: quiet, color, ...naming(context) });
  const stopping = new AbortController();
  const signal = whenStopped((name) => stopping.abort(name));
  try {
    const result = await walkThrough({
      env: context.env,
      executable: [process.execPath, process.argv[1] ?? ""],
      signal: stopping.signal,
      isUnderAgent: await isUnderAgent(context),
      ...(isForEyes(globals, context) ? { findPerson: (env) => isPersonHere(env, context) } : {}),
      onInterrupted: () => stopping.abort("SIGINT"),
      onStep: (number, title) => out.write(telling.heading(number, title)),
      onShown: (shown) => out.write(telling.command(shown)),
      onTurn: (command) => out.write(telling.turn(command)),
      onResult: (step) => out.write(telling.result(step)),
    });
    if (stopping.signal.aborted) return stoppedBy(stopping.signal, context);
    out.write(telling.summary(result));
    if (json) context.stdout.write(`${JSON.stringify(resultJson(result), null, 2)}\n`);
    return result.ok ? EXIT.ok : EXIT.ownFailure;
  } catch (error) {
    throw asFailure(error);
  } finally {
    signal.off();
  }
}

function stoppedBy({ reason }: AbortSignal, context: CliContext): number {
  context.stderr.write("holdfast demo: stopped; nothing is left behind\n");
  return 128 + constants.signals[reason as NodeJS.Signals];
}

function resultJson({ ok, steps, milliseconds }: WalkThrough): object {
  const rounded = steps.map((step) => ({ ...step, milliseconds: Math.round(step.milliseconds) }));
  return { ok, steps: rounded, milliseconds: Math.round(milliseconds) };
}

async function runServing(globals: GlobalOptions, context: CliContext): Promise<number> {
  const { runServe } = await import("./demo-serve-command.ts");
  const stopped = new AbortController();
  const signal = whenStopped(() => stopped.abort());
  try {
    return await runServe(stopped.signal, globals, context);
  } catch (error) {
    throw asFailure(error);
  } finally {
    signal.off();
  }
}

function whenStopped(told: (signal: NodeJS.Signals) => void): { off: () => void } {
  for (const name of STOPPING) process.on(name, told);
  return {
    off: () => {
      for (const name of STOPPING) process.off(name, told);
    },
  };
}

function asFailure(error: unknown): unknown {
  if (error instanceof UnusableDirectory)
    return new Failure("temporary-directory", error.message, {
      exitCode: EXIT.ownFailure,
      fix: error.fix,
    });
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== "listen") return error;
  return new Failure("no-loopback", `the stand-in cannot listen on 127.0.0.1 (${code})`, {
    exitCode: EXIT.ownFailure,
    fix: "let this process listen on loopback: outside a sandbox, or by the sandbox's settings",
    cause: error,
  });
}
