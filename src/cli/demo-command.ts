// `holdfast demo`: the walk-through, and the stand-in to try things on.

import { constants } from "node:os";
import { UnusableDirectory } from "../demo/playground.ts";
import { exportLine, exportsOf, invitation, suggestions } from "../demo/serve.ts";
import { type StandIn, startStandIn } from "../demo/stand-in/server.ts";
import { STEPS } from "../demo/steps.ts";
import { Telling } from "../demo/telling.ts";
import { type WalkThrough, walkThrough } from "../demo/walk-through.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { SESSION_VARIABLE } from "../system/places.ts";
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
  if (serve) return await runServe(globals, context);
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
      onStep: (number, title) => out.write(telling.heading(number, title)),
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

async function runServe({ json, quiet }: GlobalOptions, context: CliContext): Promise<number> {
  const standIn = await startStandIn().catch((error: unknown) => {
    throw asFailure(error);
  });
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const signal = whenStopped(() => stop());
  try {
    if (!quiet) context.stderr.write(invitation(standIn));
    context.stdout.write(json ? servingJson(standIn) : exportLine(standIn));
    if (!quiet) context.stderr.write(suggestions(standIn));
    await stopped;
    if (!quiet) context.stderr.write("holdfast demo: the stand-in has ended\n");
    return EXIT.ok;
  } finally {
    signal.off();
    await standIn.close();
  }
}

function servingJson(standIn: StandIn): string {
  return `${JSON.stringify({ url: standIn.url, pid: process.pid, environment: exportsOf(standIn) }, null, 2)}\n`;
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
