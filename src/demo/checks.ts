// What is checked of one step.
//
// D6 What a step claims is checked against the stand-in's state and the requests that reached it.

import { visibleLines } from "../system/terminal-text.ts";
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
  /** It was typed at the person's terminal, and what it asked there is not part of the output. */
  readonly atTerminal?: true;
}

/** The words of a refusal that stand in brackets after it. */
const REASON = /\[([a-z-]+)\]/g;

/** Nothing that a command prints looks like this: it is the form of a session's token. */
const SESSION_TOKEN = /\b[A-Z2-7]{32}\b/;

/** How a refusal names the request that it filed. */
const REQUEST = /holdfast approve ([A-Z2-7]{4,6})\b/g;

export class Checks {
  readonly shown: Shown[] = [];
  /** What did not go as told; empty when all did. */
  readonly problems: string[] = [];
  readonly #standIn: StandIn;
  readonly #before: number;

  constructor(standIn: StandIn) {
    this.#standIn = standIn;
    this.#before = standIn.mutations.length;
  }

  /** The resource of that name in the organization `acme`. @throws Error when there is none */
  find(type: "workspaces" | "projects", name: string): Resource {
    const found = this.#standIn.state.named(type, name, "acme");
    if (found === undefined) throw new Error(`the stand-in has no ${type} named ${name}`);
    return found;
  }

  /** The request that the last refusal filed. @throws Error when it filed none */
  get request(): string {
    const output = this.shown.at(-1)?.output ?? "";
    const id = [...output.matchAll(REQUEST)].at(-1)?.[1];
    if (id === undefined) throw new Error("no request was filed");
    return id;
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

  /** Checks that the step's last output holds these words. */
  expectSaid(...words: readonly string[]): void {
    const output = this.shown.at(-1)?.output ?? "";
    for (const each of words) this.expect(output.includes(each), `it does not say "${each}"`);
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

  /** The paths of every resource that the demo has deleted so far, as the stand-in recorded them. */
  get deletedPaths(): readonly string[] {
    const deleted = this.#standIn.mutations.filter(
      ({ method, status }) => method === "DELETE" && status === 204,
    );
    return deleted.map(({ path }) => path);
  }

  expectKept(resource: Resource): void {
    this.expect(this.#standIn.state.has(resource), `${nameOf(resource)} is gone`);
  }

  /** The output as it is shown. A token in it did not go as told. */
  protected withoutTokens(output: string): string {
    const leaks = output.includes(this.#standIn.token) || SESSION_TOKEN.test(output);
    this.expect(!leaks, "a token was printed");
    return visibleLines(output);
  }
}

/** The name that people know a resource by. */
export function nameOf(resource: Resource): string {
  return textOf(resource, "name") || resource.id;
}
