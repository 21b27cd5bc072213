// The tool for everything that has no tool of its own.
//
// J1 Text that is one plain command runs as that command, without a shell. What needs a shell is for a
//    person to decide, who sees the whole text.
// J2 It runs below the directories that policy gives to commands, and without holdfast's own variables.
// J3 Nothing is let through but what only reads, there, and what a standing yes covers.

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { type CapturedResult, prepareCaptured } from "../../gate/executors/captured-command.ts";
import { describeCommand } from "../../operations/command/card.ts";
import type { CommandContext } from "../../operations/command/to-operation.ts";
import { whyUnreadable } from "../../operations/shell/parse.ts";
import { type ResolvedShell, toShellOperation } from "../../operations/shell/to-operation.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { CommandOperation } from "../../policy/operation.ts";
import type { GatedCall, GatedTool, ToolContext, ToolExecution, ToolOutput } from "../tool.ts";

/** Whose commands the gateway's are, for policy and the allowlist. */
export const GATEWAY_AGENT = "gateway";

const MOST_SECONDS = 600;
const USUAL_SECONDS = 120;

const input = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(32_768)
    .describe(
      "One command. A plain one (no pipes, redirects, variables, globs) is run as its words.",
    ),
  directory: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("Where it runs; where the gateway was started if it is not given."),
  timeout_seconds: z
    .int()
    .min(1)
    .max(MOST_SECONDS)
    .optional()
    .describe(`When it is ended: after ${USUAL_SECONDS} s if it is not given.`),
});

const output = z.strictObject({
  argv: z.array(z.string()).describe("The words that were run."),
  exit_code: z.int().optional().describe("Missing where a signal ended it, or it never started."),
  signal: z.string().optional(),
  timed_out: z.boolean(),
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.boolean().describe("It printed more than is kept."),
});

type ShellInput = z.output<typeof input>;

/** shell_exec. */
export const SHELL_TOOL: GatedTool<typeof input> = {
  name: "shell_exec",
  title: "Run a command",
  description:
    "Runs one command and returns what it prints. Commands that only read files below the allowed " +
    "directories run at once (ls, cat, head, grep FILE, find, wc, diff, stat). Everything else waits " +
    "for a person, unless they have allowed it for good. Write plain commands, one per call: what " +
    "needs a shell (pipes, redirects, $VARIABLES, globs, ;, &&) always waits for a person. " +
    "Its input is closed.",
  input,
  output,
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: false,
    openWorldHint: true,
  },
  call: async (given, context) => {
    const resolved = await resolveShell(given, context);
    return callOf(resolved, given, context);
  },
};

async function callOf(
  resolved: ResolvedShell,
  given: ShellInput,
  context: ToolContext,
): Promise<GatedCall<CommandOperation>> {
  const { operation, environment } = resolved;
  const means = {
    environment,
    resolveAgain: async () => (await resolveShell(given, context)).operation,
    signal: context.signal,
    timeoutMs: (given.timeout_seconds ?? USUAL_SECONDS) * 1000,
  };
  return {
    operation,
    describe: async () => describeCommand(resolved),
    prepare: async () => {
      const act = await prepareCaptured(operation, means);
      return async () => executionOf(await act(), operation);
    },
    // Those of the gateway's own variables never leave it anyway.
    secrets: [],
  };
}

async function resolveShell(
  { command, directory }: ShellInput,
  context: ToolContext,
): Promise<ResolvedShell> {
  const roots = rootsOf(context);
  const cwd = directoryIn(roots, directory, context.cwd);
  const words: CommandContext = {
    cwd,
    env: withoutOwn(context.env),
    agent: GATEWAY_AGENT,
    pass: context.rules.pass,
    key: context.key,
    readRoots: roots,
    keptFromReading: [realPath(context.configDirectory) ?? context.configDirectory],
  };
  checkReadable(command);
  const resolved = await toShellOperation(command, words);
  return { ...resolved, operation: { ...resolved.operation, served: context.environment } };
}

/** @throws Failure for what bash would not begin: there is nothing that a person could say yes to */
function checkReadable(command: string): void {
  const why = whyUnreadable(command);
  if (why === undefined) return;
  throw new Failure("unreadable-command", `command: not shell text that bash could read: ${why}`, {
    exitCode: EXIT.usage,
    fix: "write it so that bash reads it: close every quotation, bracket and block",
  });
}

/** The directories that policy gives to commands, or where the gateway was started (J2). */
function rootsOf({ rules, cwd }: ToolContext): string[] {
  const named = rules.shell.roots.length === 0 ? [cwd] : rules.shell.roots;
  return named.map(realPath).filter((each) => each !== undefined);
}

/** @throws Failure for one that is not there, or outside the roots (J2) */
function directoryIn(roots: readonly string[], typed: string | undefined, cwd: string): string {
  const directory = realPath(resolve(cwd, typed ?? "."));
  if (directory === undefined)
    throw new Failure("no-directory", `directory: there is no ${JSON.stringify(typed ?? cwd)}`, {
      exitCode: EXIT.usage,
      fix: `give one of: ${roots.join(", ")}`,
    });
  const isWithin = roots.some(
    (root) => directory === root || directory.startsWith(root.endsWith("/") ? root : `${root}/`),
  );
  if (isWithin) return directory;
  throw new Failure(
    "outside-roots",
    `directory: ${directory} is not below a directory that policy gives to commands`,
    {
      exitCode: EXIT.usage,
      fix: `give one of, or one below: ${roots.join(", ") || "none is there"}`,
    },
  );
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** What the gateway knows of sessions and of its own files is nothing for what it runs (J2). */
function withoutOwn(env: ToolContext["env"]): ToolContext["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^HOLDFAST_/i.test(name)));
}

function executionOf(result: CapturedResult, operation: CommandOperation): ToolExecution {
  const { ending, ...execution } = result;
  const { typed, args } = operation.command;
  const { exitCode, signal, ended, stdout = "", stderr = "", isCut = false } = ending ?? {};
  const structured = {
    argv: [typed, ...args],
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(signal === undefined ? {} : { signal }),
    timed_out: ended === "timeout",
    stdout,
    stderr,
    truncated: isCut,
  } satisfies z.output<typeof output>;
  return { ...execution, output: { text: textOf(structured, execution.error), structured } };
}

function textOf(
  { exit_code, stdout, stderr, truncated }: z.output<typeof output>,
  error: Failure | undefined,
): ToolOutput["text"] {
  const lines = [
    stdout,
    stderr === "" ? "" : `stderr:\n${stderr}`,
    truncated ? "(it printed more than is kept)" : "",
    error === undefined ? "" : error.message,
    exit_code === undefined || exit_code === 0 ? "" : `exit code ${exit_code}`,
  ].filter((each) => each !== "");
  return lines.length === 0 ? "(it printed nothing)" : lines.join("\n");
}
