// Whether the chains hold, one entry after the other. Every hash is remembered, in 16 bytes: a log
// of a million entries takes some hundred megabytes to verify.

import { type AuditEntry, NO_HASH } from "../policy/audit-entry.ts";
import { entryText, type Place, type Problems, placeText } from "./problem.ts";

interface Writer {
  seq: number;
  hash: string;
  place: Place;
  /** It was told already that something is wrong with this entry. */
  isBad: boolean;
}

/** Entries of one writer that were not there when the next one came. */
interface Gap {
  readonly writer: string;
  readonly from: number;
  readonly to: number;
  readonly before: Place;
  /** What the last of them must have for a hash. */
  readonly lastHash: string;
}

interface Reference {
  readonly place: Place;
  readonly by: string;
}

const short = (hash: string): string => Buffer.from(hash, "hex").toString("latin1", 0, 16);

export class ChainCheck {
  readonly #problems: Problems;
  readonly #places = new Map<string, number>();
  readonly #writers = new Map<string, Writer>();
  readonly #bad = new Set<string>();
  #gaps: Gap[] = [];
  #unmet = new Map<string, Reference>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  get writers(): number {
    return this.#writers.size;
  }

  /** The place of an entry by its hash; undefined where it has not come. */
  placeOf(hash: string): Place | undefined {
    const number = this.#places.get(short(hash));
    if (number === undefined) return undefined;
    return number > 0 ? { source: "log", line: number } : { source: "store", line: -number };
  }

  /** An entry whose own hash is right. */
  take(entry: AuditEntry, place: Place): void {
    const { writer, seq, hash } = entry;
    const before = this.placeOf(hash);
    if (before !== undefined) {
      const message = `${placeText(place)} is ${placeText(before)} once more (${entryText(writer, seq)})`;
      this.#problems.add({ kind: "duplicated", ...place, writer, seq, message });
      return;
    }
    this.#meet(entry, place);
    this.#follow(entry, place);
    this.#look(entry, place);
    this.#places.set(short(hash), place.source === "log" ? place.line : -place.line);
  }

  /** An entry that was told to be wrong: what it says of itself keeps others from being told again. */
  takeBad(said: { writer?: string; seq?: number; hashes: readonly string[] }, place: Place): void {
    for (const hash of said.hashes) {
      this.#bad.add(short(hash));
      this.#unmet.delete(hash);
    }
    const { writer, seq, hashes } = said;
    if (writer === undefined || seq === undefined) return;
    const known = this.#writers.get(writer);
    if (seq === (known?.seq ?? 0) + 1)
      this.#writers.set(writer, { seq, hash: hashes[0] ?? NO_HASH, place, isBad: true });
  }

  /** Whether somebody named this entry before it came, and where. */
  #meet({ writer, seq, hash }: AuditEntry, place: Place): void {
    const reference = this.#unmet.get(hash);
    if (reference === undefined) return;
    this.#unmet.delete(hash);
    if (reference.place.source !== place.source) return;
    const message = `${placeText(place)} (${entryText(writer, seq)}) stood before ${placeText(reference.place)}, which names it as seen`;
    this.#problems.add({ kind: "reordered", ...place, writer, seq, message });
  }

  #follow(entry: AuditEntry, place: Place): void {
    const { writer, seq, previous, hash } = entry;
    const known = this.#writers.get(writer);
    const expected = (known?.seq ?? 0) + 1;
    if (seq < expected) {
      this.#late(entry, place, known);
      return;
    }
    if (seq > expected)
      this.#gaps.push({ writer, from: expected, to: seq - 1, before: place, lastHash: previous });
    else if (previous !== (known?.hash ?? NO_HASH) && known?.isBad !== true) {
      const link = `${placeText(place)} (${entryText(writer, seq)}) was chained to another entry`;
      const message =
        known === undefined
          ? `${link}, though it is the writer's first`
          : `${link} than the one in ${placeText(known.place)} (entry ${known.seq})`;
      this.#problems.add({ kind: "changed", ...(known?.place ?? place), writer, seq, message });
    }
    this.#writers.set(writer, { seq, hash, place, isBad: false });
  }

  #late({ writer, seq }: AuditEntry, place: Place, known: Writer | undefined): void {
    const gap = this.#gaps.find(
      (each) => each.writer === writer && each.from <= seq && seq <= each.to,
    );
    if (gap === undefined) {
      const message = `${placeText(place)} is another ${entryText(writer, seq)}`;
      this.#problems.add({ kind: "changed", ...place, writer, seq, message });
      return;
    }
    const rest = [
      { ...gap, to: seq - 1, lastHash: "" },
      { ...gap, from: seq + 1 },
    ];
    this.#gaps = [...this.#gaps.filter((each) => each !== gap), ...rest].filter(
      ({ from, to }) => from <= to,
    );
    const after =
      known === undefined ? "" : `, though ${placeText(known.place)} is entry ${known.seq}`;
    const message = `${placeText(place)} is ${entryText(writer, seq)}${after}`;
    this.#problems.add({ kind: "reordered", ...place, writer, seq, message });
  }

  /** What the entry names as seen must be there, and in this order. */
  #look({ writer, seq, seen }: AuditEntry, place: Place): void {
    let furthest = 0;
    for (const hash of seen) {
      const found = this.placeOf(hash);
      if (found === undefined) {
        if (!this.#bad.has(short(hash)) && !this.#unmet.has(hash))
          this.#unmet.set(hash, { place, by: entryText(writer, seq) });
      } else if (found.source === "log" && place.source === "log") {
        if (found.line < furthest) {
          const message = `${placeText(found)} stood before line ${furthest}, as ${placeText(place)} saw them`;
          this.#problems.add({ kind: "reordered", ...found, message });
        }
        furthest = Math.max(furthest, found.line);
      }
    }
  }

  /** Hashes that were named as seen and have not come yet. */
  openReferences(): ReadonlySet<string> {
    return new Set(this.#unmet.keys());
  }

  /** Tells what never came; of references only those in `asked`: others may be of this moment. */
  finish(asked: ReadonlySet<string>): void {
    for (const gap of this.#gaps) this.#tellGap(gap);
    for (const [hash, { place, by }] of this.#unmet) {
      if (!asked.has(hash)) continue;
      const message = `an entry that ${placeText(place)} (${by}) names as seen is missing (hash ${hash.slice(0, 16)})`;
      this.#problems.add({ kind: "dropped", source: place.source, message });
    }
  }

  #tellGap({ writer, from, to, before, lastHash }: Gap): void {
    const last = this.#bad.has(short(lastHash)) ? to - 1 : to;
    if (from > last) return;
    // Told here; whoever names it as seen would tell it again.
    this.#unmet.delete(lastHash);
    const name = entryText(writer, from === last ? from : `${from} to ${last}`);
    const which = from === last ? `${name} is` : `${name.replace("entry", "entries")} are`;
    const message = `${which} missing before ${placeText(before)}`;
    this.#problems.add({ kind: "dropped", source: before.source, writer, seq: from, message });
  }
}
