// Whether an agent's shell text only reads, where its agent may read anyway: what the gate would ask
// about, since a shell runs it, and nobody needs to be asked.
//
// R1 Every command in it is one that the gate would let through as a read, or a builtin that only
//    prints, says yes or no, or goes below the directory.
// R2 No rule of policy has anything to say to any of them, nor to the whole.

import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandContext } from "../operations/command/to-operation.ts";
import { PLAIN_BUILTINS, readPlainList } from "../operations/shell/plain-list.ts";
import type { Environment } from "../policy/environment.ts";
import type { CommandOperation } from "../policy/operation.ts";
import type { Policy } from "../policy/policy.ts";
import { rulingOn } from "../policy/ruling.ts";

/** Whether it does (R1, R2). `context.readRoots` is where it may. */
export async function onlyReads(
  text: string,
  context: CommandContext,
  policy: Policy,
  environment: Environment | undefined,
): Promise<boolean> {
  const list = readPlainList(text);
  if (list === undefined) return false;
  let { cwd } = context;
  for (const [index, argv] of list.commands.entries()) {
    if (argv[0] === "cd") {
      const inner = goesTo(argv, context);
      // Where it failed, what comes after an `&&` is not run.
      const isSure = list.joints.every((joint) => joint === "&&" || joint === "|");
      if (inner === undefined || index > 0 || !isSure || list.joints[0] === "|") return false;
      cwd = inner;
    }
    const operation = await readOf(argv, { ...context, cwd });
    if (operation === undefined) return false;
    const served = environment === undefined ? operation : { ...operation, served: environment };
    const { floor, fired } = rulingOn(served, policy);
    if (floor !== "allow" || fired !== undefined) return false;
  }
  return true;
}

async function readOf(
  argv: readonly string[],
  context: CommandContext,
): Promise<CommandOperation | undefined> {
  const { toCommandOperation } = await import("../operations/command/to-operation.ts");
  const [name = ""] = argv;
  const { operation } = await toCommandOperation(argv, context);
  if (operation.impact === "read") return operation;
  const isBuiltin = PLAIN_BUILTINS.some((each) => each === name);
  return isBuiltin ? { ...operation, impact: "read" } : undefined;
}

/** The directory that `cd` goes to, where that is below a root and nothing else can be meant. */
function goesTo(
  [, where = "", ...more]: readonly string[],
  { cwd, env, readRoots = [] }: CommandContext,
): string | undefined {
  if (more.length > 0 || env.CDPATH !== undefined) return undefined;
  if (where === "" || where.startsWith("-") || where.split("/").includes("..")) return undefined;
  try {
    const path = realpathSync.native(resolve(cwd, where));
    const isBelow = readRoots.some((root) => path === root || path.startsWith(`${root}/`));
    return isBelow && statSync(path).isDirectory() ? path : undefined;
  } catch {
    return undefined;
  }
}
