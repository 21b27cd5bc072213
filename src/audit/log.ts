// The audit log, for whoever writes it: `<config>/audit/log.jsonl`, one entry on each line.
//
// A1 An entry is one write of one whole line at the end of the file: writers need no lock, and what
//    one writes never lands inside another's line.
// A2 Nothing that was written is ever changed or cut off, by us. A torn line is left where it is; the
//    next writer starts on a new line and says so in the log (`log-repaired`).
// A3 An entry names the entries of others before it (tips.ts), and the head names the last line
//    (head.ts): what is changed, dropped, reordered or cut off breaks one of these.
// A4 What cannot be kept throws: whoever asked must not go on. A chain whose line may have been
//    written in part ends there, and another begins.
// A5 A log that is shorter than it was goes on, and says so (`log-cut`): the evidence would be
//    written over otherwise.
// A6 What is kept is redacted first.

import { fdatasyncSync } from "node:fs";
import { join } from "node:path";
import { AuditChain, type AuditEntry, type AuditFacts } from "../policy/audit-entry.ts";
import { ensurePrivateDirectory } from "../system/safe-file.ts";
import { keptFacts } from "./facts.ts";
import { HeadFile } from "./head.ts";
import { asideDetail, lineOf } from "./line.ts";
import { LogFile, ShortWrite } from "./log-file.ts";
import { auditFailure } from "./private-descriptor.ts";
import { HEAD_FILE, LOG_FILE } from "./places.ts";
import type { Redactor } from "./redact.ts";
import { type Piece, Tail } from "./tail.ts";
import { Tips } from "./tips.ts";

export interface AuditLogOptions {
  /** The wall clock, in milliseconds. */
  readonly now: () => number;
  /** createRedactor's: what it replaces is never written. */
  readonly redact: Redactor;
}

/** One process's pen. */
export interface AuditLog {
  /**
   * Keeps an entry; it is in the file when this returns, though not yet forced to the disk.
   *
   * @param also hashes of entries kept elsewhere (the approvals store's `auditHeads`) to name as seen
   * @throws Failure `audit-unwritable` or `audit-unsafe`: then nothing may be done that needed it
   */
  append(facts: AuditFacts, also?: readonly string[]): AuditEntry;
  /** Hashes of the latest entries, for a store that keeps entries of its own. @throws Failure */
  heads(): readonly string[];
  /** Forces what was kept to the disk: at the end of a session. @throws Failure */
  flush(): void;
  close(): void;
}

/** The log in `directory` (`<config>/audit`); nothing is opened or made before the first entry. */
export function openAuditLog(directory: string, options: AuditLogOptions): AuditLog {
  return new Pen(directory, options);
}

class Pen implements AuditLog {
  readonly #directory: string;
  readonly #options: AuditLogOptions;
  readonly #file: LogFile;
  readonly #tips = new Tips();
  readonly #tail: Tail;
  #chain = new AuditChain();
  #head: HeadFile | undefined;

  constructor(directory: string, options: AuditLogOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#file = new LogFile(join(directory, LOG_FILE));
    this.#tail = new Tail(this.#file, this.#tips);
  }

  append(facts: AuditFacts, also: readonly string[] = []): AuditEntry {
    return this.#orFail(() => {
      this.#catchUp();
      return this.#write(facts, { also });
    });
  }

  heads(): readonly string[] {
    return this.#orFail(() => {
      this.#catchUp();
      const { last } = this.#tail;
      return [...new Set([...this.#tips.next(), ...(last === undefined ? [] : [last.hash])])];
    });
  }

  flush(): void {
    this.#orFail(() => this.#file.flush(fdatasyncSync));
  }

  close(): void {
    this.#file.close();
    this.#head?.close();
    this.#head = undefined;
  }

  #orFail<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      throw auditFailure(error, this.#file.path);
    }
  }

  /** Opens what is not open, reads what others wrote, and mends the end where it is torn. */
  #catchUp(): void {
    const hasStarted = this.#head !== undefined;
    if (!hasStarted) ensurePrivateDirectory(this.#directory);
    const { size, isFresh } = this.#file.look();
    const missing = isFresh || !hasStarted ? this.#start(size) : this.#shrunk(size);
    if (missing !== undefined) this.#tail.forget();
    this.#read(size);
    if (this.#tail.known < size) this.#mend();
    if (missing !== undefined) this.#tellCut(missing);
  }

  /** A log just opened. Returns what is missing of it. */
  #start(size: number): string | undefined {
    this.#tail.forget();
    this.#head?.close();
    this.#head = undefined;
    this.#head = new HeadFile(join(this.#directory, HEAD_FILE));
    const { found } = this.#head;
    if (found === undefined) return size > 0 ? "its head was missing" : undefined;
    // Others go on writing: what is compared with the head must be younger than it.
    const now = this.#file.size();
    if (now < found.end) return `it ended at byte ${now}, and had ended at byte ${found.end}`;
    if (found.end === 0 || this.#endsWith(found.end, found.hash)) return undefined;
    return `the line that ended at byte ${found.end} was not there`;
  }

  #endsWith(end: number, hash: string): boolean {
    const expected = `${hash}"}\n`;
    return this.#file.bytes(end - expected.length, end).toString("latin1") === expected;
  }

  #shrunk(size: number): string | undefined {
    const { known } = this.#tail;
    return size < known ? `it ended at byte ${size}, and had ended at byte ${known}` : undefined;
  }

  #read(size: number): void {
    for (const piece of this.#tail.readTo(size, this.#chain.writer)) this.#setAside(piece);
  }

  /** The last line has no end: another process is writing it at this moment, or it is torn. */
  #mend(): void {
    for (let tries = 0; tries < 5; tries++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      const size = this.#file.size();
      this.#read(size);
      if (this.#tail.known === size) return;
    }
    this.#setAside(this.#tail.torn(this.#file.size()), "\n");
  }

  #setAside({ from, to }: Piece, first = ""): void {
    this.#write({ event: "log-repaired", detail: asideDetail(from, to - from) }, { first });
  }

  #tellCut(detail: string): void {
    const { hash } = this.#write({ event: "log-cut", detail }, {});
    // What the head said is in the log now; from here on it follows the log again.
    this.#head?.put(this.#tail.last ?? { end: 0, hash }, true);
  }

  #write(
    facts: AuditFacts,
    { also = [], first = "" }: { also?: readonly string[]; first?: string },
  ) {
    const kept = keptFacts(facts, this.#options.redact);
    const seen = [...this.#tips.next(), ...also];
    const entry = this.#chain.next(kept, new Date(this.#options.now()), seen);
    const bytes = Buffer.from(first + lineOf(entry));
    const before = this.#file.size();
    this.#appendOrPart(bytes, entry);
    this.#chain.keep(entry);
    this.#tips.named(entry);
    const size = this.#file.size();
    const isNext = before === this.#tail.known || first !== "";
    if (isNext && size === before + bytes.length) this.#tail.wrote(entry, size);
    else this.#read(size);
    if (this.#tail.last !== undefined) this.#head?.put(this.#tail.last);
    return entry;
  }

  /** A4: after a write that failed half-way this chain is never continued. */
  #appendOrPart(bytes: Buffer, { previous, seq }: AuditEntry): void {
    try {
      this.#file.append(bytes);
    } catch (error) {
      if (error instanceof ShortWrite) {
        if (seq > 1) this.#tips.add(previous);
        this.#chain = new AuditChain();
      }
      throw error;
    }
  }
}
