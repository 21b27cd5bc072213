// Processes inside (or beside) a session that do what a test tells them, so that a test can play an
// agent step by step.

import type { ChildProcess } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { type Finished, finished, HOLDFAST, type Stage, setStage } from "./stage.ts";
import { type Answer, eachLine, type FalseHost, type Introduction } from "./wire.ts";

/** Variables to add; null takes one away. */
export type Changes = Readonly<Record<string, string | null>>;

interface Facts {
  readonly pid: number;
  readonly ppid: number;
  readonly env: Readonly<Record<string, string>>;
}

/** A command that an agent started. */
export interface Job {
  readonly pid: number;
  /** Waits for its end. */
  join(): Promise<Finished>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A raw conversation of an agent's with a session host. */
export interface Talk {
  readonly challenge: Readonly<Record<string, string>>;
  say(message: object): Promise<Answer>;
  sayRaw(text: string): Promise<Answer>;
  /** Everything the host said, as it came. */
  lines(): Promise<string[]>;
  end(): Promise<void>;
}

/** One process that a test moves. */
export class Agent {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (reply: { result?: unknown; error?: string }) => void>();
  #next = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
  }

  /** What arrived for it. */
  take(line: string): void {
    const { id, ...reply } = JSON.parse(line);
    this.#waiting.get(id)?.(reply);
  }

  async #order<Result>(action: string, details: object = {}): Promise<Result> {
    const id = this.#next++;
    const reply = await new Promise<{ result?: unknown; error?: string }>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${JSON.stringify({ id, do: action, ...details })}\n`);
    });
    if (reply.error !== undefined) throw new Error(`agent: ${action}: ${reply.error}`);
    return reply.result as Result;
  }

  facts(): Promise<Facts> {
    return this.#order("facts");
  }

  /** Starts `node WORDS`. */
  async startNode(words: readonly string[], env: Changes = {}): Promise<Job> {
    const { job, pid } = await this.#order<{ job: number; pid: number }>("start", { words, env });
    return {
      pid,
      join: () => this.#order("join", { job }),
      kill: (signal) => this.#order("kill", { job, signal }),
    };
  }

  /** Starts `holdfast WORDS`. */
  start(words: readonly string[], env: Changes = {}): Promise<Job> {
    return this.startNode([HOLDFAST, ...words], env);
  }

  /** Runs `holdfast WORDS` to its end. */
  async run(words: readonly string[], env: Changes = {}): Promise<Finished> {
    return (await this.start(words, env)).join();
  }

  /** Where its session's host listens. */
  async hostSocket(): Promise<string> {
    const { env } = await this.facts();
    return socketPath(env, env.HOLDFAST_EXEC_SESSION ?? "");
  }

  /** Introduces itself to a host; without `socket` to its own session's. */
  async talk(introduction: Partial<Introduction> = {}): Promise<Talk> {
    const socket = introduction.socket ?? (await this.hostSocket());
    const opened = await this.#order<{ handle: number; challenge?: Talk["challenge"] }>("open", {
      introduction: { ...introduction, socket },
    });
    const { handle, challenge = {} } = opened;
    return {
      challenge,
      say: (message) => this.#order("say", { handle, message }),
      sayRaw: (text) => this.#order("sayRaw", { handle, text }),
      lines: () => this.#order("lines", { handle }),
      end: () => this.#order("end", { handle }),
    };
  }

  /** Asks one thing, and ends the conversation. */
  async ask(message: object, introduction: Partial<Introduction> = {}): Promise<Answer> {
    const talk = await this.talk(introduction);
    const answer = await talk.say(message);
    await talk.end();
    return answer;
  }

  /** Takes a host's path and answers there. */
  listen(host: FalseHost): Promise<void> {
    return this.#order("listen", { host });
  }

  /** Ends the process. */
  leave(): void {
    this.#socket.destroy();
  }
}

/** A session with an agent in it. */
export interface Inhabited {
  readonly wrapper: ChildProcess;
  readonly agent: Agent;
  /** How the wrapper ended, with everything it printed. */
  readonly ended: Promise<Finished>;
}

/** A stage, and what is needed to put agents on it. */
export interface AgentStage extends Stage {
  /** Starts `harness exec FLAGS` with an agent as its command. */
  enter(flags: readonly string[], env?: Changes): Promise<Inhabited>;
  /** The same, inside the session of another agent. */
  enterWithin(outer: Agent, flags: readonly string[]): Promise<{ agent: Agent; job: Job }>;
  /** An agent outside every session. */
  outside(env?: Changes): Promise<Agent>;
}

/** Sets a stage for agents. Close it when done: every agent on it ends. */
export async function setAgentStage(): Promise<AgentStage> {
  const stage = await setStage();
  const cast = new Cast(join(stage.directory, "p.sock"));
  await cast.open();
  const body = (name: string) => [cast.program.file, cast.path, name];
  const envOf = (changes: Changes) =>
    Object.fromEntries(
      Object.entries({ ...stage.env, ...changes }).flatMap(([name, value]) =>
        value === null ? [] : [[name, value]],
      ),
    );
  return {
    ...stage,
    enter: async (flags, env = {}) => {
      const name = cast.newName();
      const words = ["harness", "exec", ...flags, "--", process.execPath, ...body(name)];
      const wrapper = stage.start(words, { env: envOf(env) });
      const ended = finished(wrapper);
      return { wrapper, ended, agent: await cast.arrival(name, ended) };
    },
    enterWithin: async (outer, flags) => {
      const name = cast.newName();
      const words = ["harness", "exec", ...flags, "--", process.execPath, ...body(name)];
      const job = await outer.start(words);
      return { job, agent: await cast.arrival(name, job.join()) };
    },
    outside: async (env = {}) => {
      const name = cast.newName();
      const { spawn } = await import("node:child_process");
      const child = spawn(process.execPath, body(name), { env: envOf(env), stdio: "ignore" });
      return cast.arrival(name, finished(child));
    },
    close: async () => {
      cast.close();
      await stage.close();
    },
  };
}

/** Waits for agents to arrive. */
class Cast {
  readonly path: string;
  readonly program: Bundle = bundle("test/support/agent-body.ts");
  readonly #agents: Agent[] = [];
  readonly #expected = new Map<string, (agent: Agent) => void>();
  readonly #server: Server = createServer((socket) => this.#meet(socket));
  #names = 0;

  constructor(path: string) {
    this.path = path;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  newName(): string {
    return `agent-${this.#names++}`;
  }

  /** The agent of that name; fails when the process that should become it ends before. */
  arrival(name: string, ended: Promise<Finished>): Promise<Agent> {
    return new Promise((resolve, reject) => {
      this.#expected.set(name, resolve);
      void ended.then(({ code, stderr }) =>
        reject(new Error(`no agent: it ended with ${code}: ${stderr}`)),
      );
    });
  }

  #meet(socket: Socket): void {
    const agent = new Agent(socket);
    this.#agents.push(agent);
    let isKnown = false;
    eachLine(socket, (line) => {
      if (isKnown) return agent.take(line);
      isKnown = true;
      this.#expected.get(JSON.parse(line).name)?.(agent);
    });
  }

  close(): void {
    for (const agent of this.#agents) agent.leave();
    this.#server.close();
    this.program.remove();
  }
}
