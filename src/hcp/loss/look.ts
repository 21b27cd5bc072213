// The look-ups for one card: they run side by side, under one deadline, and none of them throws.
//
// D1 The deadline is for everything together. When it passes, whatever still waits counts as not
//    answered, what has finished stays, and nothing more is sent.
// D2 What could not be looked up is noted with why, in the order in which it was asked for.

import type { HcpOperation } from "../../policy/operation.ts";
import { Failure } from "../../policy/failure.ts";
import { type Document, documentIn, type Page, pageIn } from "./json-api.ts";
import type { LossReader } from "./reader.ts";

export interface LookOptions {
  readonly operation: HcpOperation;
  readonly reader: LossReader;
  /** Milliseconds, for everything together. */
  readonly deadlineMs: number;
  readonly now: Date;
}

type Answer<T> = { readonly value: T } | { readonly why: string; readonly absent?: true };

interface Note {
  readonly text: string;
  /** The API answered 404: nothing new where the target itself does not exist. */
  readonly absent: boolean;
}

const LATE = Symbol("late");
const ABSENT = { why: "the API answered 404", absent: true } as const;

/** One card's look-ups. `end` must be called. */
export class Look {
  readonly operation: HcpOperation;
  readonly now: Date;
  readonly #reader: LossReader;
  readonly #notes: (Note | undefined)[] = [];
  readonly #tooLate: string;
  readonly #deadline: Promise<typeof LATE>;
  #timer: NodeJS.Timeout | undefined;
  #isLate = false;

  constructor({ operation, reader, deadlineMs, now }: LookOptions) {
    this.operation = operation;
    this.now = now;
    this.#reader = reader;
    const seconds = deadlineMs / 1000;
    this.#tooLate = `no answer within ${seconds} ${seconds === 1 ? "second" : "seconds"}`;
    this.#deadline = new Promise((resolve) => {
      this.#timer = setTimeout(() => {
        this.#isLate = true;
        resolve(LATE);
      }, deadlineMs);
    });
  }

  /** The resource at the path; "absent" on 404. `what` names it in a note: `its variables`. */
  async document(what: string, path: string): Promise<Document | "absent" | undefined> {
    const slot = this.#notes.length;
    const answer = await this.#ask(what, path, documentIn);
    if ("value" in answer) return answer.value;
    // The caller is told, and says so in a row.
    if (answer.absent) this.#notes[slot] = undefined;
    return answer.absent ? "absent" : undefined;
  }

  /** The resource at the path, for what is not the target itself: a 404 is one more thing unknown. */
  async related(what: string, path: string): Promise<Document | undefined> {
    const answer = await this.#ask(what, path, documentIn);
    return "value" in answer ? answer.value : undefined;
  }

  /** The first page of the list at the path. */
  async page(what: string, path: string): Promise<Page | undefined> {
    const answer = await this.#ask(what, path, pageIn);
    return "value" in answer ? answer.value : undefined;
  }

  /** How many the list at the path has. A path without a query asks for the smallest page. */
  async count(what: string, path: string): Promise<number | undefined> {
    const sized = `${path}${path.includes("?") ? "&" : "?"}page[size]=1`;
    const answer = await this.#ask(what, sized, (document) => pageIn(document)?.total);
    return "value" in answer ? answer.value : undefined;
  }

  /** Notes what no look-up can tell. */
  note(text: string): void {
    this.#notes.push({ text, absent: false });
  }

  /** D2. `targetExists`: false leaves out what is unknown only because the target is not there. */
  unknown(targetExists = true): string[] {
    const notes = this.#notes.filter((note) => note !== undefined);
    return notes.filter((note) => targetExists || !note.absent).map((note) => note.text);
  }

  /** Stops the clock, which would keep the process up. */
  end(): void {
    clearTimeout(this.#timer);
  }

  async #ask<T>(
    what: string,
    path: string,
    read: (document: unknown) => T | undefined,
  ): Promise<Answer<T>> {
    const slot = this.#notes.push(undefined) - 1;
    const answer = await this.#answer(path, read);
    if ("why" in answer) {
      this.#notes[slot] = { text: `${what}: ${answer.why}`, absent: answer.absent === true };
    }
    return answer;
  }

  async #answer<T>(path: string, read: (document: unknown) => T | undefined): Promise<Answer<T>> {
    if (this.#isLate) return { why: this.#tooLate };
    // A URL resolves these, so that the look-up would be of something else.
    if (/\/\.{1,2}(?:[/?]|$)/.test(path)) return { why: "a name of dots cannot stand in a path" };
    try {
      const document = await Promise.race([this.#reader.get(path), this.#deadline]);
      if (document === LATE) return { why: this.#tooLate };
      if (document === undefined) return ABSENT;
      const value = read(document);
      return value === undefined ? { why: "the API's answer has an unknown shape" } : { value };
    } catch (error) {
      return { why: reasonOf(error) };
    }
  }
}

/** Text as one segment of a path or one value of a query. */
export function segment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Failure)) return "the look-up failed in an unforeseen way";
  // A message about an answer starts so: `GET /api/v2/workspaces/ws-1: 403 Forbidden`.
  const status = /^[A-Z]+ \S+: (\d{3})(?: |$)/.exec(error.message)?.[1];
  return status === undefined ? error.message : `the API answered ${status}`;
}
