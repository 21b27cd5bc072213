// A log of its own for a test.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditLog, openAuditLog } from "../../src/audit/log.ts";
import { readAudit } from "../../src/audit/read.ts";
import { verifyAudit } from "../../src/audit/verify.ts";
import type { AuditEntry } from "../../src/policy/audit-entry.ts";

export interface LogPlace {
  /** `<config>/audit`, not made yet. */
  readonly directory: string;
  readonly file: string;
  readonly head: string;
  /** A new writer; closed with the place. */
  pen(): AuditLog;
  text(): string;
  bytes(): Buffer;
  write(content: string | Buffer): void;
  entries(): Promise<AuditEntry[]>;
  verify(): ReturnType<typeof verifyAudit>;
  close(): void;
}

/** Makes a place for a log. Close it when done. */
export function logPlace(redact: (text: string) => string = (text) => text): LogPlace {
  const root = mkdtempSync(join(tmpdir(), "hf-audit-"));
  const directory = join(root, "audit");
  const file = join(directory, "log.jsonl");
  const pens: AuditLog[] = [];
  return {
    directory,
    file,
    head: join(directory, "head"),
    pen: () => {
      const pen = openAuditLog(directory, { now: Date.now, redact });
      pens.push(pen);
      return pen;
    },
    text: () => readFileSync(file, "utf8"),
    bytes: () => readFileSync(file),
    write: (content) => writeFileSync(file, content),
    entries: async () => {
      const found: AuditEntry[] = [];
      for await (const entry of readAudit(directory, {})) found.push(entry);
      return found;
    },
    verify: () => verifyAudit(directory, undefined),
    close: () => {
      for (const pen of pens) pen.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What is wrong with the log at a place, one line each. */
export async function wrongWith(place: LogPlace): Promise<string[]> {
  return (await place.verify()).problems.map(({ kind, message }) => `${kind}: ${message}`);
}
