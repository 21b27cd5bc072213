// The command tree: what there is, with its flags, help and examples. Commands wire; the functions
// they call behave, and are loaded only when they are called.

import { Command, Option } from "commander";
import { API_FLAGS, type ApiFlags } from "./api/flags.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** Told the exit code of the command that ran. */
export type OnExit = (code: number) => void;

const EXAMPLES = {
  holdfast: [
    "holdfast demo",
    "holdfast harness exec --allow-delete=workspaces,runs -- claude",
    "holdfast api /workspaces/ws-8ZkQ -X DELETE --dry-run",
  ],
  api: [
    "holdfast api /organizations/{organization}/workspaces --all",
    "holdfast api /workspaces/{workspace} -p workspace=payments-dev",
    "holdfast api /organizations/acme/workspaces -t workspaces -a name=scratch",
    "holdfast api /workspaces/ws-8ZkQ -X DELETE",
  ],
  explain: [
    "holdfast explain api -X DELETE /workspaces/ws-8ZkQ",
    "holdfast explain --allow-delete=reversible",
  ],
  exec: [
    "holdfast harness exec --allow-delete=workspaces,vars --max-deletes 10 -- claude",
    "holdfast harness exec --allow-delete=runs --ttl 30m --receipt receipt.json -- ./clean-up.sh",
    "holdfast harness exec --allow-delete=reversible --dry-run -- claude",
  ],
  session: ["holdfast session list", "holdfast session show 7KQF2M", "holdfast session revoke 7KQF2M"],
} as const;

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

function globalsOf(command: Command): GlobalOptions {
  const { json, markdown, quiet, color, debug, dryRun } = command.optsWithGlobals();
  return {
    json: json === true,
    markdown: markdown === true,
    quiet: quiet === true,
    color: color !== false,
    debug: debug === true,
    dryRun: dryRun === true,
  };
}

const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

function addApiFlags(command: Command): Command {
  for (const { flags, description, repeat, hidden } of API_FLAGS) {
    const option = new Option(flags, description).hideHelp(hidden === true);
    if (repeat === true) option.argParser(collect);
    command.addOption(option);
  }
  return command;
}

/** Builds the whole tree. `context` is only touched when a command runs. */
export function buildProgram(context: CliContext, onExit: OnExit): Command {
  const program = new Command("holdfast")
    .description("Stands between coding agents and the delete button of your infrastructure.")
    .version(context.version, "--version", "print the version")
    .option("--json", "print one JSON object on stdout")
    .option("--markdown", "print Markdown on stdout")
    .option("--dry-run", "say what would happen, and change nothing")
    .option("--quiet", "print nothing on stdout for mutations, and never prompt")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--debug", "print stack traces")
    .showHelpAfterError("(run with --help for usage)")
    .addHelpText("after", examples(EXAMPLES.holdfast));
  program.addCommand(apiCommand(context, onExit));
  program.addCommand(explainCommand(context, onExit));
  program.addCommand(harnessCommand(context, onExit));
  program.addCommand(sessionCommand(context, onExit));
  program.addCommand(doctorCommand(context, onExit));
  program.addCommand(demoCommand(context, onExit));
  program.addCommand(completionCommand(context, onExit, () => program));
  return program;
}

function apiCommand(context: CliContext, onExit: OnExit): Command {
  return addApiFlags(new Command("api"))
    .description("make one HCP Terraform request, through the gate")
    .argument("<path>", "path below the API root, or a URL on the configured host")
    .addHelpText("after", examples(EXAMPLES.api))
    .action(async (path: string, flags: Omit<ApiFlags, "path">, command: Command) => {
      const { runApi } = await import("./api-command.ts");
      onExit(await runApi({ ...flags, path }, globalsOf(command), context));
    });
}

function explainCommand(context: CliContext, onExit: OnExit): Command {
  const explain = new Command("explain")
    .description("say what the gate would decide, and why")
    .option("--allow-delete <CLASSES>", "print every class as such a session would treat it", collect)
    .addHelpText("after", examples(EXAMPLES.explain))
    .action(async (flags: { allowDelete?: string[] }, command: Command) => {
      const { runExplainClasses } = await import("./explain-command.ts");
      onExit(await runExplainClasses(flags.allowDelete, globalsOf(command), context));
    });
  const api = addApiFlags(new Command("api"))
    .description("explain one request; nothing is sent but reads")
    .argument("<path>", "path below the API root, or a URL on the configured host")
    .addHelpText("after", examples(EXAMPLES.explain.slice(0, 1)))
    .action(async (path: string, flags: Omit<ApiFlags, "path">, command: Command) => {
      const { runExplainApi } = await import("./explain-command.ts");
      onExit(await runExplainApi({ ...flags, path }, globalsOf(command), context));
    });
  return explain.addCommand(api);
}

function harnessCommand(context: CliContext, onExit: OnExit): Command {
  const exec = new Command("exec")
    .description("run a command, and what it starts, inside a session that may delete")
    .argument("[command...]", "the command and its arguments, after --")
    .option("--allow-delete <CLASSES>", "classes that may be deleted, with commas; repeats", collect)
    .option("--organization <ORG>", "only in this organization")
    .option("--ttl <DURATION>", "how long the grant lasts at most (default: 8h)")
    .option("--max-deletes <N>", "how many deletions in all (default: no limit)")
    .option("--receipt <FILE>", "write the receipt as JSON when the command ends")
    .addHelpText("after", examples(EXAMPLES.exec))
    .action(async (words: string[], flags: Record<string, never>, command: Command) => {
      const { runExec } = await import("./harness-command.ts");
      onExit(await runExec({ ...flags, command: words }, globalsOf(command), context));
    });
  return new Command("harness")
    .description("wrap agents and scripts")
    .addCommand(exec)
    .addHelpText("after", examples(EXAMPLES.exec.slice(0, 1)));
}

function sessionCommand(context: CliContext, onExit: OnExit): Command {
  const load = () => import("./session-command.ts");
  const session = new Command("session")
    .description("look at, end or extend running sessions")
    .addHelpText("after", examples(EXAMPLES.session));
  session
    .command("list")
    .description("list sessions")
    .addHelpText("after", examples(["holdfast session list --json"]))
    .action(async (_: unknown, command: Command) =>
      onExit(await (await load()).runSessionList(globalsOf(command), context)),
    );
  session
    .command("show")
    .argument("<id>", "the session's id")
    .description("show a session and its receipt so far")
    .addHelpText("after", examples(["holdfast session show 7KQF2M"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runSessionShow(id, globalsOf(command), context)),
    );
  session
    .command("revoke")
    .argument("<id>", "the session's id")
    .description("take a session's grant away; its command runs on")
    .addHelpText("after", examples(["holdfast session revoke 7KQF2M"]))
    .action(async (id: string, _: unknown, command: Command) =>
      onExit(await (await load()).runSessionRevoke(id, globalsOf(command), context)),
    );
  session
    .command("adopt")
    .argument("<pid>", "a process that came loose from the session, such as a tmux server")
    .option("--session <ID>", "which session, where more than one is live")
    .option("--code <CODE>", "the code from the session's banner, where this terminal is newer")
    .description("bring a process, and what it starts, into a session")
    .addHelpText("after", examples(["holdfast session adopt 4242 --session 7KQF2M"]))
    .action(async (pid: string, flags: { session?: string; code?: string }, command: Command) =>
      onExit(await (await load()).runSessionAdopt(pid, flags, globalsOf(command), context)),
    );
  return session;
}

function doctorCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("doctor")
    .description("check this machine: places, credentials, reachability, sessions")
    .addHelpText("after", examples(["holdfast doctor", "holdfast doctor --json"]))
    .action(async (_: unknown, command: Command) => {
      const { runDoctor } = await import("./doctor-command.ts");
      onExit(await runDoctor(globalsOf(command), context));
    });
}

function demoCommand(context: CliContext, onExit: OnExit): Command {
  return new Command("demo")
    .description("see it work: no account, nothing written outside a temporary directory")
    .option("--serve", "keep the stand-in of the API running, and print how to use it")
    .addHelpText("after", examples(["holdfast demo", "holdfast demo --serve"]))
    .action(async (flags: { serve?: boolean }, command: Command) => {
      const { runDemo } = await import("./demo-command.ts");
      onExit(await runDemo(flags.serve === true, globalsOf(command), context));
    });
}

function completionCommand(context: CliContext, onExit: OnExit, program: () => Command): Command {
  return new Command("completion")
    .description("print a completion script")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText("after", examples(["source <(holdfast completion bash)"]))
    .action(async (shell: string) => {
      const { runCompletion } = await import("./completion-command.ts");
      onExit(await runCompletion(shell, program(), context));
    });
}
