// Lines of JSON over a socket, and the transcript that signatures are over (identity.ts, K2).

import type { Socket } from "node:net";

/** The longest line either side accepts, in characters. */
const MAX_LINE = 256 * 1024;

/** More than any honest conversation comes to: each answer is signed over all of it. */
const MAX_TRANSCRIPT = 4 * MAX_LINE;

/** How long the other side may take to read the last words, in milliseconds. */
const FLUSH_MS = 1000;

/** The other side broke the protocol, went away, or took too long. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly why: "closed" | "timeout" | "malformed";
  constructor(why: ChannelError["why"], message: string) {
    super(message);
    this.why = why;
  }
}

interface Waiter {
  readonly resolve: (line: string) => void;
  readonly reject: (error: ChannelError) => void;
}

/** One conversation. Reads are taken in turn; everything said, both ways, is in the transcript. */
export class Channel {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #waiting: Waiter | undefined;
  #rest = "";
  #failure: ChannelError | undefined;
  #transcript = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", () => this.#fail(new ChannelError("closed", "the connection broke")));
    socket.on("close", () => this.#fail(new ChannelError("closed", "the connection was closed")));
  }

  /** Everything said so far, in order. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Sends one object as one line. Never throws: a broken connection shows in the next read. */
  say(message: object): void {
    const line = JSON.stringify(message);
    this.#transcript += `${line}\n`;
    this.#socket.write(`${line}\n`);
  }

  /** Sends an object with a signature over the transcript that ends with it. */
  saySigned(message: object, sign: (transcript: string) => string): void {
    const line = JSON.stringify(message);
    this.#transcript += `${line}\n`;
    this.#socket.write(`${JSON.stringify({ message: line, signature: sign(this.#transcript) })}\n`);
  }

  /** The next line, parsed. Throws ChannelError after `timeoutMs`, at the end, or for no JSON. */
  async hear(timeoutMs?: number): Promise<unknown> {
    const line = await this.#next(timeoutMs);
    this.#transcript += `${line}\n`;
    if (this.#transcript.length > MAX_TRANSCRIPT)
      throw new ChannelError("malformed", "too long a conversation");
    return parse(line);
  }

  /** The next line, its signature checked by `isGenuine`. Throws ChannelError as `hear` does. */
  async hearSigned(
    isGenuine: (transcript: string, signature: string) => boolean,
    timeoutMs: number,
  ): Promise<unknown> {
    const envelope = parse(await this.#next(timeoutMs)) as {
      message?: unknown;
      signature?: unknown;
    };
    const { message, signature } = envelope ?? {};
    if (typeof message !== "string" || typeof signature !== "string")
      throw new ChannelError("malformed", "an answer without a signature");
    this.#transcript += `${message}\n`;
    if (!isGenuine(this.#transcript, signature))
      throw new ChannelError("malformed", "the answer was not signed by the session's host");
    return parse(message);
  }

  /** Ends the conversation, whether or not the other side ends it too. */
  close(): void {
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), FLUSH_MS).unref();
  }

  /** Says one last thing and waits for nothing: the operating system delivers it, and then the end. */
  sayLast(message: object): void {
    this.say(message);
    this.#socket.unref();
    this.#socket.end();
  }

  /** Ends it at once, whatever is still on its way. */
  destroy(): void {
    this.#socket.destroy();
  }

  #next(timeoutMs?: number): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(
              () => this.#fail(new ChannelError("timeout", "no answer in time")),
              timeoutMs,
            );
      const settle = () => clearTimeout(timer);
      this.#waiting = {
        resolve: (text) => {
          settle();
          resolve(text);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
    });
  }

  #take(text: string): void {
    this.#rest += text;
    for (let end = this.#rest.indexOf("\n"); end >= 0; end = this.#rest.indexOf("\n")) {
      this.#deliver(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end + 1);
    }
    if (this.#rest.length > MAX_LINE || this.#lines.length > 64) {
      this.#fail(new ChannelError("malformed", "too long a line"));
      this.#socket.destroy();
    }
  }

  #deliver(line: string): void {
    const waiter = this.#waiting;
    this.#waiting = undefined;
    if (waiter === undefined) this.#lines.push(line);
    else waiter.resolve(line);
  }

  #fail(error: ChannelError): void {
    this.#failure ??= error;
    const waiter = this.#waiting;
    this.#waiting = undefined;
    waiter?.reject(this.#failure);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ChannelError("malformed", "a line that is not JSON");
  }
}
