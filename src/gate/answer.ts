// A person's answers: the only way in which a grant is made, widened, denied or taken back.
//
// A1 Only a person answers: at a controlling terminal, outside any session and not under an agent,
//    from a process tree older than every live session, or with the code that a session's banner
//    showed. It is asked before the question is shown, and again before the answer counts.
// A2 What is answered is what was shown: the request's digest goes with the answer.
// A3 Who answered is what the operating system or the database says.

import type { Added } from "../grants/allowlist/write.ts";
import type { ApprovalStore } from "../grants/approvals/store.ts";
import type { NewEntry } from "../policy/allowlist.ts";
import type { ApprovalRequest, Decider } from "../policy/approval.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { findPerson } from "../session/caller/person.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import {
  findSession,
  tellBlocksChanged,
  vouchForPerson,
  widenSession,
} from "../session/caller/visit.ts";
import { configDirectory } from "../system/places.ts";
import { addAlways, addRecorded, allowlistEntries, removeRecorded } from "./answer-always.ts";
import { readPolicy } from "./policy-source.ts";
import { openApprovals } from "../grants/approvals/open.ts";
import { deciderHere } from "./requester.ts";

export { allowlistEntries };
export type { ApprovalStore };

export interface AnswerWorld extends StandingWorld {
  /** --code: what a session's banner showed. */
  readonly code?: string;
}

/** The store as people use it: undefined where nothing was ever asked. @throws Failure */
export async function openDesk(
  world: StandingWorld,
  create = false,
): Promise<ApprovalStore | undefined> {
  const directory = configDirectory(world.env, world.home);
  const { store, approvers } = (await readPolicy({ configDirectory: directory })).approvals;
  return openApprovals({ place: store, directory, create, approvers });
}

/** Who answers, by A1. @throws Failure `not-a-person`, exit 7, that says why */
export async function requirePerson(world: AnswerWorld): Promise<Decider> {
  const found = await findPerson(world, false);
  if (found.present) return deciderHere("terminal");
  if (found.youngerThan !== undefined && world.code !== undefined) {
    const record = findSession(found.youngerThan, world.env, world.home);
    const why = await vouchForPerson(record, world.env, world.code);
    if (why === undefined) return deciderHere("code");
    throw notAPerson(why);
  }
  throw notAPerson(found.because, found.youngerThan !== undefined);
}

function notAPerson(because: string, codeHelps = false): Failure {
  return new Failure("not-a-person", `only a person answers: ${because}`, {
    exitCode: EXIT.refused,
    fix: codeHelps
      ? "answer from a terminal that was open before, or type the code from the session's banner: --code CODE"
      : "answer from a terminal of your own",
  });
}

/** What came of an answer; `text` is one clause for people. */
export interface Answered {
  readonly request: ApprovalRequest;
  readonly text: string;
}

/** @throws Failure where the request is not, or not any more, in a state for this answer */
function settled(
  changed: Awaited<ReturnType<ApprovalStore["decide"]>>,
  text: (request: ApprovalRequest) => string,
): Answered {
  if (changed.done) return { request: changed.request, text: text(changed.request) };
  const state = changed.request?.state.replaceAll("_", " ");
  throw new Failure(
    "wrong-state",
    `${changed.request === undefined ? "there is no such request" : `request ${changed.request.id} is ${state}`}: ${changed.why}`,
    {
      exitCode: EXIT.refused,
      fix: changed.request
        ? `holdfast approval show ${changed.request.id}`
        : "holdfast approval list",
    },
  );
}

/** Yes, this once (A2). */
export async function approveOnce(
  store: ApprovalStore,
  { id, digest }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const by = await requirePerson(world);
  return settled(await store.decide(id, digest, "approve", by), (request) =>
    request.state === "approved"
      ? "approved for one run of exactly this"
      : `approved by ${request.decisions.length} of ${request.approvers}; it waits for others`,
  );
}

/** Yes, for the session that asked: its class is added to the running session. */
export async function approveForSession(
  store: ApprovalStore,
  { id, requester, operation }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const { resourceClass } = operation;
  if (
    requester.session === undefined ||
    resourceClass === "commands" ||
    resourceClass === "unknown"
  )
    throw new Failure("no-session-to-widen", `request ${id} cannot be answered for a session`, {
      exitCode: EXIT.refused,
      fix: `holdfast approve ${id}`,
    });
  const by = await requirePerson(world);
  const record = findSession(requester.session, world.env, world.home);
  const code = world.code === undefined ? {} : { code: world.code };
  await widenSession(record, world.env, { resourceClass, request: id, ...code });
  const note = `session ${record.id} now grants ${resourceClass}`;
  return settled(await store.withdraw(id, by, note), () => note);
}

/** Yes, always: an allowlist entry for exactly this command. */
export async function approveAlways(
  store: ApprovalStore,
  { id, operation }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const by = await requirePerson(world);
  const entry = await addAlways(operation, world, by);
  const note = `allowlist entry ${entry} covers it`;
  return settled(await store.withdraw(id, by, note), () => note);
}

/** No, until a person reopens it. Every live session is told. */
export async function deny(
  store: ApprovalStore,
  { id, digest }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const by = await requirePerson(world);
  const changed = await store.decide(id, digest, "deny", by);
  await tellBlocksChanged(world.env, world.home);
  return settled(changed, () => "denied; it stays so until you reopen it");
}

/** An allowlist entry, by hand. @throws Failure */
export async function allowlistAdd(
  world: AnswerWorld,
  agent: string,
  entry: NewEntry,
): Promise<Added> {
  return addRecorded(world, await requirePerson(world), agent, entry);
}

/** Removes an allowlist entry for good; undefined where there is none. @throws Failure */
export async function allowlistRemove(
  world: AnswerWorld,
  id: string,
): ReturnType<typeof removeRecorded> {
  return removeRecorded(world, await requirePerson(world), id);
}

/** The no ends; the operation may be asked for again. */
export async function reopen(
  store: ApprovalStore,
  { id }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const changed = await store.reopen(id, await requirePerson(world));
  await tellBlocksChanged(world.env, world.home);
  return settled(changed, () => "reopened; it may be asked for again");
}

/** Takes back what was asked, or an approval that was not used. */
export async function withdraw(
  store: ApprovalStore,
  { id, state }: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const by = await requirePerson(world);
  if (state === "approved")
    return settled(await store.revoke(id, by), () => "the approval is revoked; it was not used");
  return settled(await store.withdraw(id, by), () => "withdrawn");
}

/** What became of an attempt of which the outcome was unknown. */
export async function resolve(
  store: ApprovalStore,
  { id }: ApprovalRequest,
  happened: boolean,
  evidence: string,
  world: AnswerWorld,
): Promise<Answered> {
  const by = await requirePerson(world);
  const changed = await store.resolve(id, happened, evidence, by);
  await tellBlocksChanged(world.env, world.home);
  return settled(changed, () => `resolved: it ${happened ? "happened" : "did not happen"}`);
}
