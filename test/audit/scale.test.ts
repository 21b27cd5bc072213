// A log that is long: 100,000 entries.

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAudit } from "../../src/audit/read.ts";
import { AuditChain } from "../../src/policy/audit-entry.ts";
import { logPlace } from "../support/audit-log.ts";

const ENTRIES = 100_000;
const place = logPlace();

beforeAll(() => {
  mkdirSync(place.directory, { mode: 0o700 });
  const descriptor = openSync(place.file, "w", 0o600);
  const chains = Array.from({ length: 5 }, () => new AuditChain());
  let seen: string[] = [];
  let end = 0;
  let lines = "";
  for (let n = 0; n < ENTRIES; n++) {
    // Each writes a hundred entries, then the next one.
    const chain = chains[Math.floor(n / 100) % chains.length];
    const facts = {
      event: "decided",
      session: `S${n % 7}AAAA`,
      operation: `DELETE /${n}`,
    } as const;
    const entry = chain?.next(facts, new Date(1_800_000_000_000 + n), n % 100 === 0 ? seen : []);
    if (entry === undefined) throw new Error("no chain");
    chain?.keep(entry);
    seen = [entry.hash];
    lines += `${JSON.stringify(entry)}\n`;
    if (lines.length < 1_000_000 && n < ENTRIES - 1) continue;
    end += writeSync(descriptor, lines);
    lines = "";
  }
  closeSync(descriptor);
  writeFileSync(place.head, `${String(end).padStart(15, "0")} ${seen[0]}\n`, { mode: 0o600 });
});
afterAll(() => place.close());

const MEGABYTE = 1024 * 1024;

/** How much more memory is in use at the most while `act` runs, in megabytes. */
async function growth<Result>(act: () => Promise<Result>): Promise<[Result, number]> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const result = await act();
  clearInterval(timer);
  most = Math.max(most, process.memoryUsage().rss);
  return [result, (most - before) / MEGABYTE];
}

describe("a log of 100,000 entries", () => {
  it("is listed, the newest ones, without being held", async () => {
    const [entries, grown] = await growth(async () => {
      const found: string[] = [];
      for await (const { operation } of readAudit(place.directory, { limit: 3 }))
        found.push(operation ?? "");
      return found;
    });
    expect(entries).toEqual([99_997, 99_998, 99_999].map((n) => `DELETE /${n}`));
    expect(grown).toBeLessThan(200);
  });

  it("is filtered by session and time", async () => {
    let count = 0;
    const since = new Date(1_800_000_000_000 + 50_000);
    for await (const entry of readAudit(place.directory, { session: "S3AAAA", since })) {
      expect(entry.session).toBe("S3AAAA");
      count += 1;
    }
    expect(count).toBe(7143);
  });

  it("is verified, in memory for its hashes alone", async () => {
    const [verdict, grown] = await growth(() => place.verify());
    expect(verdict).toMatchObject({ problems: [], entries: ENTRIES, writers: 5 });
    expect(grown).toBeLessThan(300);
  });
});
