// What an agent's hook says it is about to do, out of its own JSON.
//
// C1 New fields are passed over; what decides is checked: a call of a shell without its text, or with
//    something else in its place, is an error, and an error is no permission.
// C2 A tool that is not known, and is handed a command, is taken for a shell.

import { isAbsolute, resolve } from "node:path";
import { quoted } from "../system/safe-file.ts";
import type { AgentId } from "./agent.ts";

export type HookCall =
  /** POSIX shell text, and where it would run: absolute, where the agent says so. */
  | { readonly kind: "shell"; readonly text: string; readonly cwd?: string }
  /** Text for a shell that is not read here. */
  | { readonly kind: "other-shell"; readonly shell: string }
  /** Files that would be written; absolute where `cwd` was. `event` is Cursor's. */
  | { readonly kind: "edit"; readonly paths: readonly string[]; readonly event?: string }
  | { readonly kind: "nothing" };

/** What was read makes no sense; one clause, without what was read. */
export class NotACall extends Error {
  override readonly name = "NotACall";
}

type Fields = Readonly<Record<string, unknown>>;

const NOTHING: HookCall = { kind: "nothing" };

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fieldsOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw new NotACall(`${what} is not an object`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new NotACall(`${what} is not a text`);
}

const SHELLS = new Set([
  "bash",
  "shell",
  "shell_command",
  "run_shell_command",
  "exec_command",
  "local_shell",
  "monitor",
  "unified_exec",
  "terminal",
]);
const OTHER_SHELLS = new Set(["powershell", "pwsh", "cmd"]);
/** They type into what is running already, which may be a shell. */
const TYPING = new Set(["write_bash", "write_powershell", "write_stdin"]);
const EDITORS = new Set([
  ...["edit", "write", "multiedit", "notebookedit", "apply_patch", "patch", "delete", "create"],
  ...["str_replace", "str_replace_editor", "write_file", "replace", "strreplace"],
]);
/** How MCP tools are called: by Claude Code, Codex and Gemini CLI, by Cursor, by opencode's namespaces. */
const FROM_SERVER = /^(?:mcp[:_]|holdfast[_-])/i;

/** The words of a call, whatever names the agent has for them. */
interface Call {
  readonly tool: string;
  readonly input: unknown;
  readonly cwd: string | undefined;
}

function callOf(agent: AgentId, payload: Fields): Call {
  const { cwd } = payload;
  const where = typeof cwd === "string" && isAbsolute(cwd) ? cwd : undefined;
  if (agent === "cursor" && payload.hook_event_name === "beforeShellExecution")
    return { tool: "shell", input: { command: payload.command }, cwd: where };
  if (agent === "opencode")
    return { tool: textOf(payload.tool, "tool"), input: payload.args, cwd: where };
  const camel = agent === "copilot-cli" && payload.toolName !== undefined;
  const tool = textOf(
    camel ? payload.toolName : payload.tool_name,
    camel ? "toolName" : "tool_name",
  );
  const input = camel ? payload.toolArgs : payload.tool_input;
  return { tool, input: camel ? parsed(input) : input, cwd: where };
}

/** Copilot's arguments are JSON in a text, in some of its versions. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new NotACall("toolArgs is not JSON");
  }
}

/** What the agent is about to do. @throws NotACall (C1) */
export function hookCall(agent: AgentId, payload: unknown): HookCall {
  const fields = fieldsOf(payload, "the input");
  const { tool, input, cwd } = callOf(agent, fields);
  const name = tool.toLowerCase();
  if (FROM_SERVER.test(name)) return NOTHING;
  if (SHELLS.has(name)) return shell(fieldsOf(input, "the shell's input"), cwd);
  if (OTHER_SHELLS.has(name)) return { kind: "other-shell", shell: tool.slice(0, 32) };
  if (TYPING.has(name)) return typesNothing(input) ? NOTHING : { kind: "other-shell", shell: name };
  if (EDITORS.has(name)) return edit(fieldsOf(input, "the editor's input"), cwd, fields);
  if (isFields(input) && commandIn(input) !== undefined) return shell(input, cwd);
  return NOTHING;
}

/** Whoever only asks what was printed meanwhile types an empty text. */
const typesNothing = (input: unknown): boolean =>
  isFields(input) && [input.input, input.chars].every((each) => each === undefined || each === "");

const commandIn = ({ command, cmd }: Fields): unknown => command ?? cmd;

function shell(input: Fields, cwd: string | undefined): HookCall {
  const command = commandIn(input);
  const text = Array.isArray(command)
    ? command.map((word) => quoted(textOf(word, "a word of the command"))).join(" ")
    : textOf(command, "the command");
  if (text.trim() === "") return NOTHING;
  const inner = [input.workdir, input.directory, input.dir_path].find(
    (each) => typeof each === "string",
  );
  const where = inner === undefined ? cwd : resolve(cwd ?? "/", inner as string);
  return { kind: "shell", text, ...(where === undefined ? {} : { cwd: where }) };
}

const PATH_NAMES = ["file_path", "filePath", "notebook_path", "path", "target_file"];
/** The texts of patches, by each agent's name for them. */
const PATCH_NAMES = ["command", "input", "patch", "patchText", "patch_text"];

function edit(
  input: Fields,
  cwd: string | undefined,
  { hook_event_name: event }: Fields,
): HookCall {
  const named = PATH_NAMES.map((name) => input[name]).filter((each) => typeof each === "string");
  const patched = PATCH_NAMES.map((name) => input[name])
    .flatMap((each) => (Array.isArray(each) ? each : [each]))
    .filter((each) => typeof each === "string")
    .flatMap((text) => [
      ...text.matchAll(/^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm),
    ])
    .map(([, path]) => (path ?? "").trim());
  const paths = [...named, ...patched].map((path) =>
    cwd === undefined ? path : resolve(cwd, path),
  );
  return { kind: "edit", paths, ...(typeof event === "string" ? { event } : {}) };
}
