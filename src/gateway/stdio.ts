// The stdio transport: one message to a line, and no line that can end or fill the server.
//
// T1 A line over the limit is thrown away as it comes, and answered once.
// T2 An id that is under way is not used again: two answers to one id would be taken for each other.
// T3 A batch, which only one old revision has, is answered as a batch.
// T4 Who does not read answers is not read either: what waits to be sent does not grow.

import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { type Frame, type FrameError, frameError, readFrame } from "./frames.ts";

/** Of one line, in bytes. */
export const MOST_LINE = 4 * 1024 * 1024;

const TOO_LONG = `a line is longer than ${MOST_LINE} bytes`;

const LINE_BREAK = 0x0a;
const BLANK = new Set(Buffer.from(" \t\r"));

type Id = string | number;

/** What is still missing of the answer to a batch. */
interface Batch {
  readonly waiting: Set<Id>;
  readonly answers: (JSONRPCMessage | FrameError)[];
}

export class LineTransport implements Transport {
  /** Told when the other side is gone, or we are done: nobody else takes this one. */
  onEnd?: () => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #input: NodeJS.ReadableStream;
  readonly #output: NodeJS.WritableStream;
  #parts: Buffer[] = [];
  #length = 0;
  #isClosed = false;
  #isWaiting = false;
  readonly #underWay = new Map<Id, Batch | undefined>();

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#output.on("error", () => void this.close());
    this.#input.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#input.on("end", () => void this.close());
    this.#input.on("error", () => void this.close());
    this.#input.on("close", () => void this.close());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const id = "method" in message ? undefined : message.id;
    if (id === undefined || !this.#underWay.has(id)) return this.#write(message);
    const batch = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (batch === undefined) return this.#write(message);
    batch.answers.push(message);
    batch.waiting.delete(id);
    return this.#answer(batch);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts = [];
    this.#input.pause();
    this.onclose?.();
    this.onEnd?.();
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    for (let at = rest.indexOf(LINE_BREAK); at >= 0; at = rest.indexOf(LINE_BREAK)) {
      this.#keep(rest.subarray(0, at));
      this.#line();
      rest = rest.subarray(at + 1);
    }
    this.#keep(rest);
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    // T1
    if (this.#length > MOST_LINE) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #line(): void {
    const length = this.#length;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    if (length > MOST_LINE) this.#deliver(frameError("invalid", TOO_LONG));
    else if (bytes.some((byte) => !BLANK.has(byte))) this.#deliver(readFrame(bytes));
  }

  #deliver(frame: Frame): void {
    if (frame.kind === "batch") this.#deliverBatch(frame.frames);
    else if (frame.kind === "error") void this.#write(frame.error);
    else {
      const refused = this.#begin(frame.message, undefined);
      if (refused === undefined) this.onmessage?.(frame.message);
      else void this.#write(refused);
    }
  }

  /** T3 */
  #deliverBatch(frames: readonly Frame[]): void {
    const batch: Batch = { waiting: new Set(), answers: [] };
    const messages: JSONRPCMessage[] = [];
    for (const frame of frames) {
      if (frame.kind === "batch") continue;
      const refused = frame.kind === "error" ? frame.error : this.#begin(frame.message, batch);
      if (refused !== undefined) batch.answers.push(refused);
      else if (frame.kind === "message") messages.push(frame.message);
    }
    for (const message of messages) this.onmessage?.(message);
    void this.#answer(batch);
  }

  /** Notes a request's id; or says why it is not taken (T2). */
  #begin(message: JSONRPCMessage, batch: Batch | undefined): FrameError | undefined {
    if (!("method" in message) || !("id" in message)) {
      this.#forgetCancelled(message);
      return undefined;
    }
    const { id } = message;
    if (this.#underWay.has(id))
      return frameError("invalid", `id ${JSON.stringify(id)} is under way already`).error;
    this.#underWay.set(id, batch);
    batch?.waiting.add(id);
    return undefined;
  }

  /** What was cancelled is not answered any more. */
  #forgetCancelled(message: JSONRPCMessage): void {
    if (!("method" in message) || message.method !== "notifications/cancelled") return;
    const id = message.params?.requestId as Id;
    const batch = this.#underWay.get(id);
    this.#underWay.delete(id);
    batch?.waiting.delete(id);
    if (batch !== undefined) void this.#answer(batch);
  }

  #answer({ waiting, answers }: Batch): Promise<void> {
    if (waiting.size > 0 || answers.length === 0) return Promise.resolve();
    return this.#write(answers.splice(0));
  }

  /** T4 */
  #waitForReader(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#input.pause();
    this.#output.once("drain", () => {
      this.#isWaiting = false;
      if (!this.#isClosed) this.#input.resume();
    });
  }

  #write(message: unknown): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((done) => {
      const hasRoom = this.#output.write(`${JSON.stringify(message)}\n`, () => done());
      if (!hasRoom) this.#waitForReader();
    });
  }
}
