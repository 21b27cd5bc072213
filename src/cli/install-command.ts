// `holdfast harness install | uninstall | list`.
//
// L1 Only a person installs and uninstalls: an agent could take out what asks about it. Looking is free.
// L2 What would change is shown before it changes, and a person says yes to it. Two runs at once go one after the other.

import { resolve } from "node:path";
import type { Agent, Launch, Place } from "../agents/agent.ts";
import { AGENTS, agentCalled } from "../agents/catalogue.ts";
import { checkLaunch } from "../agents/command.ts";
import { detected } from "../agents/detect.ts";
import { carryOut, type Plan, planInstall, planUninstall } from "../agents/installation.ts";
import { environmentGiven } from "../policy/environment-given.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visibleLines } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { diffsOf, printSnippet, report, sayDetected, switchText } from "./install-report.ts";
import type { InstallWorld } from "./install-world.ts";

/** What the commands were called with; nothing is checked yet. */
export interface InstallFlags {
  readonly environment?: string;
  readonly policy?: string;
  readonly file?: string;
  readonly project?: boolean;
  readonly detect?: boolean;
}

function usage(message: string, fix: string): Failure {
  return new Failure("usage", message, { exitCode: EXIT.usage, fix });
}

function placeOf(agent: Agent, flags: InstallFlags, { env, home, cwd }: CliContext): Place {
  if (flags.project === true && !agent.hasProjectFiles)
    throw usage(
      `--project: ${agent.id} has no files of a project`,
      `holdfast harness install ${agent.id}`,
    );
  if (flags.file !== undefined && agent.id !== "generic")
    throw usage("--file: only for generic", `holdfast harness install ${agent.id}`);
  return {
    env,
    home,
    ...(flags.project === true ? { project: cwd } : {}),
    ...(flags.file === undefined ? {} : { file: resolve(cwd, flags.file) }),
  };
}

function launchOf(flags: InstallFlags, { cwd }: CliContext, world: InstallWorld): Launch {
  const launch: Launch = {
    node: world.node,
    script: world.script,
    environment: environmentGiven(flags.environment),
    ...(flags.policy === undefined ? {} : { policyFile: resolve(cwd, flags.policy) }),
  };
  checkLaunch(launch);
  return launch;
}

/** To find what is installed, any environment does. */
const anyLaunch = ({ node, script }: InstallWorld): Launch => ({
  node,
  script,
  environment: "dev",
});

/** Which agents are meant. @throws Failure usage */
function agentsMeant(name: string | undefined, flags: InstallFlags, context: CliContext): Agent[] {
  if (flags.detect !== true) {
    if (name === undefined)
      throw usage("AGENT: which one?", `one of ${Object.keys(AGENTS).join(", ")}, or --detect`);
    return [agentCalled(name)];
  }
  if (name !== undefined) throw usage("--detect: not together with AGENT", "leave one of them out");
  const { env, home } = context;
  return Object.values(AGENTS).filter((agent) => detected(agent, { env, home }) !== undefined);
}

/** Installs, or says what there is to install for. @throws Failure */
export async function runInstall(
  name: string | undefined,
  flags: InstallFlags,
  globals: GlobalOptions,
  context: CliContext,
  world: InstallWorld,
): Promise<ExitCode> {
  const agents = agentsMeant(name, flags, context);
  if (flags.detect === true && flags.environment === undefined)
    return sayDetected(agents, globals, context);
  const launch = launchOf(flags, context, world);
  if (agents.length === 1 && agents[0]?.id === "generic" && flags.file === undefined)
    return printSnippet(launch, context);
  const plans = (): [Agent, Plan][] =>
    agents.map((agent) => [agent, planInstall(agent, placeOf(agent, flags, context), launch)]);
  return change("installed for", plans, globals, context, world);
}

/** Takes it out again. @throws Failure */
export async function runUninstall(
  name: string,
  flags: InstallFlags,
  globals: GlobalOptions,
  context: CliContext,
  world: InstallWorld,
): Promise<ExitCode> {
  const agent = agentCalled(name);
  if (agent.id === "generic" && flags.file === undefined)
    throw usage("--file: in which file?", "holdfast harness uninstall generic --file PATH");
  const place = placeOf(agent, flags, context);
  const plans = (): [Agent, Plan][] => [[agent, planUninstall(agent, place, anyLaunch(world))]];
  return change("taken out of", plans, globals, context, world);
}

/** Shows what would change, and changes it (L2). */
async function change(
  done: string,
  plans: () => [Agent, Plan][],
  globals: GlobalOptions,
  context: CliContext,
  world: InstallWorld,
): Promise<ExitCode> {
  const first = plans();
  const diffs = diffsOf(first);
  const isNothing = first.every(([, { changes }]) => changes.length === 0);
  if (!isNothing && !globals.dryRun) await world.requirePerson();
  const isAsked = !isNothing && !globals.dryRun;
  // Nobody says yes to what is not shown.
  if (!globals.quiet || isAsked) context.stderr.write(visibleLines(diffs));
  if (!isNothing && !globals.quiet) context.stderr.write(switchText(first));
  if (isAsked && !(await world.confirm("Write these? [y/N] ")))
    throw new Failure("declined", "nothing was changed", { exitCode: EXIT.refused });
  if (isAsked)
    await world.alone(() => {
      // Another may have installed while this one waited.
      for (const [, plan] of plans()) carryOut(plan);
    });
  report(done, first, globals, context);
  return EXIT.ok;
}
