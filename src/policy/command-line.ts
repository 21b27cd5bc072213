// Commands that we print work as printed.
//
// W1 Every word is quoted so that the shell reads back the same word; nothing in a line is invisible
//    or would be shown otherwise than it must be typed.
// W2 The command of an operation makes exactly that operation again, body and all. Where no line can
//    do that, there is no command.

import {
  type CommandOperation,
  type HcpOperation,
  type HcpRequest,
  type Operation,
  type TerraformOperation,
  typedPath,
} from "./operation.ts";

/** What a terminal must not be shown as it is: system/terminal-text.ts would show it escaped. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Longer bodies, in bytes, are neither readable nor safe to paste. */
const MOST_BODY_BYTES = 8192;

/** Options of kubectl that change nothing of what it does: they are not shown. */
const OF_THE_GATEWAY = /^--(?:cache-dir|request-timeout|kuberc)=/;

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;

/** Quotes one word for sh, bash and zsh (for bash and zsh where it holds hidden characters). */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)) return word;
  if (!HIDDEN.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = [...word].map((character) => {
    if (HIDDEN.test(character)) return [...Buffer.from(character)].map(hex).join("");
    return character === "\\" || character === "'" ? `\\${character}` : character;
  });
  return `$'${escaped.join("")}'`;
}

/** Joins words into one command line that a shell splits into the same words again. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/**
 * The words of the `holdfast api` command that makes exactly this operation again. A body that
 * cannot be a word is expected on stdin (`-i -`): `apiLine` gives it there.
 */
export function apiCommand({ request }: HcpOperation): string[] {
  const { method, query, headers, body } = request;
  const search = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const path = shortPath(request.path);
  const words = ["holdfast", "api", search ? `${path}?${search}` : path, "-X", method];
  for (const [name, value] of Object.entries(headers)) {
    const isDefault = name === "content-type" && value === "application/vnd.api+json";
    if (!(isDefault && body !== undefined)) words.push("-H", `${name}: ${value}`);
  }
  if (body !== undefined) words.push("-i", isLiteral(body) ? body : "-");
  return words;
}

/** How people name an operation: `DELETE /workspaces/ws-8ZkQ?force=true`, or the command. Not escaped. */
export function requestWords(operation: Operation): string {
  if (operation.kind === "command")
    return commandLine([operation.command.typed, ...operation.command.args]);
  if (operation.kind === "terraform") return terraformWords(operation);
  if (operation.kind === "kubectl") {
    const args = operation.kubectl.args.filter((each) => !OF_THE_GATEWAY.test(each));
    return commandLine(["kubectl", ...args]);
  }
  const { method, path, query } = operation.request;
  const search = query.map(([name, value]) => `${name}=${value}`).join("&");
  return `${method} ${typedPath(path)}${search === "" ? "" : `?${search}`}`;
}

/** `terraform apply K7QF2M in /srv/payments, workspace prod`: no line that a shell would read. */
function terraformWords({ terraform }: TerraformOperation): string {
  const { action, plan, options, directory, workspace } = terraform;
  const what = plan === undefined ? [...(options.destroy ? ["-destroy"] : [])] : [plan.id];
  return `${["terraform", action, ...what].join(" ")} in ${shellWord(directory)}, workspace ${shellWord(workspace)}`;
}

/**
 * The line that makes exactly this operation again, its body included; undefined where the body is
 * too long for a line.
 *
 * @param before the words of a command that runs it: `holdfast harness exec --`
 */
export function apiLine(
  operation: HcpOperation,
  before: readonly string[] = [],
): string | undefined {
  const { body } = operation.request;
  const line = commandLine([...before, ...apiCommand(operation)]);
  if (body === undefined) return line;
  if (Buffer.byteLength(body) > MOST_BODY_BYTES) return undefined;
  return isLiteral(body) ? line : `${printed(body)} | ${line}`;
}

/** `/api/v2` is left out where that leaves no other path that starts with `/api`. */
function shortPath(path: HcpRequest["path"]): string {
  const short = path.slice("/api/v2".length);
  return path.startsWith("/api/v2/") && !/^\/api(?:\/|$)/.test(short) ? short : path;
}

/** Whether `-i` takes this text for the body itself, and not for a file's name. */
function isLiteral(body: string): boolean {
  if (!/^[[{]/.test(body) || HIDDEN.test(body)) return false;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** A command that prints exactly this text. */
function printed(text: string): string {
  if (!HIDDEN.test(text)) return `printf %s ${shellWord(text)}`;
  const octal = (byte: number) => `\\0${byte.toString(8).padStart(3, "0")}`;
  const escaped = [...text].map((character) => {
    if (HIDDEN.test(character)) return [...Buffer.from(character)].map(octal).join("");
    return character === "\\" ? "\\\\" : character;
  });
  return `printf %b ${shellWord(escaped.join(""))}`;
}

/** The words of the `holdfast gate` command that runs exactly this command again, from its directory. */
export function gateCommand({ command }: CommandOperation): string[] {
  const agent = command.agent === "main" ? [] : ["--agent", command.agent];
  return ["holdfast", "gate", ...agent, "--", command.typed, ...command.args];
}

/** The line that makes exactly this operation again; undefined where no line can. */
export function operationLine(
  operation: Operation,
  before: readonly string[] = [],
): string | undefined {
  if (operation.kind === "hcp") return apiLine(operation, before);
  // The gateway made them, out of a plan that only it has or of what went to stdin.
  if (operation.kind !== "command") return undefined;
  return commandLine([...before, ...gateCommand(operation)]);
}
