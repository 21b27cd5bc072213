// A session whose host is the test's own process: for questions that need no command of their own.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionFile } from "../../src/grants/session-store.ts";
import type { AuditEntry } from "../../src/policy/audit-entry.ts";
import type { SessionGrant } from "../../src/policy/session-grant.ts";
import { openSession } from "../../src/session/launch/open-session.ts";
import type { SessionHost } from "../../src/session/host/host.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import type { StandingWorld } from "../../src/session/caller/standing.ts";
import type { Clock } from "../../src/system/clock.ts";
import { HandBlocks } from "./blocks.ts";
import { procfs } from "../../src/system/processes-procfs.ts";

/** Clocks that a test moves. */
export class HandClock implements Clock {
  wallMs = 1_800_000_000_000;
  bootMs = 5_000_000;
  readonly wall = () => this.wallMs;
  readonly boot = () => this.bootMs;
}

export interface LiveSession {
  readonly token: string;
  readonly host: SessionHost;
  readonly clock: HandClock;
  /** What the session's command would see. */
  readonly world: StandingWorld;
  readonly socket: string;
  readonly record: string;
  /** Everything that was said to the person who started it. */
  readonly said: string[];
  readonly blocks: HandBlocks;
  /** Its entries in the audit log, the oldest first. */
  entries(): AuditEntry[];
  close(): void;
}

export const HOSTNAME = "tfe.example";

/** Opens a session for `grant`; the test's process is inside it. Close it when done. */
export async function openLiveSession(
  grant: Partial<SessionGrant>,
  ttlMs = 3_600_000,
): Promise<LiveSession> {
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  const clock = new HandClock();
  const said: string[] = [];
  const blocks = new HandBlocks();
  const env = {
    HOLDFAST_CONFIG_DIR: join(directory, "c"),
    HOLDFAST_RUNTIME_DIR: join(directory, "r"),
  };
  const outside = { env, home: directory, processes: procfs() };
  const session = await openSession(
    {
      command: ["agent"],
      grant: { hostname: HOSTNAME, classes: [], wildcard: false, ...grant },
      ttlMs,
      quiet: false,
    },
    { ...outside, clock, say: (text) => said.push(text), isTerminal: false, ...blocks },
  );
  const { token } = session.identity;
  return {
    token,
    clock,
    said,
    blocks,
    entries: () => auditEntries(join(directory, "c")),
    host: session.host,
    world: { ...outside, env: { ...env, HOLDFAST_EXEC_SESSION: token } },
    socket: socketPath(env, token),
    record: sessionFile(session.directory, token),
    close: () => {
      session.end("exited with 0");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The audit log of a configuration directory, as it lies there. */
export function auditEntries(config: string): AuditEntry[] {
  const file = join(config, "audit", "log.jsonl");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as AuditEntry]));
}
