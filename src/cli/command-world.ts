// The gate's world for one command.

import { type CommandResult, prepareCommand } from "../gate/executors/command.ts";
import type { GateWorld } from "../gate/run.ts";
import { atThisTerminal, describeCommand } from "../operations/command/card.ts";
import {
  type CommandContext,
  type ResolvedCommand,
  toCommandOperation,
} from "../operations/command/to-operation.ts";
import type { Decision } from "../policy/decide.ts";
import { environmentGiven } from "../policy/environment-given.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { CommandOperation } from "../policy/operation.ts";
import { findAgent } from "../session/agents.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { openProcesses } from "../system/open-processes.ts";
import { configDirectory } from "../system/places.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { type Closable, grantedText } from "./gate-world.ts";
import { lazyStores } from "../gate/lazy-stores.ts";
import { type AskingFlags, waitOf } from "./waiting.ts";

/** What `holdfast gate` was called with; nothing is checked yet. */
export interface GateFlags extends AskingFlags {
  readonly agent?: string;
  /** As its gateway would be asked: to explain only. */
  readonly environment?: string;
}

/** The gate as `holdfast gate` meets it. */
export type CommandGateWorld = Closable<GateWorld<CommandOperation, CommandResult>>;

/** One command, and everything that it takes to decide on it and to run it. */
export interface CommandAtGate {
  readonly resolved: ResolvedCommand;
  readonly world: CommandGateWorld;
}

/**
 * Resolves the words and builds the world for them.
 *
 * @param mayMakeKey false: a dry run, which leaves no file behind
 * @throws Failure for words that cannot be run as they are, a policy or a key that cannot be trusted
 */
export async function openCommand(
  argv: readonly string[],
  flags: GateFlags,
  globals: GlobalOptions,
  context: CliContext,
  mayMakeKey: boolean,
): Promise<CommandAtGate> {
  await refuseMangled(argv);
  const { env, home, cwd } = context;
  const standing: StandingWorld = { env, home, processes: await openProcesses() };
  const words: CommandContext = {
    cwd,
    env,
    agent: flags.agent ?? (await recognisedAgent(standing)),
    pass: await namesToPass(standing),
    key: await keyOf(standing, mayMakeKey),
  };
  const resolved = served(await toCommandOperation(argv, words), flags.environment);
  const { stores, close } = lazyStores(standing, flags, {
    commandFact: async (_, policy, directory) => {
      const { commandFact } = await import("../gate/command-fact.ts");
      return commandFact(resolved.operation, policy, directory);
    },
  });
  const world: CommandGateWorld = {
    ...standing,
    ...waitOf(flags, context),
    stores,
    close,
    quiet: globals.quiet,
    lookUp: async () => ({}),
    describe: async () => describeCommand(resolved),
    ask: async (card) => (await import("../gate/prompt.ts")).askPerson(atThisTerminal(card)),
    prepare: (operation, decision?: Pick<Decision, "reason">) =>
      prepareCommand(
        operation,
        {
          environment: resolved.environment,
          resolveAgain: async () => (await toCommandOperation(argv, words)).operation,
        },
        decision,
      ),
    onGranted: (decision, remaining) => context.stderr.write(grantedText(decision, remaining)),
  };
  return { resolved, world };
}

/** The same, for the gateway of an environment. @throws Failure usage */
function served(resolved: ResolvedCommand, environment: string | undefined): ResolvedCommand {
  if (environment === undefined) return resolved;
  const operation = { ...resolved.operation, served: environmentGiven(environment) };
  return { ...resolved, operation };
}

/** The id of the agent that this runs under: `claude-code`; `main` where none is recognised. */
async function recognisedAgent({ env, processes }: StandingWorld): Promise<string> {
  const chain = await processes.lineage(processes.self());
  const name = findAgent(env, chain, processes)?.replace(/^an? /, "");
  return name === undefined ? "main" : name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

async function namesToPass({ env, home }: StandingWorld): Promise<readonly string[]> {
  const { readPolicy } = await import("../gate/policy-source.ts");
  return (await readPolicy({ configDirectory: configDirectory(env, home) })).commands.pass;
}

async function keyOf({ env, home }: StandingWorld, mayMake: boolean): Promise<Buffer> {
  const { commandKey, commandKeyIfMade } = await import("../gate/command-key.ts");
  if (mayMake) return commandKey(env, home);
  // Nothing was approved with a key that nobody has made, so any will do to show.
  return (await commandKeyIfMade(env, home)) ?? Buffer.alloc(32);
}

/** Node turns what is not UTF-8 into U+FFFD: such a word would be run as another one. */
async function refuseMangled(argv: readonly string[]): Promise<void> {
  if (!argv.some((word) => word.includes("\ufffd"))) return;
  const { isUtf8 } = await import("node:buffer");
  const { readFileSync } = await import("node:fs");
  try {
    if (isUtf8(readFileSync("/proc/self/cmdline"))) return;
  } catch {
    // Where it cannot be read, nobody can tell.
  }
  throw new Failure("usage", "an argument is not UTF-8, and could not be passed on unchanged", {
    exitCode: EXIT.usage,
    fix: "give it a name that is UTF-8, or run the command by hand",
  });
}
