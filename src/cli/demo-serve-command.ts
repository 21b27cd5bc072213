// `holdfast demo --serve`: the stand-in, to try things on.

import { once } from "node:events";
import { type Launcher, openLauncher } from "../demo/launcher.ts";
import { exportLine, exportsOf, invitation, suggestions } from "../demo/serve.ts";
import { type StandIn, startStandIn } from "../demo/stand-in/server.ts";
import { shellWord } from "../policy/command-line.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { holdfastOnPath } from "./on-path.ts";

/**
 * Keeps the stand-in up until `stopped`, which is a good end.
 * @throws UnusableDirectory; the error of `listen` when loopback cannot be used
 */
export async function runServe(
  stopped: AbortSignal,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const standIn = await startStandIn();
  let launcher: Launcher | undefined;
  try {
    launcher = globals.json ? undefined : launcherWhereMissing(context);
    tell(standIn, launcher, globals, context);
    if (!stopped.aborted) await once(stopped, "abort");
    if (!globals.quiet) context.stderr.write("holdfast demo: the stand-in has ended\n");
    return EXIT.ok;
  } finally {
    launcher?.close();
    await standIn.close();
  }
}

/** An alias would not reach into sessions, so where PATH does not lead to holdfast, PATH is changed. */
function launcherWhereMissing({ env }: CliContext): Launcher | undefined {
  if (holdfastOnPath(env, process.platform) !== undefined) return undefined;
  return openLauncher([process.execPath, process.argv[1] ?? ""]);
}

function tell(
  standIn: StandIn,
  launcher: Launcher | undefined,
  { json, quiet }: GlobalOptions,
  { stdout, stderr }: CliContext,
): void {
  const path = launcher === undefined ? [] : [`PATH=${shellWord(launcher.directory)}:"$PATH"`];
  if (!quiet) stderr.write(invitation(standIn, json));
  stdout.write(json ? servingJson(standIn) : exportLine(standIn, path));
  if (!quiet) stderr.write(suggestions(standIn));
}

function servingJson(standIn: StandIn): string {
  return `${JSON.stringify({ url: standIn.url, pid: process.pid, environment: exportsOf(standIn) }, null, 2)}\n`;
}
