// A session whose host is the test's own process, on a stage: nested commands are real ones, and what
// blocks and what is logged is in the test's hands.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry } from "../../src/policy/audit-entry.ts";
import type { SessionGrant } from "../../src/policy/session-grant.ts";
import { Conversation } from "../../src/session/caller/conversation.ts";
import { type OpenSession, openSession } from "../../src/session/launch/open-session.ts";
import type { SessionAnswer } from "../../src/session/protocol/messages.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openProcesses } from "../../src/system/open-processes.ts";
import { HandBlocks } from "./blocks.ts";
import { auditEntries } from "./live-session.ts";
import type { Finished, Stage } from "./stage.ts";

export interface HostedSession {
  readonly session: OpenSession;
  readonly blocks: HandBlocks;
  readonly said: string[];
  /** What the session's commands have in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `holdfast WORDS` inside. */
  run(...words: readonly string[]): Promise<Finished>;
  /** A conversation of this process's, which is inside. */
  talk(): Promise<Conversation>;
  ask(...message: Parameters<Conversation["ask"]>): Promise<SessionAnswer>;
  entries(): AuditEntry[];
  /** Puts something in the log's place that cannot be written, until it is called again. */
  breakLog(isBroken: boolean): void;
  end(): void;
}

/** Opens one. End it when done. */
export async function hostSession(
  stage: Stage,
  grant: Partial<SessionGrant>,
  more: Partial<HandBlocks> = {},
): Promise<HostedSession> {
  const blocks = new HandBlocks();
  const said: string[] = [];
  const session = await openSession(
    {
      command: ["agent"],
      grant: { hostname: stage.api.address, classes: [], wildcard: false, ...grant },
      ttlMs: 3_600_000,
      quiet: true,
    },
    {
      env: stage.env,
      home: stage.directory,
      processes: await openProcesses(),
      clock: systemClock,
      say: (text) => void said.push(text),
      isTerminal: false,
      ...blocks,
      ...more,
    },
  );
  const { token } = session.identity;
  const env = { ...stage.env, HOLDFAST_EXEC_SESSION: token };
  const config = stage.env.HOLDFAST_CONFIG_DIR ?? "";
  const file = join(config, "audit", "log.jsonl");
  const talk = () => Conversation.open(socketPath(env, token), token, env);
  return {
    session,
    blocks,
    said,
    env,
    run: (...words) => stage.run(words, { env }),
    talk,
    ask: async (message) => {
      const conversation = await talk();
      const answer = await conversation.ask(message);
      conversation.close();
      return answer;
    },
    entries: () =>
      auditEntries(config).filter((entry) => entry.session === session.host.describe().id),
    breakLog: (isBroken) => {
      if (isBroken === existsSync(`${file}.away`)) return;
      if (isBroken) {
        renameSync(file, `${file}.away`);
        mkdirSync(file);
      } else {
        rmSync(file, { recursive: true });
        renameSync(`${file}.away`, file);
      }
    },
    end: () => session.end("exited with 0"),
  };
}
