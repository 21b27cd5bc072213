// What lets an agent's own sandbox reach the session's socket: the agent's setting, by its name.

import type { Environment } from "../../system/places.ts";
import { agentInEnvironment } from "../agents.ts";

const SETTING: Readonly<Record<string, string>> = {
  "Claude Code":
    "in Claude Code's settings set sandbox.network.allowAllUnixSockets to true (Linux), or list the socket's directory in sandbox.network.allowUnixSockets (macOS)",
  Codex:
    "Codex blocks sockets while its sandbox has no network: set sandbox_workspace_write.network_access = true in its config.toml",
};

/** One clause: what was forbidden, and the setting that allows it where the agent is known. */
export function sandboxHint(forbidden: string, env: Environment): string {
  const agent = agentInEnvironment((name) => env[name]);
  const setting = agent === undefined ? undefined : SETTING[agent];
  return `${forbidden}; ${setting ?? "let it connect to Unix sockets, or run this command outside it"}`;
}
