// `holdfast harness exec`: one command inside a session of its own.

import { resolveAddress } from "../hcp/address.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { parseAllowDelete } from "../policy/resource-class.ts";
import { narrow, type SessionGrant } from "../policy/session-grant.ts";
import { parseDuration } from "../policy/duration.ts";
import { launch } from "../session/launch/launch.ts";
import { blocksPorts } from "../gate/blocks.ts";
import { mayStart } from "../session/launch/start.ts";
import { systemClock } from "../system/clock.ts";
import { isLoopbackHost } from "../system/http-loopback.ts";
import { openProcesses } from "../system/open-processes.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What `harness exec` was called with; nothing is checked yet. */
export interface ExecFlags {
  readonly command: readonly string[];
  readonly allowDelete?: readonly string[];
  readonly organization?: string;
  readonly ttl?: string;
  readonly maxDeletes?: string;
  readonly receipt?: string;
}

const MAX_TTL_MS = 7 * 24 * 60 * 60 * 1000;
export const DEFAULT_TTL = "8h";

function usage(message: string, fix: string): never {
  throw new Failure("usage", message, { exitCode: EXIT.usage, fix });
}

function ttlOf(text: string): number {
  const ttl = parseDuration(text);
  if (ttl === undefined || ttl > MAX_TTL_MS)
    return usage(
      `--ttl: ${JSON.stringify(text)} is not a duration of at most 7d`,
      "--ttl=8h, or 90s, 30m, 1h30m, 2d",
    );
  return ttl;
}

function budgetOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    return usage(
      `--max-deletes: ${JSON.stringify(text)} is not a whole number from 1`,
      "--max-deletes=10",
    );
  return Number(text);
}

function organizationOf(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(text))
    return usage(
      `--organization: ${JSON.stringify(text)} is not an organization's name`,
      "--organization=acme",
    );
  return text;
}

/** The grant that the flags ask for. @throws Failure that names the flag */
export function grantOf(flags: ExecFlags, hostname: string): SessionGrant {
  const { organization, maxDeletes } = flags;
  return {
    hostname,
    ...parseAllowDelete(flags.allowDelete ?? []),
    ...(organization === undefined ? {} : { organization: organizationOf(organization) }),
    ...(maxDeletes === undefined ? {} : { maxDeletes: budgetOf(maxDeletes) }),
  };
}

/** Runs it. Returns the child's exit code. @throws Failure when the session is not started */
export async function runExec(
  flags: ExecFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  const address = resolveAddress(context.env);
  const grant = grantOf(flags, address.hostname);
  const ttlMs = ttlOf(flags.ttl ?? DEFAULT_TTL);
  if (flags.receipt !== undefined) {
    const { checkReceiptFile } = await import("./receipt-file.ts");
    checkReceiptFile(flags.receipt, context.cwd);
  }
  if (flags.command.length === 0 || flags.command[0] === "")
    usage("no COMMAND to run", "holdfast harness exec --allow-delete=CLASSES -- COMMAND");
  const processes = await openProcesses();
  const world = { env: context.env, home: context.home, processes };
  const outer = await mayStart(grant, isLoopbackHost(address.baseUrl.hostname), world);
  if (globals.dryRun) {
    const classes = outer ? narrow(grant.classes, outer.description).kept : grant.classes;
    return dryRun(flags, { ...grant, classes }, globals, context);
  }
  return launch(
    {
      command: flags.command,
      grant,
      ttlMs,
      quiet: globals.quiet,
      ...(flags.receipt === undefined ? {} : { receiptFile: flags.receipt }),
      ...(outer === undefined ? {} : { outer }),
    },
    {
      ...world,
      clock: systemClock,
      say: (text) => context.stderr.write(text),
      isTerminal: context.stderr.isTTY === true,
      ...blocksPorts(world),
    },
  );
}

async function dryRun(
  flags: ExecFlags,
  grant: SessionGrant,
  globals: GlobalOptions,
  context: CliContext,
): Promise<number> {
  const { showClassTable } = await import("./class-table.ts");
  const { commandName, grantText } = await import("../session/launch/banner.ts");
  context.stderr.write(
    `holdfast: dry run, no session: ${commandName(flags.command)} would be granted ${grantText(grant)}\n`,
  );
  showClassTable(grant, globals, context);
  return EXIT.ok;
}
