// What was too long to send, until it is read or forgotten: resources of the gateway's own memory.
//
// B1 Bounded in number and size: the oldest go first, and whoever asks for one that went is told so.
// B2 An id is random, so nobody reads what they were not given.

import { randomBytes } from "node:crypto";

export interface StoreLimits {
  readonly outputs: number;
  /** In UTF-16 units, all together. */
  readonly length: number;
  /** How much one reading returns. */
  readonly page: number;
}

export const STORE_LIMITS: StoreLimits = {
  outputs: 64,
  length: 32 * 1024 * 1024,
  page: 128 * 1024,
};

const SCHEME = "holdfast://output/";

/** The template of every output's URI. */
export const OUTPUT_TEMPLATE = `${SCHEME}{id}/{page}`;

export class OutputStore {
  readonly #limits: StoreLimits;
  readonly #texts = new Map<string, string>();
  #length = 0;

  constructor(limits: StoreLimits = STORE_LIMITS) {
    this.#limits = limits;
  }

  /** Keeps it. Returns the URI of its first page. */
  keep(text: string): string {
    const id = randomBytes(16).toString("base64url");
    this.#texts.set(id, text);
    this.#length += text.length;
    // What was just kept stays, however long: whoever made it has bounded it.
    for (const [oldest, { length }] of this.#texts) {
      if (oldest === id) break;
      if (this.#texts.size <= this.#limits.outputs && this.#length <= this.#limits.length) break;
      this.#texts.delete(oldest);
      this.#length -= length;
    }
    return `${SCHEME}${id}/1`;
  }

  /** One page, and where the next is; undefined where there is none (any more). */
  read(uri: string): string | undefined {
    const { groups } =
      /^holdfast:\/\/output\/(?<id>[\w-]{22})\/(?<page>[1-9]\d{0,4})$/.exec(uri) ?? {};
    const text = this.#texts.get(groups?.id ?? "");
    if (text === undefined) return undefined;
    const page = Number(groups?.page);
    const pages = Math.max(1, Math.ceil(text.length / this.#limits.page));
    if (page > pages) return undefined;
    const part = text.slice((page - 1) * this.#limits.page, page * this.#limits.page);
    if (page === pages) return part;
    return `${part}\n[page ${page} of ${pages}; the next: ${SCHEME}${groups?.id}/${page + 1}]`;
  }
}
