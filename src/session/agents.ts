// How coding agents are recognised: by variables that only they set for the commands they run, and
// by their own processes. An editor's terminal belongs to a person, so what an editor sets for its
// terminal does not count, nor do program names that other tools share.

import type { ProcessInfo, Processes } from "../system/processes.ts";

/** Variable -> the agent that sets it. */
const MARKERS: Readonly<Record<string, string>> = {
  CLAUDECODE: "Claude Code",
  CODEX_SANDBOX: "Codex",
  CODEX_SANDBOX_NETWORK_DISABLED: "Codex",
  CODEX_THREAD_ID: "Codex",
  CODEX_CI: "Codex",
  GEMINI_CLI: "Gemini CLI",
  CURSOR_AGENT: "Cursor",
  OPENCODE: "opencode",
  AUGMENT_AGENT: "Augment",
  ANTIGRAVITY_AGENT: "Antigravity",
  CLINE_ACTIVE: "Cline",
  AI_AGENT: "an agent",
};

/** Process name -> the agent. */
const PROCESSES: Readonly<Record<string, string>> = {
  claude: "Claude Code",
  codex: "Codex",
  gemini: "Gemini CLI",
  "cursor-agent": "Cursor",
  opencode: "opencode",
  aider: "Aider",
  auggie: "Augment",
  copilot: "Copilot CLI",
  crush: "Crush",
};

/** The agent that marked these variables, if any. */
export function agentInEnvironment(read: (name: string) => string | undefined): string | undefined {
  const marker = Object.keys(MARKERS).find((name) => (read(name) ?? "") !== "");
  return marker === undefined ? undefined : MARKERS[marker];
}

/**
 * The agent that this process runs under: by its own variables, or by an ancestor's name or
 * variables, so that unsetting a variable for one command does not hide the agent.
 */
export function findAgent(
  env: Readonly<Record<string, string | undefined>>,
  chain: readonly ProcessInfo[],
  processes: Processes,
): string | undefined {
  const own = agentInEnvironment((name) => env[name]);
  if (own !== undefined) return own;
  for (const ancestor of chain.slice(1)) {
    const named = PROCESSES[ancestor.name];
    if (named !== undefined) return named;
    const variables = processes.initialEnvironment(ancestor.pid);
    const marked = variables && agentInEnvironment((name) => variables.get(name));
    if (marked !== undefined) return marked;
  }
  return undefined;
}
