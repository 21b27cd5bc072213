// What the gate would decide on what an agent's hook reports. Nothing is run, filed, recorded or made.
//
// H1 What the gate allows by itself is left to the agent, silently. An approval is not among that: it is
//    good for one run through the gate, and here nothing would count it.
//    So is a list of what would each be allowed as a read (hook-reads.ts).
// H2 What guards the agent is never edited silently, whatever policy lets the agent run.

import { realpathSync } from "node:fs";
import { guardedBy, guardedIn, guardedPaths } from "../agents/guarded.ts";
import type { HookEffect } from "../agents/hook-answer.ts";
import type { HookCall } from "../agents/hook-call.ts";
import { lazyStores } from "../gate/lazy-stores.ts";
import { ruleText, whyText } from "../gate/report.ts";
import { explain, type GateWorld } from "../gate/run.ts";
import type { CommandResult } from "../gate/executors/command.ts";
import type { ResolvedShell } from "../operations/shell/to-operation.ts";
import type { CommandContext } from "../operations/command/to-operation.ts";
import type { Decision } from "../policy/decide.ts";
import type { Environment } from "../policy/environment.ts";
import { type CommandOperation, isHarmless } from "../policy/operation.ts";
import { isLiftable, type Reason } from "../policy/reason.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext } from "./context.ts";
import { isOwnCommand } from "./own-command.ts";

/** Whose hook it is, and which environment's rules hold for it: those of its gateway. */
export interface HookedAgent {
  readonly agent: string;
  readonly environment?: Environment;
}

/** What the hook answers, and why: one or two lines. */
export interface HookDecision {
  readonly effect: HookEffect;
  readonly text: string;
}

const SILENT: HookDecision = { effect: "silent", text: "" };
const LONGEST = 300;

const NEVER = () => {
  throw new Error("a hook carries nothing out");
};

/** Decides. @throws Failure where the policy, a store or the directory cannot be used */
export async function decideHook(
  call: HookCall,
  { agent, environment }: HookedAgent,
  context: CliContext,
): Promise<HookDecision> {
  const { env, home } = context;
  if (call.kind === "nothing") return SILENT;
  if (call.kind === "other-shell")
    return { effect: "ask", text: `holdfast: ${visible(call.shell)} is not a shell that it reads` };
  const cwd = call.kind === "shell" ? (call.cwd ?? context.cwd) : context.cwd;
  const guarded = guardedPaths({ env, home }, cwd);
  if (call.kind === "edit") {
    const [found] = call.paths.flatMap((path) => guardedBy(path, guarded) ?? []);
    return found === undefined ? SILENT : guards(found);
  }
  const { decision, resolved, onlyReads } = await explainShell(
    call.text,
    { agent, ...(environment === undefined ? {} : { environment }) },
    { env, home, cwd },
  );
  const said = answerTo(decision, call.text.trim(), resolved);
  const { command } = decision.operation;
  if (said.effect === "ask" && isUndecided(decision) && (await onlyReads())) return SILENT;
  if (said.effect === "ask" && isOwnCommand(command, process.argv[1] ?? "")) return SILENT;
  if (said.effect !== "silent" || isHarmless(decision.operation)) return said;
  const named = guardedIn(call.text, guarded, home);
  return named === undefined ? said : guards(named);
}

const guards = (path: string): HookDecision => ({
  effect: "ask",
  text: `holdfast: ${visible(path)} decides what you may do\nOnly a person changes it. Show them this; do not try another way.`,
});

/** The path behind links; as it is where nothing is there. */
function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Whether nothing is known of it but that nobody has said yes: no rule, and no answer of a person's. */
const isUndecided = ({ reason, rule }: Decision): boolean =>
  rule === undefined && UNDECIDED.includes(reason);

const UNDECIDED: readonly Reason[] = ["no-session", "not-a-descendant", "needs-confirmation"];

interface ExplainedShell {
  readonly decision: Decision<CommandOperation>;
  readonly resolved: ResolvedShell;
  readonly onlyReads: () => Promise<boolean>;
}

async function explainShell(
  text: string,
  { agent, environment }: HookedAgent,
  { env, home, cwd }: Pick<CliContext, "env" | "home" | "cwd">,
): Promise<ExplainedShell> {
  const { openProcesses } = await import("../system/open-processes.ts");
  const { configDirectory } = await import("../system/places.ts");
  const { readPolicy } = await import("../gate/policy-source.ts");
  const { commandKeyIfMade } = await import("../gate/command-key.ts");
  const { toShellOperation } = await import("../operations/shell/to-operation.ts");
  const standing = { env, home, processes: await openProcesses() };
  const policy = await readPolicy({ configDirectory: configDirectory(env, home) });
  const key = (await commandKeyIfMade(env, home)) ?? Buffer.alloc(32);
  const words: CommandContext = {
    cwd,
    env,
    agent,
    pass: policy.commands.pass,
    key,
    // Below where it runs, the agent has tools of its own to read with.
    readRoots: [real(cwd)],
    keptFromReading: [real(configDirectory(env, home))],
  };
  const read = await toShellOperation(text, words);
  const resolved: ResolvedShell =
    environment === undefined
      ? read
      : { ...read, operation: { ...read.operation, served: environment } };
  const { stores, close } = lazyStores(
    standing,
    {},
    {
      commandFact: async (_, policy, directory) => {
        const { commandFact } = await import("../gate/command-fact.ts");
        return commandFact(resolved.operation, policy, directory);
      },
    },
  );
  const world: GateWorld<CommandOperation, CommandResult> = {
    ...standing,
    stores,
    quiet: true,
    lookUp: async () => ({}),
    describe: NEVER,
    ask: NEVER,
    prepare: NEVER,
    onGranted: NEVER,
  };
  try {
    return {
      decision: await explain(resolved.operation, world),
      resolved,
      onlyReads: async () => {
        const { onlyReads } = await import("./hook-reads.ts");
        return resolved.destroys === undefined && onlyReads(text, words, policy, environment);
      },
    };
  } finally {
    await close();
  }
}

/** Why the gate would let it through by itself (H1). */
const ALLOWED: readonly Reason[] = ["not-destructive", "allowlisted", "agent-unrestricted"];

function answerTo(
  decision: Decision<CommandOperation>,
  typed: string,
  { destroys }: ResolvedShell,
): HookDecision {
  const { effect, reason, rule } = decision;
  if (effect === "allow" && ALLOWED.includes(reason)) return SILENT;
  const what = `holdfast: ${visible(typed.slice(0, 120))}${typed.length > 120 ? " ..." : ""}`;
  if (reason === "store-refused")
    return { effect: "blocked", text: `${what}: ${whyText(decision)}\nfix: holdfast doctor` };
  const byRule = rule === undefined ? "" : `: rule ${bounded(visible(ruleText(rule)))}`;
  if (effect === "deny" && !isLiftable(reason))
    return {
      effect: "deny",
      text: `${what} is denied: ${bounded(whyText(decision))}${byRule}\nShow this to the person; do not try another way.`,
    };
  const because = destroys ?? rule?.because ?? "what it would do cannot be told from its words";
  const once =
    reason === "approved" ? " It was approved for one run through holdfast gate, not here." : "";
  return {
    effect: "ask",
    text: `${what} needs a person's yes: ${bounded(visible(because))}\nOnly a person can allow it.${once} To ask properly: holdfast gate -- COMMAND, or the tools of the holdfast server.`,
  };
}

const bounded = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} ...`;
