// Whether each line is an entry, and what else may stand between entries.
//
// Y1 A piece that a torn write left is set aside, not held against the log: where a `log-repaired`
//    entry says so, where an entry was glued to it, or where the log ends. Anything else that is no
//    entry is a problem.

import { type AuditEntry, entryHash } from "../policy/audit-entry.ts";
import { gluedBytes, looksTorn, parseAside, parseLine } from "./line.ts";
import type { Line } from "./lines.ts";
import { entryText, type Place, type Problems } from "./problem.ts";
import type { ChainCheck } from "./verify-chains.ts";

/** A torn piece, in bytes from the start of the log. */
export interface SetAside {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Pieces that wait for the entry that sets them aside: no log has many. */
const MOST_PIECES = 10_000;

/** The hash of an entry, or none where it has no canonical form. */
function hashOf(entry: AuditEntry): string {
  try {
    return entryHash(entry);
  } catch {
    return "";
  }
}

export class LineCheck {
  readonly setAside: SetAside[] = [];
  entries = 0;
  lines = 0;
  readonly #problems: Problems;
  readonly #chains: ChainCheck;
  readonly #torn: SetAside[] = [];
  readonly #regions: { readonly from: number; readonly to: number }[] = [];
  #empty: Place | undefined;

  constructor(problems: Problems, chains: ChainCheck) {
    this.#problems = problems;
    this.#chains = chains;
  }

  /** One line. Returns its entry where there is one, right or wrong. */
  take(line: Line): AuditEntry | undefined {
    const place: Place = { source: "log", line: line.number };
    if (line.isWhole) this.lines += 1;
    const before = gluedBytes(line.bytes);
    const text = line.bytes.toString("utf8", before);
    const entry = parseLine(text);
    const isRepair = typeof entry !== "string" && entry.event === "log-repaired";
    if (!isRepair) this.#tellEmpty();
    if (line.bytes.length === 0) {
      this.#empty = place;
      return undefined;
    }
    this.#empty = undefined;
    if (before > 0) this.#glued(line, before, place);
    if (typeof entry === "string") {
      this.#noEntry(line, text, entry, place);
      return undefined;
    }
    this.#check(entry, place);
    return entry;
  }

  #check(entry: AuditEntry, place: Place): void {
    this.entries += 1;
    const { writer, seq, hash } = entry;
    const right = hashOf(entry);
    if (right !== hash) {
      const message = `line ${place.line} (${entryText(writer, seq)}) does not have the hash of what it says`;
      this.#problems.add({ kind: "changed", ...place, writer, seq, message });
      this.#chains.takeBad(
        { writer, seq, hashes: [hash, ...(right === "" ? [] : [right])] },
        place,
      );
      return;
    }
    this.#chains.take(entry, place);
    this.#note(entry, place);
  }

  #note({ event, detail, writer, seq }: AuditEntry, place: Place): void {
    const region = event === "log-repaired" ? parseAside(detail) : undefined;
    if (region !== undefined) this.#regions.push(region);
    if (event !== "log-cut") return;
    const message = `the log was cut before line ${place.line}: ${detail}`;
    this.#problems.add({ kind: "truncated", ...place, writer, seq, message });
  }

  /** A whole entry is behind it, so what is torn cannot hide one. */
  #glued({ from, bytes }: Line, length: number, place: Place): void {
    const piece = bytes.toString("utf8", 0, length);
    if (looksTorn(piece)) this.setAside.push({ line: place.line, from, to: from + length });
    else this.#tell(piece, "an entry and what follows it are in one line", place);
  }

  #noEntry({ from, to, isWhole }: Line, text: string, why: string, place: Place): void {
    if (!looksTorn(text) || (isWhole && this.#torn.length >= MOST_PIECES)) {
      this.#tell(text, why, place);
      return;
    }
    const piece = { line: place.line, from, to };
    if (isWhole) this.#torn.push(piece);
    else this.setAside.push(piece);
  }

  /** What is no entry, but may say which one it was. */
  #tell(text: string, why: string, place: Place): void {
    const [, writer, digits] = /"writer":"([0-9a-f]{16})","seq":(\d{1,15}),/.exec(text) ?? [];
    const hash = /"hash":"([0-9a-f]{64})"\}/.exec(text)?.[1];
    const seq = digits === undefined ? undefined : Number(digits);
    const who = writer && seq ? ` (${entryText(writer, seq)})` : "";
    this.#problems.add({
      kind: "unreadable",
      ...place,
      ...(writer && seq ? { writer, seq } : {}),
      message: `line ${place.line}${who} is no entry: ${why}`,
    });
    this.#chains.takeBad(
      { ...(writer && seq ? { writer, seq } : {}), hashes: hash === undefined ? [] : [hash] },
      place,
    );
  }

  #tellEmpty(): void {
    if (this.#empty === undefined) return;
    const message = `line ${this.#empty.line} is empty`;
    this.#problems.add({ kind: "unreadable", ...this.#empty, message });
    this.#empty = undefined;
  }

  /** Everything was read: a torn line that no entry set aside is a problem. */
  finish(): void {
    this.#tellEmpty();
    for (const piece of this.#torn) {
      const isAside = this.#regions.some(
        ({ from, to }) => from <= piece.from && piece.to - 1 <= to,
      );
      if (isAside) this.setAside.push(piece);
      else
        this.#problems.add({
          kind: "unreadable",
          source: "log",
          line: piece.line,
          message: `line ${piece.line} is no entry, and no entry sets it aside`,
        });
    }
  }
}
