// A person's answers: the only way in which a grant is made, widened, denied or taken back.
//
// A1 Only a person answers: at a controlling terminal, outside any session and not under an agent,
//    from a terminal that was open before every live session, or with the code of each session that
//    was there first. It is asked before the question is shown, and again before the answer counts.
// A2 What is answered is what was shown: the request's digest goes with the answer.
// A3 Who answered is what the operating system or the database says.
// A4 What the asker says never lowers what the answering person's own policy asks for.
// A5 A request is settled before another grant is made in its place: one that was denied meanwhile
//    widens nothing.

import type { Added } from "../grants/allowlist/write.ts";
import type { ApprovalStore } from "../grants/approvals/store.ts";
import type { NewEntry } from "../policy/allowlist.ts";
import type { ApprovalRequest, Decider } from "../policy/approval.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { takenCode, whyNotByCodes } from "../session/caller/codes.ts";
import type { Policy } from "../policy/policy.ts";
import { isResourceClass } from "../policy/resource-class.ts";
import { rulingOn } from "../policy/ruling.ts";
import { findPerson } from "../session/caller/person.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { findSession, tellBlocksChanged, widenSession } from "../session/caller/visit.ts";
import { configDirectory } from "../system/places.ts";
import { addAlways, addRecorded, allowlistEntries, removeRecorded } from "./answer-always.ts";
import { requireAnswerable, type Way } from "./answerable.ts";
import { GateLog } from "./gate-log.ts";
import { readPolicy } from "./policy-source.ts";
import { openApprovals } from "../grants/approvals/open.ts";
import { deciderHere } from "./requester.ts";

export { allowlistEntries };
export type { ApprovalStore, Way };

export interface AnswerWorld extends StandingWorld {
  /** Whether a session's code may be asked for at the terminal; otherwise an older one is needed. */
  readonly asksForCodes?: boolean;
}

/** The store as people use it: undefined where nothing was ever asked. @throws Failure */
export async function openDesk(
  world: StandingWorld,
  create = false,
): Promise<ApprovalStore | undefined> {
  const directory = configDirectory(world.env, world.home);
  const { store, approvers } = (await readPolicy({ configDirectory: directory })).approvals;
  const { redact } = new GateLog(world);
  return openApprovals({ place: store, directory, create, approvers, redact });
}

/** Who answers, by A1. @throws Failure `not-a-person`, exit 7, that says why */
export async function requirePerson(world: AnswerWorld): Promise<Decider> {
  const found = await findPerson(world, false);
  if (found.present) return deciderHere("terminal");
  const { because, youngerThan } = found;
  if (youngerThan === undefined) throw notAPerson(because);
  const why = world.asksForCodes === true ? await whyNotByCodes(youngerThan, world) : because;
  if (why === undefined) return deciderHere("code");
  throw notAPerson(why, true);
}

function notAPerson(because: string, codeHelps = false): Failure {
  return new Failure("not-a-person", `only a person answers: ${because}`, {
    exitCode: EXIT.refused,
    fix: codeHelps
      ? "answer from a terminal that was open before, or type the code from the session's banner when asked"
      : "answer from a terminal of your own",
  });
}

const policyOf = ({ env, home }: StandingWorld): Promise<Policy> =>
  readPolicy({ configDirectory: configDirectory(env, home) });

/** @throws Failure where such an answer would not count: before anybody is asked for it */
export async function mayBeAnswered(
  request: ApprovalRequest,
  way: Way,
  world: StandingWorld,
): Promise<void> {
  requireAnswerable(request, way, await policyOf(world));
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
  const { request, why } = changed;
  throw new Failure("wrong-state", why.replaceAll("_", " "), {
    exitCode: EXIT.refused,
    fix: request ? `holdfast approval show ${request.id}` : "holdfast approval list",
  });
}

/** Yes, this once (A2). */
export async function approveOnce(
  store: ApprovalStore,
  asked: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const { id, digest } = asked;
  const by = await requirePerson(world);
  const policy = await policyOf(world);
  requireAnswerable(asked, "once", policy);
  requireEnoughApprovers(asked, policy);
  return settled(await store.decide(id, digest, "approve", by), (request) =>
    request.state === "approved"
      ? "approved for one run of exactly this"
      : `approved by ${request.decisions.length} of ${request.approvers}; it waits for others`,
  );
}

/** A4: what the asker says of it does not lower what the answering person's own policy asks for. */
function requireEnoughApprovers(asked: ApprovalRequest, policy: Policy): void {
  const { id, approvers, operation } = asked;
  const wanted = rulingOn(operation, policy).approvers;
  if (approvers >= wanted) return;
  throw new Failure(
    "too-few-approvers",
    `request ${id} asks for ${approvers} approvers; your policy asks for ${wanted}`,
    { exitCode: EXIT.refused, fix: `holdfast deny ${id}, and give the asker your policy` },
  );
}

/** Yes, for the session that asked: its class is added to the running session. */
export async function approveForSession(
  store: ApprovalStore,
  asked: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const { id, requester, operation } = asked;
  const { resourceClass } = operation;
  if (requester.session === undefined || !isResourceClass(resourceClass))
    throw new Failure("no-session-to-widen", `request ${id} cannot be answered for a session`, {
      exitCode: EXIT.refused,
      fix: `holdfast approve ${id}`,
    });
  const by = await requirePerson(world);
  requireAnswerable(asked, "session", await policyOf(world));
  const record = findSession(requester.session, world.env, world.home);
  const note = `session ${record.id} now grants ${resourceClass}`;
  const answered = settled(await store.withdraw(id, by, note), () => note);
  const code = takenCode(record);
  const typed = code === undefined ? {} : { code };
  await widenSession(record, world.env, { resourceClass, request: id, ...typed });
  return answered;
}

/** Yes, always: an allowlist entry for exactly this command. */
export async function approveAlways(
  store: ApprovalStore,
  asked: ApprovalRequest,
  world: AnswerWorld,
): Promise<Answered> {
  const { id, operation } = asked;
  const by = await requirePerson(world);
  requireAnswerable(asked, "always", await policyOf(world));
  const note = "an allowlist entry covers it from now on";
  const { request } = settled(await store.withdraw(id, by, note), () => note);
  return { request, text: `allowlist entry ${await addAlways(operation, world, by)} covers it` };
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

/** A session was revoked by a person: what was approved for it goes with it. Never throws Failure. */
export async function endRequestsOf(session: string, world: AnswerWorld): Promise<void> {
  try {
    const store = await openDesk(world);
    if (store === undefined) return;
    try {
      const by = await requirePerson(world);
      for (const { id, state } of await store.list({ session, states: ["pending", "approved"] }))
        if (state === "approved") await store.revoke(id, by);
        else await store.withdraw(id, by, `session ${session} was revoked`);
    } finally {
      await store.close();
    }
  } catch (error) {
    // Anybody may revoke a session; only a person takes back what a person has allowed.
    if (!(error instanceof Failure)) throw error;
  }
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
