// `holdfast session show`: a running session as its host tells it, and the receipt of any session as
// the audit log has it.

import { type ReceiptView, receiptOf } from "../audit/receipt.ts";
import { receiptMarkdown, receiptRows, receiptViewText } from "../audit/receipt-text.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { findSession, showSession } from "../session/caller/visit.ts";
import { clockTime, grantText, receiptText } from "../session/launch/banner.ts";
import type { SessionDescription } from "../session/protocol/messages.ts";
import { visible } from "../system/terminal-text.ts";
import { auditEntries, type StoreEntries } from "./audit-command.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { failureText } from "../gate/report.ts";

interface Live {
  readonly description: SessionDescription;
  readonly pid: number;
}

/** Shows one session: live, from its host and the log; over, from the log. @throws Failure for neither */
export async function showReceipt(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ExitCode> {
  const found = await liveSession(id, context);
  const text =
    found instanceof Failure
      ? overText(await receiptOrFail(id, found, context, storeEntries), globals)
      : liveText(found, await receiptIfAny(found, context, storeEntries), globals);
  context.stdout.write(text);
  return EXIT.ok;
}

/** What its host says, or why nothing is to be heard from one. */
async function liveSession(id: string, context: CliContext): Promise<Live | Failure> {
  try {
    const record = findSession(id, context.env, context.home);
    return { description: await showSession(record, context.env), pid: record.pid };
  } catch (error) {
    const isOver =
      error instanceof Failure && ["no-such-session", "session-silent"].includes(error.code);
    if (isOver) return error;
    throw error;
  }
}

const read = (id: string, isLive: boolean, context: CliContext, storeEntries: StoreEntries) => {
  const session = id.toUpperCase();
  return receiptOf(auditEntries({ session }, context, storeEntries), session, isLive);
};

async function receiptOrFail(
  id: string,
  why: Failure,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ReceiptView> {
  const view = await read(id, false, context, storeEntries);
  if (view === undefined) throw why;
  return view;
}

/** The host's own word does for a log that cannot be read. */
async function receiptIfAny(
  { description }: Live,
  context: CliContext,
  storeEntries: StoreEntries,
): Promise<ReceiptView | undefined> {
  try {
    const view = await read(description.id, true, context, storeEntries);
    return view?.startedAt === undefined ? undefined : view;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.stderr.write(failureText(error));
    return undefined;
  }
}

const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

function overText(view: ReceiptView, globals: GlobalOptions): string {
  const state = view.endedAt === undefined ? "not-live" : "ended";
  if (globals.json) return asJson({ id: view.session, state, receipt: view });
  return globals.markdown ? receiptMarkdown(view) : receiptViewText(view);
}

function budgetOf({ spent, maxDeletes }: SessionDescription): string {
  return maxDeletes === undefined ? `${spent}, no limit` : `${spent} of ${maxDeletes}`;
}

/** `live until 18:02`, or what it is instead. */
export function stateText(session: SessionDescription): string {
  if (session.state !== "live") return session.state;
  return `live until ${clockTime(new Date(session.expiresAt), new Date())}`;
}

function liveText(
  { description, pid }: Live,
  view: ReceiptView | undefined,
  globals: GlobalOptions,
): string {
  if (globals.json)
    return asJson({ ...description, pid, ...(view === undefined ? {} : { receipt: view }) });
  if (globals.markdown && view !== undefined) return receiptMarkdown(view, budgetOf(description));
  const heading = `session ${description.id}: ${visible(description.command)} (pid ${pid}), ${stateText(description)}`;
  const rows = view === undefined ? hostsRows(description) : receiptRows(view);
  const text = [heading, `  budget   ${budgetOf(description)}`, ...rows, ""].join("\n");
  return globals.markdown ? `\`\`\`\n${text}\`\`\`\n` : text;
}

function hostsRows(description: SessionDescription): string[] {
  const rows = receiptText(description, "so far").trimEnd().split("\n").slice(1);
  if (rows.length > 0) return rows;
  return [`  granted  ${grantText(description)}`, "  nothing was deleted, nothing refused so far"];
}
