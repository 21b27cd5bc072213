// A session at a person's terminal, with a terminal that is older than it and one that is younger,
// and whoever comes to its host from there.

import { goOutside, type Outside, type OutsideProcess, type Place } from "./outside.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { makePuppet, type Puppet } from "./puppet.ts";
import { exec } from "./scripts.ts";
import { HOLDFAST, type Stage, setStage } from "./stage.ts";
import type { SessionDescription } from "../../src/session/protocol/messages.ts";

/** A session as the person sees it who started it. */
export interface SeenSession {
  readonly terminal: OutsideProcess;
  readonly id: string;
  readonly code: string;
}

/** Where somebody asks from, and with what. */
export interface Asking {
  readonly from?: "before" | "after";
  readonly env?: Readonly<Record<string, string>>;
  readonly how?: "atTerminal" | "start";
  readonly id?: string;
}

export interface VisitedStage {
  readonly stage: Stage;
  readonly place: Place;
  readonly program: Bundle;
  /** Outside since before the session. */
  readonly before: Outside;
  readonly session: SeenSession;
  readonly agent: Puppet;
  /** Starts another session at an older terminal. */
  start(flags: readonly string[], command: readonly string[]): Promise<SeenSession>;
  /** What the session's host says to one message, as the visitor prints it. */
  ask(message: object, asking?: Asking): Promise<string>;
  describe(id?: string): Promise<SessionDescription>;
  close(): Promise<void>;
}

/** More than any test visits from terminals that are older than the session. */
const MOST_VISITS = 64;

/** Sets it, with a session of `flags` whose command is a puppet. Close it when done. */
export async function setVisitedStage(flags: readonly string[]): Promise<VisitedStage> {
  const stage = await setStage();
  const place = { env: stage.env, cwd: stage.directory };
  const program = bundle("test/support/visitor-body.ts");
  const before = await goOutside(MOST_VISITS);
  const agent = makePuppet(stage, "agent");
  const start = async (flags: readonly string[], command: readonly string[]) => {
    const words = [process.execPath, HOLDFAST, ...exec(flags, command)];
    const terminal = await before.atTerminal(words, place);
    const banner = await terminal.shows("rail, not a wall");
    const id = /session ([A-Z2-7]{6})/.exec(banner)?.[1] ?? "";
    const code = /code {5}([A-Z2-7]{8}) proves/.exec(banner)?.[1] ?? "";
    return { terminal, id, code };
  };
  const session = await start(flags, agent.words);
  await agent.pid();
  const after = await goOutside();
  const ask = async (message: object, { from, env, how, id }: Asking = {}) => {
    const outside = from === "after" ? after : before;
    const words = [process.execPath, program.file, id ?? session.id, JSON.stringify(message)];
    const asked = await outside[how ?? "atTerminal"](words, {
      ...place,
      env: { ...place.env, ...env },
    });
    await asked.ended;
    return asked.screen;
  };
  return {
    stage,
    place,
    program,
    before,
    session,
    agent,
    start,
    ask,
    describe: async (id = session.id) => {
      const screen = await ask({ type: "describe" }, { id });
      return JSON.parse(/said: (.*)/.exec(screen)?.[1] ?? "{}").description;
    },
    close: async () => {
      await agent.end();
      await session.terminal.ended;
      await Promise.all([before.close(), after.close()]);
      program.remove();
      await stage.close();
    },
  };
}
