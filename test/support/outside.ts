// A place outside the tests' own process tree, where a person could be. Whoever runs the tests may
// be an agent, and may have given every process below it its markers; so a helper comes loose from
// this tree (its parent is init), with an environment of its own, and starts what it is told to.
//
// O1 Nothing of whoever runs the tests is among the ancestors of what is started here.
// O2 What is started here ends when the place is closed, or when the tests end.
// O3 Its terminals are open, each with a process that waits at it, when the place is reached: what is
//    started at one of them has an ancestor at that very terminal, as below a person's shell.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

const { setTimeout: startTimer } = globalThis;

const HELPER = resolve("test/support/outside-helper.mjs");

/** How long anything may take to show, in milliseconds: generous, so that it proves nothing else. */
const DEADLINE_MS = 15_000;

export interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface Ending {
  readonly code: number | null;
  /** The signal that ended it: a name, or a number at a terminal; null for none. */
  readonly signal: string | number | null;
}

/** One program that was started outside. */
export interface OutsideProcess {
  readonly pid: number;
  /** Everything printed so far. */
  readonly screen: string;
  /** Resolves with the screen when it holds `what`; rejects when the program ends without it. */
  shows(what: string | RegExp): Promise<string>;
  /** Types, or writes to its input. */
  type(text: string): void;
  /** Closes its terminal, or its input. */
  hangUp(): void;
  /** Resolves when it has ended; what it printed is on the screen by then. */
  readonly ended: Promise<Ending>;
}

interface Message extends Partial<Ending> {
  readonly id: number;
  readonly pid?: number;
  readonly text?: string;
  readonly ready?: true;
  readonly lineage?: readonly { readonly pid: number; readonly name: string }[];
}

class Program implements OutsideProcess {
  pid = 0;
  screen = "";
  readonly ended: Promise<Ending>;
  readonly #send: (message: object) => void;
  readonly #watchers = new Set<() => void>();
  #ending: Ending | undefined;
  #finish: (ending: Ending) => void = () => {};

  constructor(send: (message: object) => void) {
    this.#send = send;
    this.ended = new Promise((done) => {
      this.#finish = done;
    });
  }

  take(message: Message): void {
    if (message.pid !== undefined) this.pid = message.pid;
    if (message.text !== undefined) this.screen += message.text;
    if (message.code !== undefined && this.#ending === undefined) {
      this.#ending = { code: message.code, signal: message.signal ?? null };
      // The last of the output may still be on its way.
      startTimer(() => this.#finish(this.#ending ?? { code: null, signal: null }), 50);
    }
    for (const watcher of this.#watchers) watcher();
  }

  shows(what: string | RegExp): Promise<string> {
    return this.#until(() =>
      typeof what === "string" ? this.screen.includes(what) : what.test(this.screen),
    ).then(
      () => this.screen,
      (error) => {
        throw new Error(`${error} before it showed ${what}:\n${this.screen}`);
      },
    );
  }

  started(): Promise<void> {
    return this.#until(() => this.pid !== 0);
  }

  type(text: string): void {
    this.#send({ op: "write", text });
  }

  hangUp(): void {
    this.#send({ op: "hang-up" });
  }

  #until(isTrue: () => boolean): Promise<void> {
    return new Promise((done, fail) => {
      const stop = () => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      const watcher = () => {
        if (!isTrue()) return;
        stop();
        done();
      };
      const timer = startTimer(() => {
        stop();
        fail(new Error("too late"));
      }, DEADLINE_MS);
      void this.ended.then(() => {
        watcher();
        stop();
        fail(new Error("it ended"));
      });
      this.#watchers.add(watcher);
      watcher();
    });
  }
}

/** Somewhere outside. Close it when done (O2). */
export interface Outside {
  /** Starts `words` without a terminal. */
  start(words: readonly string[], place: Place): Promise<OutsideProcess>;
  /** Starts `words` as a person would: at a terminal that is as old as this place (O3). */
  atTerminal(words: readonly string[], place: Place): Promise<OutsideProcess>;
  /** Starts `words` as the leader of a terminal that is made now, as an old daemon makes one. */
  atNewTerminal(words: readonly string[], place: Place): Promise<OutsideProcess>;
  close(): Promise<void>;
}

/** What is started later has a later start time: those are counted in hundredths of a second. */
const TICKS_MS = 30;

/**
 * Goes outside, by O1. What is started here has an ancestor exactly as old as this call.
 *
 * @param terminals how many are open from the start (O3); what is started when they are used up is at
 *   a younger one
 */
export async function goOutside(terminals = 16): Promise<Outside> {
  const directory = mkdtempSync(join(tmpdir(), "hf-out-"));
  const { server, socket } = await meetHelper(join(directory, "s"), terminals);
  const programs = new Map<number, Program>();
  let lineageTold: (found: NonNullable<Message["lineage"]>) => void = () => {};
  let readyTold = () => {};
  const ready = new Promise<void>((done) => {
    readyTold = done;
  });
  createInterface({ input: socket }).on("line", (line) => {
    const message = JSON.parse(line) as Message;
    if (message.lineage !== undefined) lineageTold(message.lineage);
    if (message.ready) readyTold();
    programs.get(message.id)?.take(message);
  });
  const send = (message: object) => void socket.write(`${JSON.stringify(message)}\n`);
  const lineage = new Promise<NonNullable<Message["lineage"]>>((done) => {
    lineageTold = done;
  });
  send({ op: "lineage", id: 0 });
  refuseOthers(await lineage);
  await within(ready, "the terminals outside did not open");
  await setTimeout(TICKS_MS);
  const begin = async (op: string, words: readonly string[], place: Place) => {
    const id = programs.size + 1;
    const program = new Program((message) => send({ ...message, id }));
    programs.set(id, program);
    send({ op, id, words, ...place });
    await program.started();
    return program;
  };
  return {
    start: (words, place) => begin("start", words, place),
    atTerminal: (words, place) => begin("terminal", words, place),
    atNewTerminal: (words, place) => begin("new-terminal", words, place),
    close: async () => {
      const gone = new Promise((done) => socket.once("close", done));
      socket.end();
      await gone;
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function meetHelper(
  path: string,
  terminals: number,
): Promise<{ server: Server; socket: Socket }> {
  const server = createServer();
  const met = new Promise<Socket>((done) => server.once("connection", done));
  await new Promise<void>((done) => server.listen(path, done));
  const PATH = process.env.PATH ?? "/usr/bin:/bin";
  // The shell ends at once, so that the helper in the background belongs to init.
  spawn("/bin/sh", ["-c", '"$@" & ', "sh", process.execPath, HELPER, path, String(terminals)], {
    detached: true,
    stdio: "ignore",
    env: { PATH, LANG: "C.UTF-8" },
  });
  return { server, socket: await within(met, "the helper outside did not come up") };
}

/** What comes, or an error that says what did not come in time. */
async function within<T>(what: Promise<T>, otherwise: string): Promise<T> {
  const over = new AbortController();
  const late = setTimeout(DEADLINE_MS, undefined, { signal: over.signal }).then(
    () => Promise.reject(new Error(otherwise)),
    () => new Promise<never>(() => {}),
  );
  try {
    return await Promise.race([what, late]);
  } finally {
    over.abort();
  }
}

/** O1: an agent that takes orphans in (a subreaper) would still be an ancestor. */
function refuseOthers(lineage: NonNullable<Message["lineage"]>): void {
  const others = lineage.filter(({ pid, name }) => pid !== 1 && !/^(systemd|init)/.test(name));
  if (others.length > 0)
    throw new Error(`orphans do not belong to init here, but to ${JSON.stringify(others)}`);
}
