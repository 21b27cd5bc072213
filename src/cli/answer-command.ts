// `holdfast approve` and `holdfast deny`: a person's answer, at their own terminal.

import { hostname } from "node:os";
import {
  type Answered,
  type AnswerWorld,
  type ApprovalStore,
  approveAlways,
  approveForSession,
  approveOnce,
  deny,
  mayBeAnswered,
  requirePerson,
  type Way,
} from "../gate/answer.ts";
import { askToAnswer } from "../gate/ask-to-answer.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import {
  atDesk,
  findRequest,
  noSuchRequest,
  runApprovalList,
  tellAnswered,
} from "./approval-command.ts";
import { describeRequest } from "./approval-describe.ts";
import { stateText } from "./approval-text.ts";
import { hasSession } from "../session/caller/visit.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

export interface AnswerFlags {
  readonly session?: boolean;
  readonly always?: boolean;
}

function wayOf({ session = false, always = false }: AnswerFlags): Way {
  if (session && always)
    throw new Failure("usage", "approve: --session and --always are two answers", {
      exitCode: EXIT.usage,
      fix: "give one of them, or none for this once",
    });
  return session ? "session" : always ? "always" : "once";
}

/** The request that is meant: the named one, or the only one that waits; undefined: show the list. */
async function meant(
  store: ApprovalStore,
  id: string | undefined,
): Promise<ApprovalRequest | undefined> {
  if (id !== undefined) return findRequest(store, id);
  const waiting = await store.list({ states: ["pending"], limit: 2 });
  return waiting.length === 1 ? waiting[0] : undefined;
}

/** Nobody said which: what waits is listed, and that is no answer. */
async function sayWhich(
  verb: "approve" | "deny",
  store: ApprovalStore,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const [first] = await store.list({ states: ["pending"], limit: 1 });
  if (first === undefined) return nothingWaits(undefined, context);
  await runApprovalList({ state: "pending" }, globals, context);
  throw new Failure("which-request", "several requests wait: say which", {
    exitCode: EXIT.usage,
    fix: `holdfast ${verb} ${first.id}`,
  });
}

/** @throws Failure where an answer needs the prompt that --quiet disables */
function requirePrompt({ quiet }: GlobalOptions): void {
  if (!quiet) return;
  throw new Failure("usage", "approve: --quiet disables the prompt, and only a prompt approves", {
    exitCode: EXIT.usage,
    fix: "leave --quiet out",
  });
}

/** @throws Failure where whoever asked is gone: a yes would be of no use to anybody */
function requireAsker({ id, requester }: ApprovalRequest, { env, home }: CliContext): void {
  const { session, machine } = requester;
  if (session === undefined || machine !== hostname() || hasSession(session, env, home)) return;
  throw new Failure(
    "asker-gone",
    `session ${session}, which asked, has ended: nobody could use it`,
    {
      exitCode: EXIT.refused,
      fix: `holdfast approval withdraw ${id}`,
    },
  );
}

/** @throws Failure where the request does not wait any more */
function requirePending(request: ApprovalRequest): void {
  const { id, state } = request;
  if (state !== "pending")
    throw new Failure(
      "wrong-state",
      `request ${id} is not waiting: ${stateText(request, new Date())}`,
      {
        exitCode: EXIT.refused,
        fix: `holdfast approval show ${id}`,
      },
    );
}

const ACTS: Readonly<
  Record<
    Way,
    (store: ApprovalStore, request: ApprovalRequest, world: AnswerWorld) => Promise<Answered>
  >
> = { once: approveOnce, session: approveForSession, always: approveAlways };

/** Shows the whole card, asks, and approves. Bare: the only request that waits, else the list. */
export function runApprove(
  id: string | undefined,
  flags: AnswerFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const way = wayOf(flags);
  requirePrompt(globals);
  return atDesk<ExitCode>(
    context,
    globals,
    async (store, world) => {
      await requirePerson(world);
      const request = await meant(store, id);
      if (request === undefined) return sayWhich("approve", store, globals, context);
      requirePending(request);
      await mayBeAnswered(request, way, world);
      requireAsker(request, context);
      const card = await describeRequest(request, store, context, way);
      if (globals.dryRun) {
        context.stderr.write(`holdfast: dry run: would ask about request ${request.id}\n`);
        return EXIT.ok;
      }
      const answer = await askToAnswer(request, card, way);
      if (answer === "interrupted") return EXIT.interrupted;
      if (answer !== "yes") {
        const why = answer === "mismatch" ? ": the name typed is not the target's" : "";
        context.stderr.write(
          `holdfast: request ${request.id} still waits${why}; to say no: holdfast deny ${request.id}\n`,
        );
        return EXIT.refused;
      }
      return tellAnswered(await ACTS[way](store, { ...request, card }, world), globals, context);
    },
    () => nothingWaits(id, context),
  );
}

/** Says no, now and until it is reopened; asks nothing, since it changes nothing of anybody's. */
export function runDeny(
  id: string | undefined,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  return atDesk<ExitCode>(
    context,
    globals,
    async (store, world) => {
      await requirePerson(world);
      const request = await meant(store, id);
      if (request === undefined) return sayWhich("deny", store, globals, context);
      if (globals.dryRun) {
        context.stderr.write(`holdfast: dry run: would deny request ${request.id}\n`);
        return EXIT.ok;
      }
      return tellAnswered(await deny(store, request, world), globals, context);
    },
    () => nothingWaits(id, context),
  );
}

function nothingWaits(id: string | undefined, context: CliContext): ExitCode {
  if (id !== undefined) noSuchRequest(id);
  context.stderr.write("holdfast: no requests\n");
  return EXIT.ok;
}
