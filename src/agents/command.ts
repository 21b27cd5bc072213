// The commands that agents are made to start, and how they are known again.
//
// Q1 A path survives whatever is in it: as a word of its own where the format has words, quoted where
//    it has a shell's text.
// Q2 A hook whose program cannot be started at all still ends with 2, which blocks.

import { basename } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { quoted } from "../system/safe-file.ts";
import { visible } from "../system/terminal-text.ts";
import type { AgentId, Launch } from "./agent.ts";

/** What every registration is called. */
export const SERVER_NAME = "holdfast";

/** How long an agent waits for the hook, in seconds; the hook itself gives up sooner. */
export const HOOK_TIMEOUT_S = 30;

/** @throws Failure for a path that no configuration file could carry unharmed */
export function checkLaunch({ node, script, policyFile }: Launch): void {
  for (const path of [node, script, ...(policyFile === undefined ? [] : [policyFile])])
    if (visible(path) !== path)
      throw new Failure("unusable-path", `${visible(path)} has characters that nobody can see`, {
        exitCode: EXIT.usage,
        fix: "install holdfast, and Node, at a path without them",
      });
}

/** The gateway: a program, and its words (Q1). */
export function serverCommand({ node, script, environment, policyFile }: Launch): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const policy = policyFile === undefined ? [] : ["--policy", policyFile];
  return { command: node, args: [script, "gateway", "serve", "-e", environment, ...policy] };
}

/** The hook, as a line for whatever shell the agent runs it with (Q1, Q2). */
export function hookLine(
  agent: AgentId,
  { node, script, environment }: Pick<Launch, "node" | "script" | "environment">,
): string {
  return `${quoted(node)} ${quoted(script)} hook ${agent} -e ${environment} || exit 2`;
}

const isHoldfast = (word: string): boolean => /^holdfast(\.cjs)?$/.test(basename(word));

/** Whether these words start a gateway of ours, wherever it was installed. */
export function isServerCommand(words: readonly unknown[]): boolean {
  if (!words.every((word) => typeof word === "string")) return false;
  const at = words.indexOf("gateway");
  return at > 0 && at < 3 && words[at + 1] === "serve" && isHoldfast(words[at - 1] as string);
}

/** Whether this line is a hook of ours for this agent, from wherever and for whatever environment, or none. */
export function isHookLine(agent: AgentId, line: unknown): boolean {
  if (typeof line !== "string") return false;
  const before = / hook ([a-z-]+)(?: -e [a-z]+)?(?: \|\| exit 2)?$/.exec(line);
  if (before?.[1] !== agent) return false;
  return /(^|[/\\' ])holdfast(\.cjs)?'?$/.test(line.slice(0, before.index));
}
