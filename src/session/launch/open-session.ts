// Opens a session: socket, record, lock, banner. From here on the host answers.
//
// E1 The grant exists only while this process lives: nothing on disk grants anything by itself.
// E2 Whatever fails on the way leaves no record, no socket and no lock behind.
// E5 A session that cannot record that it was started is not started.

import { dirname } from "node:path";
import { removeSession, sessionFile, writeSession } from "../../grants/session-store.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { narrow, type SessionGrant } from "../../policy/session-grant.ts";
import type { SessionDescription } from "../protocol/messages.ts";
import type { Clock } from "../../system/clock.ts";
import { lock } from "../../system/lock.ts";
import { type Environment, sessionDirectory } from "../../system/places.ts";
import type { Processes } from "../../system/processes.ts";
import { ensurePrivateDirectory, UnsafeFile } from "../../system/safe-file.ts";
import { visible } from "../../system/terminal-text.ts";
import { outerUserId } from "../../system/user.ts";
import { bannerText, commandName, grantText } from "./banner.ts";
import { openSessionLog } from "./session-log.ts";
import { Blocks, type BlocksPorts } from "../host/blocks.ts";
import { SessionHost } from "../host/host.ts";
import { createIdentity, type HostIdentity, randomCode } from "../protocol/identity.ts";
import { Ledger } from "../host/ledger.ts";
import type { ProcessIdentity } from "../lineage.ts";
import type { OuterSession } from "../host/outer.ts";
import { Receipt } from "../host/receipt.ts";
import { Records } from "../host/records.ts";
import { socketPath } from "../protocol/socket-path.ts";
import { userHere } from "../who.ts";

export interface LaunchRequest {
  /** The command and its arguments; at least one word. */
  readonly command: readonly string[];
  readonly grant: SessionGrant;
  /** How long the grant lasts, in milliseconds. */
  readonly ttlMs: number;
  /** Where the receipt goes as JSON. */
  readonly receiptFile?: string;
  readonly quiet: boolean;
  /** The session that we are inside, already joined. */
  readonly outer?: OuterSession;
}

export interface LaunchWorld extends BlocksPorts {
  readonly env: Environment;
  readonly home: string;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  /** Whether `say` reaches a terminal: only there is the code shown. */
  readonly isTerminal: boolean;
}

export interface OpenSession {
  readonly identity: HostIdentity;
  readonly host: SessionHost;
  /** The store's directory. */
  readonly directory: string;
  /** Makes ready what the first nested command would wait for otherwise. */
  readonly warmUp: () => void;
  /**
   * Ends it: nothing answers any more, and nothing is left behind but its entries in the audit log.
   * Safe to call twice. `how` the command ended: `exited with 0`.
   */
  readonly end: (how: string) => void;
}

/** Opens a session for `request` and shows its banner. Throws Failure, and then leaves nothing (E2). */
export async function openSession(
  request: LaunchRequest,
  world: LaunchWorld,
): Promise<OpenSession> {
  const identity = createIdentity();
  const path = socketPath(world.env, identity.token);
  const directory = sessionDirectory(world.env, world.home);
  preparePrivate(dirname(path));
  const log = openSessionLog(world, identity.token);
  const { outer } = request;
  const narrowed = outer && narrow(request.grant.classes, outer.description);
  const grant = narrowed ? { ...request.grant, classes: narrowed.kept } : request.grant;
  const id = randomCode(6);
  const onEvent = (event: string) => world.say(`holdfast: session ${id}: ${visible(event)}\n`);
  const receipt = new Receipt(world.clock.wall);
  const records = new Records({ id, receipt, audit: log.append, onEvent });
  const blocks = new Blocks(world);
  const facts = {
    id,
    code: randomCode(8),
    startedAt: new Date(world.clock.wall()),
    self: await identify(world.processes),
    ledger: new Ledger(grant, lifetime(request, world.clock), {
      clock: world.clock,
      records,
      blocks,
    }),
  };
  const host = new SessionHost({
    ...facts,
    identity,
    records,
    blocks,
    command: commandName(request.command),
    processes: world.processes,
    env: world.env,
    onEvent,
    ...(outer === undefined ? {} : { outer }),
  });
  let release = () => {};
  const clear = () => {
    host.close();
    release();
    removeSession(directory, identity.token);
  };
  try {
    await host.listen(path);
    await write(directory, identity.token, grant, facts, world.processes);
    release = await own(sessionFile(directory, identity.token), id, world);
    log.require(() =>
      records.started({
        detail: grantText(grant),
        by: userHere(commandName(request.command)),
        ...(outer === undefined ? {} : { target: `inside session ${outer.description.id}` }),
      }),
    );
  } catch (error) {
    clear();
    log.close(false);
    throw error;
  }
  world.say(
    bannerText({
      id,
      command: request.command,
      grant: outer === undefined ? grant : within(grant, outer.description),
      expiresAt: facts.ledger.expiresAt,
      now: facts.startedAt,
      ...(world.isTerminal ? { code: facts.code } : {}),
      ...(outer ? { inside: outer.description.id } : {}),
      ...(narrowed ? { dropped: narrowed.dropped } : {}),
    }),
  );
  const end = (how: string) => {
    clear();
    records.ended(how);
    log.close(facts.ledger.spent > 0);
  };
  const warmUp = () => {
    void blocks.current();
    log.prepare();
  };
  return { identity, host, directory, warmUp, end };
}

/** How long the grant lasts, in milliseconds: never longer than that of the session around it. */
function lifetime({ ttlMs, outer }: LaunchRequest, clock: Clock): number {
  if (outer === undefined) return ttlMs;
  const left = Date.parse(outer.description.expiresAt) - clock.wall();
  return Math.max(1, Math.min(ttlMs, left));
}

/** What the grant comes to inside another session, as far as that can be said in advance. */
function within(grant: SessionGrant, outer: SessionDescription): SessionGrant {
  const left =
    outer.maxDeletes === undefined
      ? Number.POSITIVE_INFINITY
      : outer.maxDeletes - outer.spent - outer.reserved;
  const most = Math.min(grant.maxDeletes ?? Number.POSITIVE_INFINITY, left);
  const organization = grant.organization ?? outer.organization;
  return {
    ...grant,
    ...(most === Number.POSITIVE_INFINITY ? {} : { maxDeletes: most }),
    ...(organization === undefined ? {} : { organization }),
  };
}

interface SessionFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly self: ProcessIdentity;
  readonly ledger: Ledger;
}

async function write(
  directory: string,
  token: string,
  grant: SessionGrant,
  { id, self, startedAt, ledger }: SessionFacts,
  processes: Processes,
): Promise<void> {
  writeSession(directory, {
    version: 1,
    id,
    token,
    pid: self.pid,
    process_started: self.started,
    boot_id: (await processes.bootId()) || "unknown",
    uid: outerUserId(),
    hostname: grant.hostname,
    organization: grant.organization ?? null,
    created_at: startedAt.toISOString(),
    expires_at: ledger.expiresAt.toISOString(),
    max_deletes: grant.maxDeletes ?? null,
    allow_delete: [...grant.classes, ...(grant.wildcard ? ["reversible"] : [])],
  });
}

/** Takes the record's lock. One that is lost means that we were suspended for long; no more than that. */
function own(file: string, id: string, world: LaunchWorld): Promise<() => void> {
  return lock(file, () => {
    world.say(`holdfast: session ${id}: the lock of its record was lost; the session goes on\n`);
  });
}

function preparePrivate(directory: string): void {
  try {
    ensurePrivateDirectory(directory);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    throw new Failure("runtime-directory", error.message, {
      exitCode: EXIT.ownFailure,
      fix: error.fix ?? "set HOLDFAST_RUNTIME_DIR to a directory of your own with mode 0700",
      cause: error,
    });
  }
}

async function identify(processes: Processes): Promise<ProcessIdentity> {
  const self = await processes.info(processes.self());
  if (self !== undefined) return { pid: self.pid, started: self.started };
  throw new Failure("no-process-table", "this process cannot find itself in the process table", {
    exitCode: EXIT.ownFailure,
    fix: "mount /proc, or install ps in /bin or /usr/bin",
  });
}
