// `holdfast session list | show | revoke | adopt`.

import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { grantText } from "../session/launch/banner.ts";
import {
  changeSession,
  findSession,
  type SessionSight,
  seeSessions,
} from "../session/caller/visit.ts";
import { openProcesses } from "../system/open-processes.ts";
import { visible } from "../system/terminal-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { showReceipt, stateText } from "./session-receipt.ts";
import { storeEntriesOf } from "./store-entries.ts";

function sightJson(sight: SessionSight): object {
  if ("problem" in sight)
    return { file: sight.file, state: "refused", problem: sight.problem.message };
  const { id, pid, hostname, created_at, expires_at } = sight.record;
  if ("description" in sight) {
    const { entries: _, ...description } = sight.description;
    return { ...description, pid };
  }
  return {
    id,
    pid,
    hostname,
    startedAt: created_at,
    expiresAt: expires_at,
    state: "not-live",
    problem: sight.silent,
  };
}

function sightText(sight: SessionSight): string {
  if ("problem" in sight) {
    const fix = sight.problem.fix === undefined ? "" : `\n        fix  ${sight.problem.fix}`;
    return visible(`------  refused: ${sight.problem.message}`) + fix;
  }
  const { record } = sight;
  if ("silent" in sight) return `${record.id}  not live: ${visible(sight.silent)}`;
  const { description } = sight;
  const used = `${description.spent} deleted or tried`;
  return `${record.id}  ${stateText(description)}  ${visible(description.command)} (wrapper pid ${record.pid}): ${grantText(description)}; ${used}`;
}

function sightMarkdown(sights: readonly SessionSight[]): string {
  const rows = sights.map((sight) => `- \`${sightText(sight).replaceAll("`", "'")}\``);
  return `${rows.join("\n") || "No sessions."}\n`;
}

/** Lists every session in the store, the dead and the malformed included. */
export async function runSessionList(
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const sights = await seeSessions(context.env, context.home);
  if (globals.json)
    context.stdout.write(`${JSON.stringify({ sessions: sights.map(sightJson) }, null, 2)}\n`);
  else if (globals.markdown) context.stdout.write(sightMarkdown(sights));
  else if (sights.length === 0) context.stderr.write("holdfast: no sessions\n");
  else context.stdout.write(`${sights.map(sightText).join("\n")}\n`);
  return EXIT.ok;
}

/** Shows one session: grant, budget, and what it did; one that is over from the audit log. */
export async function runSessionShow(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return showReceipt(id, globals, context, storeEntriesOf(context));
}

/** Revokes a session's grant, now and for good; its command runs on. */
export async function runSessionRevoke(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const record = findSession(id, context.env, context.home);
  if (globals.dryRun) {
    context.stderr.write(`holdfast: dry run: would revoke session ${record.id}\n`);
    return EXIT.ok;
  }
  await changeSession(record, context.env, { type: "revoke" });
  const { endRequestsOf } = await import("../gate/answer.ts");
  const { env, home } = context;
  await endRequestsOf(record.id, { env, home, processes: await openProcesses() });
  if (!globals.quiet)
    context.stderr.write(
      `holdfast: session ${record.id} is revoked; its command runs on without the grant\n`,
    );
  if (globals.json)
    context.stdout.write(`${JSON.stringify({ id: record.id, state: "revoked" })}\n`);
  return EXIT.ok;
}

/** Brings a process, and what descends from it, into a running session. */
export async function runSessionAdopt(
  pid: string,
  flags: { readonly session?: string },
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  if (!/^[1-9]\d{0,9}$/.test(pid))
    throw new Failure("usage", `PID: ${JSON.stringify(pid)} is not a process id`, {
      exitCode: EXIT.usage,
      fix: "holdfast session adopt 12345",
    });
  const record = findSession(
    flags.session ?? (await onlySession(context)),
    context.env,
    context.home,
  );
  if (globals.dryRun) {
    context.stderr.write(
      `holdfast: dry run: would adopt process ${pid} into session ${record.id}\n`,
    );
    return EXIT.ok;
  }
  const code = globals.quiet ? undefined : await typedCode(record, context);
  const typed = code === undefined ? {} : { code };
  await changeSession(record, context.env, { type: "adopt", pid: Number(pid), ...typed });
  if (!globals.quiet)
    context.stderr.write(`holdfast: process ${pid} is now inside session ${record.id}\n`);
  return EXIT.ok;
}

/** What asks for the code is loaded late: the other commands ask nobody. */
async function typedCode(
  record: ReturnType<typeof findSession>,
  { env, home }: CliContext,
): Promise<string | undefined> {
  const { codeFor } = await import("../session/caller/codes.ts");
  return codeFor(record, { env, home, processes: await openProcesses() });
}

async function onlySession(context: CliContext): Promise<string> {
  const live = (await seeSessions(context.env, context.home)).flatMap((sight) =>
    "description" in sight ? [sight.record.id] : [],
  );
  const [id, ...others] = live;
  if (id !== undefined && others.length === 0) return id;
  throw new Failure(
    "which-session",
    id === undefined ? "there is no live session" : `there are ${live.length} live sessions`,
    { exitCode: EXIT.usage, fix: id === undefined ? "holdfast session list" : `--session ${id}` },
  );
}
