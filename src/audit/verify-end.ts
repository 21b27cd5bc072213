// Whether the log goes as far as its head says.

import type { AuditEntry } from "../policy/audit-entry.ts";
import type { Head } from "./head.ts";
import type { Line } from "./lines.ts";
import { placeText, type Problems } from "./problem.ts";
import type { ChainCheck } from "./verify-chains.ts";

export class EndCheck {
  readonly #head: Head | undefined;
  #atHead: { readonly line: number; readonly hash: string | undefined } | undefined;
  /** The hash of the last entry. */
  last: string | undefined;

  constructor(head: Head | undefined) {
    this.#head = head;
  }

  note({ to, number, isWhole }: Line, entry: AuditEntry | undefined): void {
    if (entry !== undefined) this.last = entry.hash;
    if (isWhole && to === this.#head?.end) this.#atHead = { line: number, hash: entry?.hash };
  }

  /** `size`: the bytes that the whole lines take. */
  tell(size: number, lines: number, chains: ChainCheck, problems: Problems): void {
    const message = this.#problem(size, lines, chains, problems);
    if (message !== undefined) problems.add({ kind: "truncated", source: "log", message });
  }

  #problem(
    size: number,
    lines: number,
    chains: ChainCheck,
    problems: Problems,
  ): string | undefined {
    if (this.#head === undefined)
      return size > 0 ? "the head is missing or malformed: a cut end would not show" : undefined;
    const { end, hash } = this.#head;
    if (end > size)
      return `the log ends at byte ${size}, after line ${lines}: it had gone on to byte ${end} at least`;
    const found = this.#atHead;
    if (end === 0 || found?.hash === hash) return undefined;
    if (problems.list.some(({ source, line }) => source === "log" && line === found?.line))
      return undefined;
    const moved = chains.placeOf(hash);
    return moved === undefined
      ? `the line that ended at byte ${end}, the last one then, is missing (hash ${hash.slice(0, 16)})`
      : `${placeText(moved)} had ended at byte ${end}: lines before it were taken out, or put in`;
  }
}
