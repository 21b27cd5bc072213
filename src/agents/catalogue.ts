// The table of agents: formats and places as each one's documentation has them. What could not be
// confirmed there is said in the notes, which docs/agents.md and `harness install` repeat.

import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Agent, AgentId, JsonPart, Launch, Part, Place } from "./agent.ts";
import {
  HOOK_TIMEOUT_S,
  hookLine,
  isHookLine,
  isServerCommand,
  SERVER_NAME,
  serverCommand,
} from "./command.ts";
import { opencodePlugin } from "./opencode-plugin.ts";
import { skillText } from "./skill.ts";
import { tomlString } from "./toml-block.ts";

type Made = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Made =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const wordsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A directory that a variable names, or one below home. */
function directoryOf({ env, home }: Place, variable: string, ...otherwise: string[]): string {
  const named = env[variable];
  return named !== undefined && isAbsolute(named) ? named : join(home, ...otherwise);
}

/** A server in the common form. */
const server = (path: string, launch: Launch, more: Made = {}): JsonPart => ({
  part: "gateway",
  kind: "json",
  path,
  at: ["mcpServers"],
  name: SERVER_NAME,
  value: { ...more, ...serverCommand(launch) },
  isOurs: (value) => isObject(value) && isServerCommand([value.command, ...wordsOf(value.args)]),
});

const skill = (directory: string): Part => ({
  part: "skill",
  kind: "own",
  path: join(directory, "skills", SERVER_NAME, "SKILL.md"),
  text: skillText(),
});

/** A hook in the form of Claude Code, which Codex and Gemini CLI share. */
const matchedHook = (
  agent: AgentId,
  path: string,
  event: string,
  matcher: string,
  launch: Launch,
  more: Made,
): JsonPart => ({
  part: "hook",
  kind: "json",
  path,
  at: ["hooks", event],
  value: { matcher, hooks: [{ type: "command", command: hookLine(agent, launch), ...more }] },
  isOurs: (value) =>
    isObject(value) &&
    wordsOf(value.hooks).length === 1 &&
    wordsOf(value.hooks).every((each) => isObject(each) && isHookLine(agent, each.command)),
});

const claudeCode: Agent = {
  id: "claude-code",
  name: "Claude Code",
  documented: {
    version: "2.1.302 (October 2026)",
    sources: ["https://code.claude.com/docs/en/hooks", "https://code.claude.com/docs/en/mcp"],
  },
  canAsk: true,
  hasProjectFiles: true,
  programs: ["claude"],
  traces: (place) => [directoryOf(place, "CLAUDE_CONFIG_DIR", ".claude")],
  parts: (place, launch) => {
    const own = directoryOf(place, "CLAUDE_CONFIG_DIR", ".claude");
    const { project } = place;
    const directory = project === undefined ? own : join(project, ".claude");
    const servers = directoryOf(place, "CLAUDE_CONFIG_DIR");
    return [
      skill(directory),
      server(
        project === undefined ? join(servers, ".claude.json") : join(project, ".mcp.json"),
        launch,
        { type: "stdio" },
      ),
      matchedHook(
        "claude-code",
        join(directory, project === undefined ? "settings.json" : "settings.local.json"),
        "PreToolUse",
        "Bash|PowerShell|Monitor|Edit|Write|MultiEdit|NotebookEdit",
        launch,
        { timeout: HOOK_TIMEOUT_S, onFailure: "block" },
      ),
    ];
  },
  notes: [
    "from Claude Code 2.1.295 on, a hook that cannot run or takes too long blocks (onFailure); before, it does not",
    "restart Claude Code; /mcp and /hooks show what it has loaded",
  ],
};

const codex: Agent = {
  id: "codex",
  name: "Codex",
  documented: {
    version: "autumn 2026",
    sources: [
      "https://developers.openai.com/codex/hooks",
      "https://github.com/openai/codex (codex-rs/hooks)",
      "https://developers.openai.com/codex/skills",
      "https://developers.openai.com/codex/mcp",
    ],
  },
  canAsk: false,
  hasProjectFiles: true,
  programs: ["codex"],
  traces: (place) => [directoryOf(place, "CODEX_HOME", ".codex")],
  parts: (place, launch) => {
    const { home, project } = place;
    const directory =
      project === undefined ? directoryOf(place, "CODEX_HOME", ".codex") : join(project, ".codex");
    const { command, args } = serverCommand(launch);
    return [
      skill(join(project ?? home, ".agents")),
      {
        part: "gateway",
        kind: "toml",
        path: join(directory, "config.toml"),
        table: ["mcp_servers", SERVER_NAME],
        lines: [
          `[mcp_servers.${SERVER_NAME}]`,
          `command = ${tomlString(command)}`,
          `args = [${args.map(tomlString).join(", ")}]`,
        ],
      },
      matchedHook(
        "codex",
        join(directory, "hooks.json"),
        "PreToolUse",
        "Bash|apply_patch",
        launch,
        {
          timeout: HOOK_TIMEOUT_S,
        },
      ),
    ];
  },
  notes: [
    "Codex runs a hook only after you have trusted it: open /hooks in Codex, now and after every change",
    "Codex's hook cannot ask: what would be asked is denied, and you can run it yourself",
    "a hook that takes too long does not block in Codex",
    "Codex gives servers few variables: name what terraform and kubectl need with env_vars in config.toml",
  ],
};

/** The file that is there, or the one that holds comments by its name. */
function opencodeFile(directory: string): string {
  const [plain, commented] = [join(directory, "opencode.json"), join(directory, "opencode.jsonc")];
  return existsSync(commented) && !existsSync(plain) ? commented : plain;
}

function opencodeHome(place: Place): string {
  const named = place.env.OPENCODE_CONFIG_DIR;
  if (named !== undefined && isAbsolute(named)) return named;
  return join(directoryOf(place, "XDG_CONFIG_HOME", ".config"), "opencode");
}

const opencode: Agent = {
  id: "opencode",
  name: "opencode",
  documented: {
    version: "1.x and 2.0 (October 2026)",
    sources: [
      "https://opencode.ai/v2/docs/mcp-servers",
      "https://opencode.ai/v2/docs/build/plugins/migrate-v1",
      "https://opencode.ai/v1/docs/plugins",
      "https://opencode.ai/v1/docs/skills",
    ],
  },
  canAsk: false,
  hasProjectFiles: true,
  programs: ["opencode"],
  traces: (place) => [opencodeHome(place)],
  parts: (place, launch) => {
    const { project } = place;
    const directory = project === undefined ? opencodeHome(place) : join(project, ".opencode");
    const { command, args } = serverCommand(launch);
    return [
      skill(directory),
      {
        part: "gateway",
        kind: "json",
        path: opencodeFile(project ?? directory),
        at: ["mcp"],
        name: SERVER_NAME,
        value: { type: "local", command: [command, ...args] },
        isOurs: (value) => isObject(value) && isServerCommand(wordsOf(value.command)),
      },
      {
        part: "hook",
        kind: "own",
        path: join(directory, "plugins", "holdfast.js"),
        text: opencodePlugin(launch),
      },
    ];
  },
  notes: [
    "opencode's hook is a plugin, and cannot ask: what would be asked is denied, and you can run it yourself",
    "the server is registered in the form of 1.x, which 2.0 reads too; 1.x before default exports does not load the plugin",
  ],
};

const cursor: Agent = {
  id: "cursor",
  name: "Cursor",
  documented: {
    version: "October 2026, in part unconfirmed",
    sources: [
      "https://cursor.com/docs/hooks",
      "https://cursor.com/docs/mcp",
      "https://cursor.com/docs/skills",
    ],
  },
  canAsk: true,
  hasProjectFiles: true,
  programs: ["cursor", "cursor-agent"],
  traces: ({ home }) => [join(home, ".cursor")],
  parts: ({ home, project }, launch) => {
    const directory = join(project ?? home, ".cursor");
    const hook = (event: string, more: Made): JsonPart => ({
      part: "hook",
      kind: "json",
      path: join(directory, "hooks.json"),
      at: ["hooks", event],
      value: {
        command: hookLine("cursor", launch),
        timeout: HOOK_TIMEOUT_S,
        failClosed: true,
        ...more,
      },
      isOurs: (value) => isObject(value) && isHookLine("cursor", value.command),
      base: { version: 1 },
    });
    return [
      skill(directory),
      server(join(directory, "mcp.json"), launch),
      hook("beforeShellExecution", {}),
      hook("preToolUse", { matcher: "Write|Delete" }),
    ];
  },
  notes: [
    "Cursor asks for shell commands only: an edit of holdfast's files is denied",
    "not confirmed: that failClosed covers timeouts, and that {} leaves the decision to Cursor",
  ],
};

const geminiCli: Agent = {
  id: "gemini-cli",
  name: "Gemini CLI",
  documented: {
    version: "autumn 2026",
    sources: [
      "https://geminicli.com/docs/hooks/reference",
      "https://geminicli.com/docs/cli/using-agent-skills",
      "https://geminicli.com/docs/tools/mcp-server",
    ],
  },
  canAsk: false,
  hasProjectFiles: true,
  programs: ["gemini"],
  traces: (place) => [join(directoryOf(place, "GEMINI_CLI_HOME"), ".gemini")],
  parts: (place, launch) => {
    const directory = join(place.project ?? directoryOf(place, "GEMINI_CLI_HOME"), ".gemini");
    const settings = join(directory, "settings.json");
    return [
      skill(directory),
      server(settings, launch),
      matchedHook(
        "gemini-cli",
        settings,
        "BeforeTool",
        "run_shell_command|write_file|replace",
        launch,
        {
          name: SERVER_NAME,
          timeout: HOOK_TIMEOUT_S * 1000,
        },
      ),
    ];
  },
  notes: [
    "Gemini CLI's documentation has no way to ask: what would be asked is denied, and you can run it yourself",
    "not confirmed: that a hook that takes too long blocks",
  ],
};

const copilotCli: Agent = {
  id: "copilot-cli",
  name: "GitHub Copilot CLI",
  documented: {
    version: "autumn 2026",
    sources: [
      "https://docs.github.com/en/copilot/reference/hooks-reference",
      "https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-config-dir-reference",
    ],
  },
  canAsk: true,
  hasProjectFiles: false,
  programs: ["copilot"],
  traces: (place) => [directoryOf(place, "COPILOT_HOME", ".copilot")],
  parts: (place, launch) => {
    const directory = directoryOf(place, "COPILOT_HOME", ".copilot");
    const { command, args } = serverCommand(launch);
    return [
      skill(directory),
      {
        ...server(join(directory, "mcp-config.json"), launch),
        value: { type: "local", command, args, tools: ["*"] },
      },
      {
        part: "hook",
        kind: "json",
        path: join(directory, "hooks", "holdfast.json"),
        at: ["hooks", "preToolUse"],
        value: {
          type: "command",
          bash: hookLine("copilot-cli", launch),
          timeoutSec: HOOK_TIMEOUT_S,
        },
        isOurs: (value) => isObject(value) && isHookLine("copilot-cli", value.bash),
        base: { version: 1 },
      },
    ];
  },
  notes: ["a hook that takes too long does not block in Copilot; one that fails does"],
};

const generic: Agent = {
  id: "generic",
  name: "another MCP client",
  documented: {
    version: "the common form",
    sources: ["https://modelcontextprotocol.io/docs/develop/connect-local-servers"],
  },
  canAsk: false,
  hasProjectFiles: false,
  programs: [],
  traces: () => [],
  parts: ({ file }, launch) => (file === undefined ? [] : [server(file, launch)]),
  notes: ["no hook and no skill: only what goes through the gateway is seen"],
};

export const AGENTS: Readonly<Record<AgentId, Agent>> = {
  "claude-code": claudeCode,
  codex,
  opencode,
  cursor,
  "gemini-cli": geminiCli,
  "copilot-cli": copilotCli,
  generic,
};

/** The agent of that name. @throws Failure usage, with the names there are */
export function agentCalled(name: string): Agent {
  const found = Object.hasOwn(AGENTS, name) ? AGENTS[name as AgentId] : undefined;
  if (found !== undefined) return found;
  throw new Failure(
    "usage",
    `AGENT: ${JSON.stringify(name.slice(0, 64))} is none that holdfast knows`,
    {
      exitCode: EXIT.usage,
      fix: `one of ${Object.keys(AGENTS).join(", ")}`,
    },
  );
}
