// A gateway that is spoken to in raw bytes, as no client of the protocol would.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { HOLDFAST, type Stage } from "./stage.ts";

const DEADLINE_MS = 20_000;

/** What came back: one object, or the answers to a batch. */
export type Answer = Readonly<Record<string, unknown>>;

export class RawGateway {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr = "";
  readonly #answers: (Answer | Answer[])[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(stage: Stage, words: readonly string[] = ["-e", "dev"]) {
    this.child = spawn(process.execPath, [HOLDFAST, "gateway", "serve", ...words], {
      cwd: stage.directory,
      env: stage.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stdin?.on("error", () => {});
    this.child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    this.ended = new Promise((done) => this.child.once("close", (code) => done(code)));
    if (this.child.stdout === null) throw new Error("no stdout");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.#answers.push(JSON.parse(line));
      for (const tell of this.#waiting.splice(0)) tell();
    });
  }

  /** Writes bytes, or text with a line break, or an object as one line. */
  write(what: Buffer | string | object): void {
    const bytes = Buffer.isBuffer(what) || typeof what === "string" ? what : JSON.stringify(what);
    this.child.stdin?.write(Buffer.isBuffer(bytes) ? bytes : `${bytes}\n`);
  }

  /** The next answer that fits, whichever came before it. */
  async answer(fits: (answer: Answer) => boolean): Promise<Answer> {
    const found = await this.#find((each) => !Array.isArray(each) && fits(each));
    return found as Answer;
  }

  /** The answer to a batch. */
  async batch(): Promise<Answer[]> {
    return (await this.#find((each) => Array.isArray(each))) as Answer[];
  }

  /** Begins as a client of this revision does. */
  async begin(protocolVersion = "2025-11-25"): Promise<Answer> {
    const clientInfo = { name: "raw", version: "0" };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    this.write({ jsonrpc: "2.0", id: "begin", method: "initialize", params });
    const answer = await this.answer(({ id }) => id === "begin");
    this.write({ jsonrpc: "2.0", method: "notifications/initialized" });
    return answer;
  }

  /** Whether it still answers. */
  async answers(): Promise<boolean> {
    const id = `ping-${Math.random()}`;
    this.write({ jsonrpc: "2.0", id, method: "ping" });
    return "result" in (await this.answer((each) => each.id === id));
  }

  async close(): Promise<number | null> {
    this.child.stdin?.end();
    return this.ended;
  }

  async #find(fits: (answer: Answer | Answer[]) => boolean): Promise<Answer | Answer[]> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const at = this.#answers.findIndex(fits);
      const [found] = at < 0 ? [] : this.#answers.splice(at, 1);
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no such answer; it said: ${this.stderr}`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          done();
        });
      });
    }
  }
}
