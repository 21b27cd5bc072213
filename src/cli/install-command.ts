// `holdfast harness install | uninstall | list`.
//
// L1 Only a person installs and uninstalls: an agent could take out what asks about it. Looking is free.
// L2 What would change is shown before it changes, and a person says yes to it. Two runs at once go one after the other.

import { resolve } from "node:path";
import type { Agent, Launch, Place } from "../agents/agent.ts";
import { AGENTS, agentCalled } from "../agents/catalogue.ts";
import { checkLaunch } from "../agents/command.ts";
import { detected } from "../agents/detect.ts";
import { unifiedDiff } from "../agents/diff.ts";
import { carryOut, type Plan, planInstall, planUninstall } from "../agents/installation.ts";
import { type Environment, isEnvironment, meantEnvironment } from "../policy/environment.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible, visibleLines } from "../system/terminal-text.ts";
import { quoted } from "./api/usage-failure.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What the commands were called with; nothing is checked yet. */
export interface InstallFlags {
  readonly environment?: string;
  readonly policy?: string;
  readonly file?: string;
  readonly project?: boolean;
  readonly detect?: boolean;
}

/** What these commands need of the outside; tests build their own. */
export interface InstallWorld {
  /** How holdfast is started: absolute paths. */
  readonly node: string;
  readonly script: string;
  /** @throws Failure where nobody is there (L1) */
  readonly requirePerson: () => Promise<unknown>;
  /** Whether that person says yes, at the terminal (L2). */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Runs `change` while no other installation does (L2). */
  readonly alone: (change: () => void) => Promise<void>;
}

/** The real one. */
export async function openInstallWorld(
  context: CliContext,
  { quiet }: Pick<GlobalOptions, "quiet">,
): Promise<InstallWorld> {
  const { realpathSync } = await import("node:fs");
  const { env, home } = context;
  return {
    node: process.execPath,
    script: realpathSync(process.argv[1] ?? ""),
    requirePerson: async () => {
      const { requirePerson } = await import("../gate/answer.ts");
      const { openProcesses } = await import("../system/open-processes.ts");
      return requirePerson({ env, home, processes: await openProcesses(), asksForCodes: !quiet });
    },
    confirm: async (question) => {
      const { askAtTerminal } = await import("../system/terminal.ts");
      const answer = await askAtTerminal(() => "", question);
      return answer.kind === "line" && /^y(es)?$/i.test(answer.text.trim());
    },
    alone: async (change) => {
      const { configDirectory } = await import("../system/places.ts");
      return inTurn(configDirectory(env, home), change);
    },
  };
}

const PATIENCE_MS = 10_000;

async function inTurn(directory: string, change: () => void): Promise<void> {
  const { ensurePrivateDirectory, UnsafeFile } = await import("../system/safe-file.ts");
  const { lock } = await import("../system/lock.ts");
  const { setTimeout } = await import("node:timers/promises");
  try {
    ensurePrivateDirectory(directory);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    const fix = error.fix ?? "holdfast doctor";
    throw new Failure("config-directory", error.message, { exitCode: EXIT.refused, fix });
  }
  const end = performance.now() + PATIENCE_MS;
  for (;;)
    try {
      const release = await lock(directory, () => {});
      try {
        return change();
      } finally {
        release();
      }
    } catch (error) {
      const isHeld = (error as NodeJS.ErrnoException).code === "ELOCKED";
      if (!isHeld) throw error;
      if (performance.now() > end)
        throw new Failure("busy", "another installation is under way", {
          exitCode: EXIT.refused,
          fix: "wait for it, then run this again",
        });
      await setTimeout(50);
    }
}

function usage(message: string, fix: string): Failure {
  return new Failure("usage", message, { exitCode: EXIT.usage, fix });
}

function environmentOf(name: string | undefined): Environment {
  if (name === undefined)
    throw usage("-e: which environment is the gateway to serve?", "-e dev, -e staging or -e prod");
  if (isEnvironment(name)) return name;
  const meant = meantEnvironment(name);
  throw usage(
    `-e: ${quoted(name)} is not an environment`,
    meant === undefined ? "-e dev, -e staging or -e prod" : `-e ${meant}`,
  );
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
    environment: environmentOf(flags.environment),
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

const diffsOf = (plans: readonly [Agent, Plan][]): string =>
  plans
    .flatMap(([, { changes }]) => changes)
    .map(({ file, after, shownText }) => unifiedDiff(file.path, file.text, after, shownText))
    .join("");

/** What an installation for another environment takes the place of. */
function switchText(plans: readonly [Agent, Plan][]): string {
  return plans
    .map(([agent, { changes }]) => {
      const gateways = changes.filter(({ parts }) => parts.includes("gateway"));
      const [before] = gateways.flatMap(({ file, shownText }) => served(file.text, shownText));
      const [after] = gateways.flatMap((each) => served(each.after, each.shownText));
      if (before === undefined || after === undefined || before === after) return "";
      return `holdfast: ${agent.name} is switched from ${before} to ${after}\n`;
    })
    .join("");
}

/** Which environment's gateway a text registers. */
function served(text: string | undefined, shownText: (text: string) => string): string[] {
  const found = /"gateway",\s*"serve",\s*"-e",\s*"([a-z]+)"/.exec(shownText(text ?? ""));
  return found?.[1] === undefined ? [] : [found[1]];
}

function report(
  done: string,
  plans: readonly [Agent, Plan][],
  { dryRun, quiet, json }: GlobalOptions,
  { env, stdout, stderr }: CliContext,
): void {
  for (const [agent, { changes, notes }] of plans) {
    const text =
      changes.length === 0
        ? `nothing to change for ${agent.name}`
        : dryRun
          ? `dry run: ${changes.length} files would be changed for ${agent.name}`
          : `${done} ${agent.name}`;
    const more = [
      ...(changes.length === 0 ? [] : notes),
      ...quieter(agent, changes),
      ...(changes.some(({ after }) => after !== undefined) && env.HOLDFAST_CONFIG_DIR
        ? ["HOLDFAST_CONFIG_DIR is set here: the agent must be started with the same"]
        : []),
    ];
    if (!quiet)
      stderr.write(
        [`holdfast: ${text}`, ...more.map((note) => `  ${visible(note)}`), ""].join("\n"),
      );
  }
  if (!json) return;
  const files = plans.flatMap(([agent, { changes }]) =>
    changes.map(({ file, parts, after }) => ({
      agent: agent.id,
      path: file.path,
      parts,
      change: file.text === undefined ? "made" : after === undefined ? "removed" : "changed",
    })),
  );
  stdout.write(`${JSON.stringify({ dryRun, changes: files }, null, 2)}\n`);
}

/** How to be asked less: the lines of policy, as they can be copied. */
const quieter = (agent: Agent, changes: Plan["changes"]): string[] =>
  changes.some(({ parts, after }) => parts.includes("hook") && after !== undefined)
    ? [
        `every command is ${agent.canAsk ? "asked about" : "denied"} that is not known to be harmless; to be ${agent.canAsk ? "asked" : "stopped"} only at what is known to destroy, or cannot be read, put into policy.yaml:`,
        ...["version: 1", "commands:", "  agents:", `    ${agent.id}:`, "      security: full"].map(
          (line) => `    ${line}`,
        ),
      ]
    : [];

function sayDetected(
  agents: readonly Agent[],
  { json }: GlobalOptions,
  context: CliContext,
): ExitCode {
  const { env, home, stdout, stderr } = context;
  const found = agents.map((agent) => ({ agent: agent.id, found: detected(agent, { env, home }) }));
  if (json) stdout.write(`${JSON.stringify({ detected: found }, null, 2)}\n`);
  else
    for (const { agent, found: where } of found)
      stdout.write(`${agent}\t${visible(where ?? "")}\n`);
  stderr.write(
    found.length === 0
      ? "holdfast: no agent that it knows was found\n"
      : "holdfast: to install for these: holdfast harness install --detect -e ENV\n",
  );
  return EXIT.ok;
}

/** For a client that nobody knows: what its configuration takes, to be copied. */
function printSnippet(launch: Launch, { env, home, stdout, stderr }: CliContext): ExitCode {
  const [part] = AGENTS.generic.parts({ env, home, file: "/" }, launch);
  if (part?.kind !== "json" || part.name === undefined) throw new Error("no snippet");
  stdout.write(`${JSON.stringify({ mcpServers: { [part.name]: part.value } }, null, 2)}\n`);
  stderr.write("holdfast: nothing was changed; to write it into a file: --file PATH\n");
  return EXIT.ok;
}
