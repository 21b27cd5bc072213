// Runs a command inside a new session, and ends the session when the command ends.
//
// E3 The exit code is the child's own; 128+n for its signal; 126 and 127 when it cannot start;
//    whatever becomes of the terminal meanwhile.
// E4 Signals keep their default meaning only when nothing is left to clean up: somebody who presses
//    Ctrl-C twice leaves nothing behind.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { sweepSessions } from "../../grants/session-store.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { letGoOfHungUpTerminals } from "../../system/hung-up-terminal.ts";
import { type Environment, SESSION_VARIABLE } from "../../system/places.ts";
import { visible } from "../../system/terminal-text.ts";
import { receiptText } from "./banner.ts";
import type { SessionHost } from "../host/host.ts";
import { type LaunchRequest, type LaunchWorld, openSession } from "./open-session.ts";
import { type Forwarding, startForwarding } from "./signals.ts";
import { socketPath } from "../protocol/socket-path.ts";

/** How long to wait for the result of a request that is being sent, in milliseconds. */
const SETTLE_MS = 250;

/**
 * When what the first nested command needs is made, in milliseconds after the start: a command that
 * does nothing does not wait for it, and one that deletes takes longer than that to come to it.
 */
const WARM_UP_MS = 20;

/** Runs the command inside a new session. Returns the exit code (E3). Throws Failure before it starts. */
export async function launch(request: LaunchRequest, world: LaunchWorld): Promise<number> {
  const session = await openSession(request, world);
  const giveUp = () => session.end("was left behind");
  process.once("exit", giveUp);
  process.once("exit", letGoOfHungUpTerminals);
  let ending: Ending | undefined;
  let stop = () => {};
  let later: NodeJS.Timeout | undefined;
  try {
    const env = { ...world.env, [SESSION_VARIABLE]: session.identity.token };
    const started = startChild(request.command, env);
    if ("failure" in started) ending = started;
    else {
      stop = started.stop;
      later = setTimeout(session.warmUp, WARM_UP_MS).unref();
      ending = await sweepUntil(
        endingOf(started.child, world.env.PATH ?? ""),
        session.directory,
        world,
      );
      await session.host.settled(SETTLE_MS);
    }
  } finally {
    clearTimeout(later);
    session.end(ending?.text ?? "was left behind");
    process.off("exit", giveUp);
    stop();
  }
  finish(request, world, session.host, ending.text);
  if (ending.failure !== undefined) world.say(`holdfast: ${ending.failure}\n`);
  return ending.code;
}

/** Sweeps while the command runs, and no longer. */
async function sweepUntil(
  end: Promise<Ending>,
  directory: string,
  world: LaunchWorld,
): Promise<Ending> {
  const sweeping = new AbortController();
  const swept = sweep(directory, world, sweeping.signal);
  const ending = await end;
  sweeping.abort();
  await swept;
  return ending;
}

/** Removes what sessions that were killed left behind. A store that cannot be read is not ours to mend. */
async function sweep(directory: string, world: LaunchWorld, signal: AbortSignal): Promise<void> {
  const removeSocket = (token: string) => rmSync(socketPath(world.env, token), { force: true });
  try {
    await sweepSessions(directory, world.processes, removeSocket, signal);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

interface Ending {
  readonly code: number;
  readonly text: string;
  readonly failure?: string;
}

function startChild(
  [file = "", ...args]: readonly string[],
  env: Environment,
): Forwarding<ChildProcess> | NotStarted {
  try {
    return startForwarding(() => spawn(file, args, { stdio: "inherit", env }));
  } catch (error) {
    // Node throws some reasons not to start and reports others later.
    return notStarted(file, env.PATH ?? "", error as NodeJS.ErrnoException);
  }
}

type NotStarted = Required<Ending>;

function notStarted(file: string, path: string, { code }: NodeJS.ErrnoException): NotStarted {
  const notFound = code === "ENOENT" || (code === "EACCES" && !isOnPath(file, path));
  const why = notFound ? "command not found" : `cannot be executed (${code})`;
  return {
    code: notFound ? EXIT.commandNotFound : EXIT.cannotExecute,
    text: "did not start",
    failure: `${visible(file)}: ${why}`,
  };
}

/** A directory on PATH that may not be entered makes the system say EACCES of a command that is nowhere. */
function isOnPath(file: string, path: string): boolean {
  const directories = path.split(delimiter);
  return file.includes("/") || directories.some((each) => existsSync(join(each || ".", file)));
}

function endingOf(child: ChildProcess, path: string): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(notStarted(child.spawnfile, path, error)));
    child.once("exit", (code, signal) => {
      if (signal === null) resolve({ code: code ?? 0, text: `exited with ${code}` });
      else resolve({ code: 128 + constants.signals[signal], text: `was ended by ${signal}` });
    });
  });
}

function finish(
  request: LaunchRequest,
  world: LaunchWorld,
  host: SessionHost,
  ending: string,
): void {
  const description = host.describe();
  const mustShow = !request.quiet || description.counts.unknown > 0;
  if (mustShow) world.say(receiptText(description, ending));
  if (request.receiptFile === undefined) return;
  try {
    const state = description.state === "live" ? "ended" : description.state;
    const endedAt = new Date(world.clock.wall()).toISOString();
    const text = `${JSON.stringify({ ...description, state, ending, endedAt }, null, 2)}\n`;
    writeFileSync(request.receiptFile, text, { mode: 0o600 });
  } catch (error) {
    world.say(`holdfast: the receipt could not be written: ${visible((error as Error).message)}\n`);
  }
}
