// `holdfast approval list | show | reopen | withdraw | resolve`: requests that wait, and that are over.

import {
  type Answered,
  type AnswerWorld,
  type ApprovalStore,
  openDesk,
  reopen,
  resolve,
  withdraw,
} from "../gate/answer.ts";
import { cardText } from "../gate/prompt.ts";
import { type ApprovalRequest, REQUEST_STATES, type RequestState } from "../policy/approval.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { openProcesses } from "../system/open-processes.ts";
import { visible } from "../system/terminal-text.ts";
import { describeRequest } from "./approval-describe.ts";
import { aboutText, listLine, nextCommands, requestJson, requestRows } from "./approval-text.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What needs a person's eye: what a bare list shows. */
const OPEN: readonly RequestState[] = ["pending", "approved", "executing", "unknown", "denied"];

/**
 * Opens the store for one command; `act` is not called where nothing was ever asked. `quiet`: no
 * session's code is asked for.
 */
export async function atDesk<Result>(
  context: CliContext,
  { quiet }: Pick<GlobalOptions, "quiet">,
  act: (store: ApprovalStore, world: AnswerWorld) => Promise<Result>,
  nothing: () => Result,
): Promise<Result> {
  const { env, home } = context;
  const world = { env, home, processes: await openProcesses(), asksForCodes: !quiet };
  const store = await openDesk(world);
  if (store === undefined) return nothing();
  try {
    return await act(store, world);
  } finally {
    await store.close();
  }
}

/** @throws Failure `no-such-request`, exit 2 */
export function noSuchRequest(id: string): never {
  throw new Failure("no-such-request", `there is no request ${JSON.stringify(id)}`, {
    exitCode: EXIT.notFound,
    fix: "holdfast approval list",
  });
}

/** The request with this id. @throws Failure for none */
export async function findRequest(store: ApprovalStore, id: string): Promise<ApprovalRequest> {
  return (await store.find(id)) ?? noSuchRequest(id);
}

/** Lists requests: what is open, or those in the states that are asked for. */
export async function runApprovalList(
  flags: { readonly state?: string; readonly all?: boolean },
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const states = statesOf(flags);
  const found = await atDesk<readonly ApprovalRequest[]>(
    context,
    globals,
    (store) => store.list(states === undefined ? {} : { states }),
    () => [],
  );
  const now = new Date();
  if (globals.json)
    context.stdout.write(`${JSON.stringify({ requests: found.map(requestJson) }, null, 2)}\n`);
  else if (globals.markdown) context.stdout.write(listMarkdown(found, now));
  else if (found.length === 0) context.stderr.write("holdfast: no requests\n");
  else context.stdout.write(`${found.map((each) => listLine(each, now)).join("\n")}\n`);
  return EXIT.ok;
}

function statesOf({
  state,
  all,
}: {
  readonly state?: string;
  readonly all?: boolean;
}): readonly RequestState[] | undefined {
  if (all === true) return undefined;
  if (state === undefined) return OPEN;
  const known = REQUEST_STATES.find((each) => each === state.replaceAll("-", "_"));
  if (known !== undefined) return [known];
  throw new Failure("usage", `--state: ${JSON.stringify(state)} is no state of a request`, {
    exitCode: EXIT.usage,
    fix: REQUEST_STATES.join(", "),
  });
}

function listMarkdown(found: readonly ApprovalRequest[], now: Date): string {
  if (found.length === 0) return "No requests.\n";
  return `${found.map((each) => `- \`${listLine(each, now).replace(/\s+/g, " ").replaceAll("`", "'")}\``).join("\n")}\n`;
}

/** Shows one request; where its outcome is unknown, what a read of the target shows now. */
export async function runApprovalShow(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return atDesk(
    context,
    globals,
    async (store) => {
      const request = await findRequest(store, id);
      const looks = request.state === "pending" || request.state === "unknown";
      const card = looks ? await describeRequest(request, store, context) : undefined;
      if (globals.json) {
        const now = card === undefined ? {} : { now: card };
        context.stdout.write(`${JSON.stringify({ ...requestJson(request), ...now }, null, 2)}\n`);
        return EXIT.ok;
      }
      const text = showText(request, context.stdout.columns ?? 80);
      const shown = card === undefined ? "" : `now:\n${cardText(card, 80, true)}`;
      context.stdout.write(globals.markdown ? `\`\`\`\n${text}${shown}\`\`\`\n` : text + shown);
      return EXIT.ok;
    },
    () => noSuchRequest(id),
  );
}

function showText(request: ApprovalRequest, _columns: number): string {
  const rows = requestRows(request, new Date());
  const next = nextCommands(request);
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `request ${request.id}`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${visible(text)}`),
    ...next.map((line, index) => `  ${(index === 0 ? "next" : "").padEnd(width)}  ${line}`),
    "",
  ].join("\n");
}

/** Prints what an answer came to. */
export function tellAnswered(
  { request, text }: Answered,
  globals: GlobalOptions,
  context: CliContext,
): ExitCode {
  if (!globals.quiet)
    context.stderr.write(
      `holdfast: request ${request.id}: ${visible(text)}\n  ${visible(aboutText(request))}\n`,
    );
  if (globals.json)
    context.stdout.write(`${JSON.stringify({ id: request.id, state: request.state, text })}\n`);
  return EXIT.ok;
}

type Change = (
  store: ApprovalStore,
  request: ApprovalRequest,
  world: AnswerWorld,
) => Promise<Answered>;

function change(
  id: string,
  what: string,
  act: Change,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return atDesk<ExitCode>(
    context,
    globals,
    async (store, world) => {
      const request = await findRequest(store, id);
      if (globals.dryRun) {
        context.stderr.write(`holdfast: dry run: would ${what} request ${request.id}\n`);
        return EXIT.ok;
      }
      return tellAnswered(await act(store, request, world), globals, context);
    },
    () => noSuchRequest(id),
  );
}

/** Ends a person's no. */
export function runApprovalReopen(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return change(id, "reopen", reopen, globals, context);
}

/** Takes a request back, or an approval that was not used. */
export function runApprovalWithdraw(
  id: string,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return change(id, "withdraw", withdraw, globals, context);
}

export interface ResolveFlags {
  readonly happened?: boolean;
  readonly didNotHappen?: boolean;
  readonly evidence?: string;
}

/** Says what became of an attempt of which the outcome was unknown. */
export function runApprovalResolve(
  id: string,
  flags: ResolveFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { happened = false, didNotHappen = false, evidence = "" } = flags;
  const usage = (message: string) =>
    new Failure("usage", `approval resolve: ${message}`, {
      exitCode: EXIT.usage,
      fix: `holdfast approval resolve ${id} --happened --evidence 'what you saw'`,
    });
  if (happened === didNotHappen) throw usage("say --happened or --did-not-happen");
  if (evidence.trim() === "") throw usage("--evidence: say what you saw");
  return change(
    id,
    "resolve",
    (store, request, world) => resolve(store, request, happened, evidence, world),
    globals,
    context,
  );
}
