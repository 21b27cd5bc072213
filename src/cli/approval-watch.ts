// `holdfast approval watch`: what waits for an answer, for a second terminal. It delivers notifications
// meanwhile, as a courier does.
//
// N1 The first look must succeed; a later one that fails is shown, and looked again.
// N2 Whatever ends it, the terminal is as it was.
// N3 While keys are read the terminal makes no signal of Ctrl-C: that is a key like q.

import type { Readable, Writable } from "node:stream";
import type { ApprovalStore } from "../gate/answer.ts";
import type { ApprovalRequest, RequestState } from "../policy/approval.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible } from "../system/terminal-text.ts";
import { requestJson } from "./approval-text.ts";
import { changeLine, type Screen, type Sight, screenLines } from "./approval-watch-view.ts";

export interface WatchWorld {
  readonly store: Pick<ApprovalStore, "list" | "find">;
  readonly out: Writable & { readonly columns?: number; readonly rows?: number };
  /** The terminal's keys, where it has some. */
  readonly keys?: Keys;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Delivers what is due until nothing is left, or the signal says so. */
  readonly courier: (signal: AbortSignal) => Promise<void>;
  /** Ctrl-C, a hang-up, a termination. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
  /** Instead of the terminal's own. */
  readonly columns?: number;
  /** One JSON object on a line for each change. */
  readonly json?: boolean;
  /** No bell. */
  readonly quiet?: boolean;
  /** How often to look, in milliseconds. */
  readonly lookMs?: number;
}

/** A terminal that can be read key by key. */
export type Keys = Readable & { setRawMode(isRaw: boolean): unknown };

const WATCHED: readonly RequestState[] = ["pending", "executing", "unknown"];
const LOOK_MS = 1000;
const MOST_SHOWN = 200;

/** Somebody who is told what is there, and what has changed. */
interface Face {
  show(sight: Sight, changes: readonly ApprovalRequest[], isFirst: boolean): void;
  close(): void;
}

/** Watches until the signal says so, or nobody reads any more. @throws Failure of the store at first */
export async function watchApprovals(world: WatchWorld): Promise<ExitCode> {
  const stop = new AbortController();
  const end = () => stop.abort();
  // A reader that has gone (`| head`) is no failure, but nobody needs more lines.
  world.out.on("error", end).once("close", end);
  world.signal.addEventListener("abort", end, { once: true });
  if (world.signal.aborted) end();
  const courier = new Courier(world.courier, stop.signal);
  let face: Face | undefined;
  try {
    let before = new Map<string, ApprovalRequest>();
    let shown: Sight = { requests: [], problems: [] };
    while (!stop.signal.aborted) {
      const look = await lookAt(world.store, before, shown, face === undefined);
      shown = look.sight;
      const isFirst = face === undefined;
      face ??= faceOf(world, end);
      if (isFirst || look.changes.some(({ state }) => state === "pending")) courier.start();
      const problems = [...shown.problems, ...courier.problems];
      face.show({ ...shown, problems }, look.changes, isFirst);
      before = new Map(shown.requests.map((request) => [request.id, request]));
      await waitForNext(world, stop.signal);
    }
    return EXIT.ok;
  } finally {
    world.signal.removeEventListener("abort", end);
    stop.abort();
    face?.close();
    await courier.ended();
  }
}

/** Until it is time to look again, the terminal has another size, or it is over. */
function waitForNext({ out, lookMs = LOOK_MS }: WatchWorld, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      out.off("resize", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, lookMs);
    out.once("resize", done);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}

interface Look {
  readonly sight: Sight;
  readonly changes: readonly ApprovalRequest[];
}

async function lookAt(
  store: WatchWorld["store"],
  before: ReadonlyMap<string, ApprovalRequest>,
  shown: Sight,
  isFirst: boolean,
): Promise<Look> {
  try {
    const found = await store.list({ states: WATCHED, limit: MOST_SHOWN });
    const requests = [...found].sort((one, other) => rank(one) - rank(other));
    const ids = new Set(found.map(({ id }) => id));
    const gone = await Promise.all(
      [...before.keys()].filter((id) => !ids.has(id)).map((id) => store.find(id)),
    );
    const changed = found.filter((request) => before.get(request.id)?.state !== request.state);
    const changes = [...gone.filter((request) => request !== undefined), ...changed.reverse()];
    return { sight: { requests, problems: [] }, changes };
  } catch (error) {
    if (isFirst) throw error;
    return { sight: { ...shown, problems: [problemLine("cannot look", error)] }, changes: [] };
  }
}

const rank = ({ state }: ApprovalRequest): number => WATCHED.indexOf(state);

function problemLine(what: string, error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `${what}: ${error.message}`;
}

/** The courier of this watch: started again whenever there may be something to deliver. */
class Courier {
  readonly #deliver: WatchWorld["courier"];
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;
  problems: readonly string[] = [];

  constructor(deliver: WatchWorld["courier"], signal: AbortSignal) {
    this.#deliver = deliver;
    this.#signal = signal;
  }

  start(): void {
    this.#running ??= this.#deliver(this.#signal)
      .then(
        () => {
          this.problems = [];
        },
        (error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          this.problems = [`cannot notify: ${text}`];
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
  }

  async ended(): Promise<void> {
    await this.#running;
  }
}

function faceOf(world: WatchWorld, end: () => void): Face {
  if (world.json === true) return jsonFace(world);
  const canDraw = world.isTerminal && !["", "dumb"].includes(world.env.TERM ?? "");
  return canDraw ? screenFace(world, end) : lineFace(world);
}

/** The whole screen, drawn again where it has changed. The terminal's own lines come back at the end. */
function screenFace({ out, columns, quiet, keys }: WatchWorld, end: () => void): Face {
  const size = (): Screen => ({ columns: columns ?? (out.columns || 80), rows: out.rows || 24 });
  let drawn = "";
  const letGo = keys === undefined ? undefined : readKeys(keys, end);
  out.write("\x1b[?1049h\x1b[?25l");
  return {
    show: (sight, changes, isFirst) => {
      const lines = screenLines({ ...sight, hasKeys: letGo !== undefined }, size(), new Date()).map(
        (line) => `${line}\x1b[K`,
      );
      const frame = `\x1b[H${lines.join("\r\n")}\x1b[J`;
      const rings = changes.filter(({ state }) => state === "pending").length;
      const bell = quiet === true || isFirst ? "" : "\x07".repeat(rings);
      if (frame !== drawn || bell !== "") out.write(frame + bell);
      drawn = frame;
    },
    close: () => {
      letGo?.();
      out.write("\x1b[?25h\x1b[?1049l");
    },
  };
}

/** Ends with q, Ctrl-C or Ctrl-D (N3). Returns what gives the terminal back. */
function readKeys(keys: Keys, end: () => void): () => void {
  const onKeys = (typed: Buffer | string) => {
    if (/^q+$|[\x03\x04]/i.test(String(typed))) end();
  };
  keys.setRawMode(true);
  keys.on("data", onKeys).on("error", end).on("end", end);
  return () => {
    keys.off("data", onKeys).off("end", end);
    keys.setRawMode(false);
    keys.pause();
  };
}

/** One line for each change, and for each problem that was not there before. */
function lineFace({ out }: WatchWorld): Face {
  let before: readonly string[] = [];
  return {
    show: ({ problems }, changes) => {
      for (const request of changes) out.write(`${changeLine(request, new Date())}\n`);
      for (const each of problems.filter((problem) => !before.includes(problem)))
        out.write(`holdfast: ${visible(each)}\n`);
      before = problems;
    },
    close: () => {},
  };
}

function jsonFace({ out }: WatchWorld): Face {
  let before: readonly string[] = [];
  return {
    show: ({ problems }, changes) => {
      for (const request of changes)
        out.write(`${JSON.stringify({ change: request.state, request: requestJson(request) })}\n`);
      for (const problem of problems.filter((each) => !before.includes(each)))
        out.write(`${JSON.stringify({ change: "problem", problem })}\n`);
      before = problems;
    },
    close: () => {},
  };
}
