// One step while it plays: the commands that it runs, what they printed, and what was checked.
//
// D5 A step is told as it went: every output is what the processes printed, every exit code theirs.
// D6 What a step claims is checked against the stand-in's state and the requests that reached it.

import { visibleLines } from "../system/terminal-text.ts";
import type { Shell, TypedLine } from "./shell.ts";
import type { Resource } from "./stand-in/resource.ts";
import { textOf } from "./stand-in/resource.ts";
import type { StandIn } from "./stand-in/server.ts";

/** One command line, or the rest of one that ran on while another did. */
export interface Shown {
  /** As typed. */
  readonly command: string;
  /** It was shown before; this is what came after. */
  readonly continued: boolean;
  readonly output: string;
  /** Undefined while it runs on. */
  readonly exitCode?: number;
}

/** The words of a refusal that stand in brackets after it. */
const REASON = /\[([a-z-]+)\]/g;

/** Nothing that a command prints looks like this: it is the form of a session's token. */
const SESSION_TOKEN = /\b[A-Z2-7]{32}\b/;

export class Scene {
  readonly shown: Shown[] = [];
  /** What did not go as told; empty when all did. */
  readonly problems: string[] = [];
  readonly #shell: Shell;
  readonly #unfinished = new Map<TypedLine, string>();
  readonly #standIn: StandIn;
  readonly #before: number;

  constructor(shell: Shell, standIn: StandIn) {
    this.#shell = shell;
    this.#standIn = standIn;
    this.#before = standIn.mutations.length;
  }

  /** The resource of that name in the organization `acme`. @throws Error when there is none */
  find(type: "workspaces" | "projects", name: string): Resource {
    const found = this.#standIn.state.named(type, name, "acme");
    if (found === undefined) throw new Error(`the stand-in has no ${type} named ${name}`);
    return found;
  }

  /** Starts a line; `show` and `finish` tell of it by its text. */
  start(command: string, input: "empty" | "open" = "empty"): TypedLine {
    const line = this.#shell.start(command, input);
    this.#unfinished.set(line, command);
    return line;
  }

  /** Runs a line to its end, and checks its exit code. */
  async run(command: string, expected: number): Promise<void> {
    await this.finish(this.start(command), expected);
  }

  /** Shows what a line printed up to now; it runs on. */
  show(line: TypedLine): void {
    this.shown.push(this.#more(line));
  }

  /** Waits for a line's end, shows the rest of what it printed, and checks its exit code. */
  async finish(line: TypedLine, expected: number): Promise<void> {
    const { code } = await line.exited;
    await line.ended;
    this.shown.push({ ...this.#more(line), exitCode: code });
    this.#unfinished.delete(line);
    this.expect(code === expected, `exit code ${code} instead of ${expected}`);
  }

  /** The step cannot go on: shows what is left, for whoever wants to know why. */
  giveUp(problem: string): void {
    this.problems.push(problem);
    for (const line of this.#unfinished.keys()) this.shown.push(this.#more(line));
  }

  expect(truth: boolean, problem: string): void {
    if (!truth) this.problems.push(problem);
  }

  /** Checks that the step's output gives one of these reasons. */
  expectReason(...reasons: readonly string[]): void {
    const given = this.shown.flatMap(({ output }) =>
      [...output.matchAll(REASON)].map(([, code]) => code),
    );
    const found = given.some((code) => code !== undefined && reasons.includes(code));
    this.expect(found, `the reason is ${given.join(", ") || "missing"} instead of ${reasons[0]}`);
  }

  /** Checks that these resources were deleted, in this order, and that nothing else was sent. */
  expectDeleted(...resources: readonly Resource[]): void {
    const sent = this.#standIn.mutations
      .slice(this.#before)
      .map(({ method, path, status }) => `${method} ${path} (${status})`);
    const told = resources.map(({ type, id }) => `DELETE /api/v2/${type}/${id} (204)`);
    this.expect(
      sent.join() === told.join(),
      `the API was sent ${sent.join(", ") || "nothing"} instead of ${told.join(", ") || "nothing"}`,
    );
    for (const resource of resources)
      this.expect(!this.#standIn.state.has(resource), `${nameOf(resource)} is still there`);
  }

  expectKept(resource: Resource): void {
    this.expect(this.#standIn.state.has(resource), `${nameOf(resource)} is gone`);
  }

  #more(line: TypedLine): Shown {
    const command = this.#unfinished.get(line) ?? "";
    const continued = this.shown.some((each) => each.command === command);
    const output = line.read();
    const leaks = output.includes(this.#standIn.token) || SESSION_TOKEN.test(output);
    this.expect(!leaks, "a token was printed");
    return { command, continued, output: visibleLines(output) };
  }
}

/** The name that people know a resource by. */
export function nameOf(resource: Resource): string {
  return textOf(resource, "name") || resource.id;
}
