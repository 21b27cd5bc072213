// From the words of a command to an operation. There is no shell: a word is an argument, whatever it
// looks like.
//
// C1 The same words, from the same directory, in the same environment, with the same files, are the
//    same operation; if any of them differs, it is another.
// C2 What cannot be resolved is of class unknown: never an error, never an allow.
// C3 The operation is always the whole command. What is behind a wrapper is looked for only to find
//    something worse.

import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { BindObstacle, CommandOperation } from "../../policy/operation.ts";
import { scrubEnvironment } from "./environment.ts";
import { type Files, filesOf, type Place } from "./files.ts";
import { bindObstacle } from "./known-programs.ts";
import {
  findProgram,
  isCalledOtherwise,
  isChangeable,
  isReplaceable,
  kindOf,
  pathEntries,
  type Program,
} from "./program.ts";
import { whyCommandDestroys } from "./see-through.ts";
import { unsetVariables, withUnset } from "./unset-variables.ts";
import { checkAgent, checkWords } from "./words.ts";

/** Where and for whom a command would run. */
export interface CommandContext {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its id: a-z, 0-9, `.`, `_` and `-`. */
  readonly agent: string;
  /** Names of variables that policy passes on besides the built-in ones. */
  readonly pass: readonly string[];
  /** What the values of variables are hashed with. */
  readonly key: Buffer;
  /**
   * Directories in which a command that only reads may read: absolute, symbolic links followed. Without
   * any, nothing is taken for a read.
   */
  readonly readRoots?: readonly string[];
  /** Directories that nothing is read from, wherever they are: holdfast's own. */
  readonly keptFromReading?: readonly string[];
}

/** An operation, and what goes with it without being part of its identity. */
export interface ResolvedCommand {
  readonly operation: CommandOperation;
  /** The variables to run it with: their values, which appear nowhere else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Why it is known to destroy, as one clause; absent where it is not. */
  readonly destroys?: string;
  /** What was left out, or could not be found out: one line each. */
  readonly notes: readonly string[];
}

/**
 * The operation that these words mean.
 * @throws Failure usage for words that cannot be passed on; `no-directory` where `cwd` is gone
 */
export async function toCommandOperation(
  argv: readonly string[],
  context: CommandContext,
): Promise<ResolvedCommand> {
  checkWords(argv);
  const [typed = "", ...args] = argv;
  const cwd = realDirectory(context.cwd);
  const scrubbed = scrubEnvironment(context.env, context.pass, cwd, context.key);
  const place = { cwd, directories: pathEntries(scrubbed.values.PATH).kept };
  const program = findProgram(typed, cwd, place.directories);
  const isRead = await isKnownRead(program, args, cwd, context);
  // Of what only reads, no word names a program, and no file says what it does.
  const { files, problem } = isRead ? { files: {} } : bindFiles(program, args, place);
  const obstacle = obstacleOf(program, args);
  const executable = program?.executable ?? typed;
  const calledAs = program?.calledAs;
  const destroys = isRead
    ? undefined
    : whyCommandDestroys({ executable, args, ...(calledAs === undefined ? {} : { calledAs }) });
  const unset = unsetVariables(args, Object.keys(scrubbed.hashes));
  const within =
    obstacle === undefined
      ? []
      : withUnset(await commandsIn([calledAs ?? executable, ...args]), unset);
  return {
    operation: {
      kind: "command",
      title: `Run ${basename(typed).slice(0, 64)}`,
      impact: isRead ? "read" : destroys === undefined ? "unknown" : "destroy",
      reversibility: destroys === undefined ? "depends" : "irreversible",
      items: 1,
      resourceClass: program === undefined || problem !== undefined ? "unknown" : "commands",
      target: { hostname: "localhost", path: executable },
      command: {
        executable,
        ...(calledAs === undefined ? {} : { calledAs }),
        typed,
        args,
        cwd,
        environment: scrubbed.hashes,
        files,
        agent: checkAgent(context.agent),
        ...(obstacle === undefined ? {} : { unbindable: obstacle }),
        ...(program !== undefined && isReplaceable(executable) ? { replaceable: true } : {}),
        ...(within.length === 0 ? {} : { within }),
      },
    },
    environment: scrubbed.values,
    ...(destroys === undefined ? {} : { destroys }),
    notes: [...scrubbed.notes, ...(problem === undefined ? [] : [problem])],
  };
}

/** Whether it is known only to read, where that may be: asked only where a surface says where. */
async function isKnownRead(
  program: Program | undefined,
  args: readonly string[],
  cwd: string,
  { readRoots = [], keptFromReading = [] }: CommandContext,
): Promise<boolean> {
  if (program === undefined || readRoots.length === 0) return false;
  const { onlyReads } = await import("./readers.ts");
  return onlyReads(program, args, { cwd, roots: readRoots, kept: keptFromReading });
}

/** What an interpreter or a wrapper is told to run, as far as it is shell text. */
async function commandsIn(words: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { isNetworkShell, textsIn } = await import("../shell/carried.ts");
  if (textsIn(words).length === 0 && !isNetworkShell(words)) return [];
  // A grammar of all of bash: only for who needs it.
  const { commandsCarried } = await import("../shell/within.ts");
  return commandsCarried(words);
}

function realDirectory(cwd: string): string {
  try {
    return realpathSync.native(cwd);
  } catch (cause) {
    throw new Failure("no-directory", `${cwd} does not exist any more, or cannot be entered`, {
      exitCode: EXIT.usage,
      fix: "cd to a directory that does",
      cause,
    });
  }
}

function bindFiles(program: Program | undefined, args: readonly string[], place: Place): Files {
  if (program === undefined) return { files: {}, problem: "nothing that can be run was found" };
  const { kind } = kindOf(program.executable);
  const { files, problem } = filesOf(program, args, place);
  if (problem !== undefined)
    return { files, problem: `what it would run cannot be pinned: ${problem}` };
  if (kind === "shell-text")
    return { files, problem: "its first line names no interpreter, so a shell would guess one" };
  if (kind === "unreadable")
    return { files, problem: "it cannot be read, so nobody can tell what it is" };
  return { files };
}

/** Why no standing entry can cover it. */
function obstacleOf(
  program: Program | undefined,
  args: readonly string[],
): BindObstacle | undefined {
  if (program === undefined) return "not-resolved";
  const { executable, calledAs = executable } = program;
  const known = bindObstacle(calledAs, args) ?? bindObstacle(executable, args);
  if (known !== undefined) return known;
  const { kind } = kindOf(executable);
  // An entry binds a script's path and arguments, not what is in it: who can edit it has them all.
  if (kind === "shell-text" || (kind === "script" && isChangeable(executable)))
    return "interpreter";
  return kind === "binary" && isCalledOtherwise(program) ? "wrapper" : undefined;
}
