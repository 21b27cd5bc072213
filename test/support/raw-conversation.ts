// The caller's side of the session protocol without any of our own code: it says what it is told.

import { closeSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { type Answer, eachLine, type Introduction } from "./wire.ts";

const SILENCE_MS = 15_000;

/** One connection to a session host. */
export class RawConversation {
  /** Everything that the host said, as it came. */
  readonly lines: string[] = [];
  readonly #socket: Socket;
  #taken = 0;
  #ended = false;
  #wake: () => void = () => {};
  challenge: Readonly<Record<string, string>> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
    eachLine(socket, (line) => {
      this.lines.push(line);
      this.#wake();
    });
  }

  /** Connects, says hello, and deals with the proof file. `pid: 0` says nothing at all. */
  static async open(introduction: Introduction): Promise<RawConversation> {
    const { socket: path, pid = process.pid, proof = "open" } = introduction;
    const conversation = new RawConversation(connect(path));
    if (pid === 0) return conversation;
    const nonce = "0".repeat(32);
    const variables = introduction.variables ?? holdfastVariables();
    const hello = { type: "hello", version: 1, pid, nonce, variables, ...introduction.hello };
    const { line } = await conversation.say(hello);
    conversation.challenge = JSON.parse(line ?? "{}");
    const { file } = conversation.challenge ?? {};
    if (file !== undefined && proof !== "nothing") {
      const descriptor = openSync(file, "r");
      if (proof === "open-and-close") closeSync(descriptor);
    }
    return conversation;
  }

  /** Sends one message and waits for the next line. */
  say(message: object): Promise<Answer> {
    return this.sayRaw(`${JSON.stringify(message)}\n`);
  }

  /** Sends text as it is and waits for the next line, or the end. */
  async sayRaw(text: string): Promise<Answer> {
    this.#socket.write(text);
    const line = await this.#next();
    if (line === undefined) return { ended: true };
    const envelope = JSON.parse(line);
    return typeof envelope.message === "string"
      ? { line, message: JSON.parse(envelope.message) }
      : { line };
  }

  end(): void {
    this.#socket.destroy();
  }

  async #next(): Promise<string | undefined> {
    const deadline = Date.now() + SILENCE_MS;
    while (this.lines.length <= this.#taken && !this.#ended && Date.now() < deadline)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100).unref();
      });
    const line = this.lines[this.#taken];
    if (line !== undefined) this.#taken += 1;
    return line;
  }
}

function holdfastVariables(): Record<string, string> {
  const names = Object.keys(process.env).filter(
    (name) => name.startsWith("HOLDFAST_") && name !== "HOLDFAST_EXEC_SESSION",
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]));
}
