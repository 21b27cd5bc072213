// Sessions: whether we are in one, and what lies in the store.

import type { SessionRecord } from "../grants/session-record.ts";
import { isGone } from "../grants/session-store.ts";
import type { SessionFact, SessionVerdict } from "../policy/decide.ts";
import { Failure } from "../policy/failure.ts";
import { clockTime, grantText } from "../session/launch/banner.ts";
import type { SessionDescription } from "../session/protocol/messages.ts";
import { findStanding } from "../session/caller/standing.ts";
import {
  objectionOf,
  seeSessions,
  type SessionSight,
  showSession,
} from "../session/caller/visit.ts";
import { SESSION_VARIABLE } from "../system/places.ts";
import { compareBoots } from "../system/processes.ts";
import { type Check, type Finding, note, ok, problem } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

const START = "start one: holdfast harness exec --allow-delete=CLASSES -- COMMAND";

async function inside(world: DoctorWorld): Promise<Finding> {
  const standing = await findStanding(world);
  if (standing.kind === "fact") return fromFact(standing.fact);
  const { record } = standing;
  const description = await answerOf(record, world);
  if (description === undefined) return ended(`session ${record.id}`);
  const text = `inside session ${record.id}: ${grantText(description)}`;
  // The host knows best, and it proves each caller wherever it is.
  const objection = await objectionOf(record, world.env);
  if (objection !== undefined) return objected(record.id, text, objection);
  if (await isElsewhere(record, world))
    return note(`${text}; its host answers from another process namespace and proves each caller`);
  return ok(`${text}; until ${clockTime(new Date(description.expiresAt), new Date())}`);
}

/** What is wrong with this process, or with the session. */
function objected(
  id: string,
  text: string,
  { reason, detail }: NonNullable<Awaited<ReturnType<typeof objectionOf>>>,
): Finding {
  switch (reason) {
    case "not-a-descendant":
      return note(
        `${SESSION_VARIABLE} is session ${id}'s, which this was not started in: it grants nothing`,
        `unset ${SESSION_VARIABLE}`,
      );
    case "detached":
      return note(
        `this has come loose from session ${id} (a daemon, tmux or a remote runner): it grants nothing here`,
        `from another terminal: holdfast session adopt ${detail ?? "PID"} --session ${id}`,
      );
    case "expired":
    case "revoked":
      return note(`${text}; ${reason}`, START);
    default:
      return fromFact({
        standing: "inside",
        session: id,
        reason: reason as SessionVerdict,
        ...(detail === undefined ? {} : { detail }),
      });
  }
}

/** Whether the host's pid was counted in another process namespace than ours. */
async function isElsewhere(record: SessionRecord, { processes }: DoctorWorld): Promise<boolean> {
  const compared = compareBoots(await processes.bootId(), record.boot_id);
  return compared !== "same" || isGone(record, processes);
}

/** What the session's host says; undefined where it is gone. @throws Failure where it is silent */
async function answerOf(
  record: SessionRecord,
  world: DoctorWorld,
): Promise<SessionDescription | undefined> {
  try {
    return await showSession(record, world.env);
  } catch (error) {
    if (error instanceof Failure && (await isGone(record, world.processes))) return undefined;
    throw error;
  }
}

const ended = (session: string): Finding =>
  problem(`${session} that this was started in has ended`, START);

function fromFact(fact: SessionFact): Finding {
  if (fact.standing === "outside") return ok("not inside one");
  if (fact.standing === "foreign-token") return note(fact.detail, `unset ${SESSION_VARIABLE}`);
  const session = fact.session === undefined ? "the session" : `session ${fact.session}`;
  switch (fact.reason) {
    case "stale":
      return ended(session);
    case "environment-changed":
      return problem(
        `${fact.detail ?? "a HOLDFAST_ variable"} differs from what ${session} was started with`,
        "give it its value back, or start the command anew",
      );
    case "unsupported-platform":
      return note("session grants do not work on Windows", "use WSL");
    default:
      return problem(fact.detail ?? `${session}: ${fact.reason}`, "holdfast session list");
  }
}

interface Sorted {
  readonly live: string[];
  /** Expired or revoked, and its command runs on. */
  readonly over: string[];
  readonly gone: string[];
  readonly silent: string[];
  readonly refused: Extract<SessionSight, { problem: unknown }>[];
}

async function sorted(sights: readonly SessionSight[], world: DoctorWorld): Promise<Sorted> {
  const found: Sorted = { live: [], over: [], gone: [], silent: [], refused: [] };
  for (const sight of sights) {
    if ("problem" in sight) found.refused.push(sight);
    else if ("description" in sight) {
      const { state, command } = sight.description;
      if (state === "live") found.live.push(`${sight.record.id} (${command})`);
      else found.over.push(`${sight.record.id} (${command}, ${state})`);
    } else if (await isGone(sight.record, world.processes)) found.gone.push(sight.record.id);
    else found.silent.push(`${sight.record.id}: ${sight.silent}`);
  }
  return found;
}

async function store(world: DoctorWorld): Promise<Finding> {
  const { live, over, gone, silent, refused } = await sorted(
    await seeSessions(world.env, world.home),
    world,
  );
  const [bad] = refused;
  const text = [
    live.length === 0 ? "none live" : `${live.length} live: ${some(live)}`,
    ...(over.length === 0 ? [] : [`${over.length} without a grant any more: ${some(over)}`]),
    ...(gone.length === 0 ? [] : [`${gone.length} ended without cleaning up: ${some(gone)}`]),
    ...(silent.length === 0 ? [] : [`no answer from ${some(silent)}`]),
    ...(bad === undefined ? [] : [`${refused.length} not to be trusted: ${bad.problem.message}`]),
  ].join("; ");
  if (bad !== undefined) return problem(text, bad.problem.fix ?? "holdfast session list");
  if (silent.length > 0) return note(text, "holdfast session list");
  return gone.length > 0
    ? note(text, "a harness exec that runs for a moment removes them")
    : ok(text);
}

/** The first few: thousands of records are one line too. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** The checks. */
export const SESSIONS: readonly Check[] = [
  { id: "session", title: "this session", run: inside },
  { id: "sessions", title: "sessions", run: store },
];
