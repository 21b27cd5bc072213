// Where holdfast keeps things: owners, modes, and whether a socket's path fits.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { commandLine } from "../policy/command-line.ts";
import { socketPath } from "../session/protocol/socket-path.ts";
import {
  configDirectory,
  MAX_SOCKET_PATH,
  runtimeDirectory,
  sessionDirectory,
} from "../system/places.ts";
import { checkPrivateDirectory, UnsafeFile } from "../system/safe-file.ts";
import { type Check, type Finding, note, ok, problem } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

type Variable = "HOLDFAST_CONFIG_DIR" | "HOLDFAST_RUNTIME_DIR";

/** A directory that is private and short enough, and works as printed. */
const elsewhere = (variable: Variable): string => `export ${variable}="$(mktemp -d)"`;

/** Whether files can be made in a directory, as far as the system tells without making one. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A directory that is not there yet: can it be made? */
function missing(path: string, variable: Variable): Finding {
  let parent = dirname(path);
  while (!existsSync(parent) && parent !== dirname(parent)) parent = dirname(parent);
  return isWritable(parent)
    ? ok(`${path}: not there yet, made when it is needed`)
    : problem(`${path}: cannot be made, ${parent} is not writable`, elsewhere(variable));
}

/** A path that means another place in every directory. */
const relative = (path: string, variable: Variable): Finding =>
  problem(`${path}: is not an absolute path`, elsewhere(variable));

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

async function configuration({ env, home }: DoctorWorld): Promise<Finding> {
  const path = configDirectory(env, home);
  if (!isAbsolute(path)) return relative(path, "HOLDFAST_CONFIG_DIR");
  if (!existsSync(path)) return missing(path, "HOLDFAST_CONFIG_DIR");
  const found = statSync(path);
  if (!found.isDirectory())
    return problem(`${path}: is not a directory`, commandLine(["mv", path, `${path}.aside`]));
  if (found.uid !== process.getuid?.())
    return problem(`${path}: belongs to another user`, elsewhere("HOLDFAST_CONFIG_DIR"));
  if ((found.mode & 0o022) !== 0) {
    const text = `${path}: other users may write to it (mode ${octal(found.mode)})`;
    return problem(text, commandLine(["chmod", "go-w", path]));
  }
  return ok(`${path}: yours, mode ${octal(found.mode)}`);
}

/** A directory that must be ours alone, by the same rules by which it is used. */
function privateDirectory(path: string, variable: Variable): Finding {
  if (!isAbsolute(path)) return relative(path, variable);
  try {
    checkPrivateDirectory(path);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    if (error.code === "missing") return missing(path, variable);
    if (error.code !== "too-open") return problem(error.message, elsewhere(variable));
    return problem(error.message, commandLine(["chmod", "700", path]));
  }
  if (!isWritable(path)) return problem(`${path}: is not writable`, elsewhere(variable));
  return ok(`${path}: yours alone, mode ${octal(statSync(path).mode)}`);
}

async function socketLength({ env }: DoctorWorld): Promise<Finding> {
  // Every token's path is equally long; one that is too long throws the failure that says so.
  const bytes = Buffer.byteLength(socketPath(env, ""));
  return ok(`${bytes} bytes of at most ${MAX_SOCKET_PATH}`);
}

const onWindows = note("not used: session grants do not work on Windows", "use WSL");

function posixOnly(run: Check["run"]): Check["run"] {
  return async (world) => (world.platform === "win32" ? onWindows : run(world));
}

/** The checks. */
export const PLACES: readonly Check[] = [
  { id: "config-directory", title: "configuration", run: posixOnly(configuration) },
  {
    id: "record-directory",
    title: "session records",
    run: posixOnly(async ({ env, home }) =>
      privateDirectory(sessionDirectory(env, home), "HOLDFAST_CONFIG_DIR"),
    ),
  },
  {
    id: "runtime-directory",
    title: "session sockets",
    run: posixOnly(async ({ env }) =>
      privateDirectory(runtimeDirectory(env), "HOLDFAST_RUNTIME_DIR"),
    ),
  },
  { id: "socket-path", title: "socket path", run: posixOnly(socketLength) },
];
