// The log's entries and the approvals store's, as one story.

import type { AuditEntry } from "../policy/audit-entry.ts";

/**
 * Both, by the time that each entry says; each in its own order. Clocks differ and step: `seen` is
 * what proves an order, this is for reading.
 */
export async function* mergeByTime(
  log: AsyncIterable<AuditEntry>,
  store: AsyncIterable<AuditEntry> | undefined,
): AsyncIterable<AuditEntry> {
  if (store === undefined) {
    yield* log;
    return;
  }
  const [one, other] = [log[Symbol.asyncIterator](), store[Symbol.asyncIterator]()];
  try {
    let [left, right] = [await one.next(), await other.next()];
    while (!left.done || !right.done) {
      if (!left.done && (right.done || left.value.at <= right.value.at)) {
        yield left.value;
        left = await one.next();
      } else if (!right.done) {
        yield right.value;
        right = await other.next();
      }
    }
  } finally {
    await one.return?.();
    await other.return?.();
  }
}
