// A disk without room, and one that cannot be written: a file system of its own, where one may be
// mounted.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openAuditLog } from "../../src/audit/log.ts";
import { verifyAudit } from "../../src/audit/verify.ts";
import { Failure } from "../../src/policy/failure.ts";

const root = mkdtempSync(join(tmpdir(), "hf-room-"));
const options = { now: Date.now, redact: (text: string) => text };
const decided = { event: "decided", operation: "DELETE /workspaces/ws-1" } as const;

function mount(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "none", root], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

const isMounted = mount();
afterAll(() => {
  if (isMounted) execFileSync("umount", ["-l", root]);
  rmSync(root, { recursive: true, force: true });
});

function codeOf(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
}

describe.skipIf(!isMounted)("A4: a disk (needs the right to mount one)", () => {
  it("without room: an entry that does not fit throws, and hides none that come later", async () => {
    const directory = join(root, "audit");
    const file = join(directory, "log.jsonl");
    const pen = openAuditLog(directory, options);
    const long = "x".repeat(4000);
    let kept = 0;
    const fill = () => {
      pen.append({ ...decided, target: long, detail: long });
      kept += 1;
    };
    while (codeOf(fill) === "none") expect(kept).toBeLessThan(100);
    expect(kept).toBeGreaterThan(2);
    const size = statSync(file).size;
    for (let n = 0; n < 3; n++) expect(codeOf(fill)).toBe("audit-unwritable");
    expect(statSync(file).size).toBe(size);
    expect(await verifyAudit(directory, undefined)).toMatchObject({ problems: [], entries: kept });

    execFileSync("mount", ["-o", "remount,size=256k", root]);
    fill();
    const other = openAuditLog(directory, options);
    other.append(decided);
    const verdict = await verifyAudit(directory, undefined);
    expect(verdict.problems).toEqual([]);
    expect(verdict.setAside).toHaveLength(1);
    expect(verdict.entries).toBe(kept + 2);
    for (const each of [pen, other]) each.close();
  });

  it("that is read-only: an entry throws, and the log can still be read", async () => {
    const directory = join(root, "other");
    const pen = openAuditLog(directory, options);
    pen.append(decided);
    pen.close();
    execFileSync("mount", ["-o", "remount,ro", root]);
    try {
      expect(codeOf(() => openAuditLog(directory, options).append(decided))).toBe(
        "audit-unwritable",
      );
      expect(await verifyAudit(directory, undefined)).toMatchObject({ problems: [], entries: 1 });
    } finally {
      execFileSync("mount", ["-o", "remount,rw", root]);
    }
  });

  it("whose room is gone before the first entry: nothing is kept, and nothing is made up", async () => {
    const ballast = join(root, "ballast");
    expect(codeOf(() => writeFileSync(ballast, Buffer.alloc(512 * 1024)))).toContain("ENOSPC");
    const directory = join(root, "third");
    const pen = openAuditLog(directory, options);
    const first = () => pen.append(decided);
    expect(codeOf(first)).toBe("audit-unwritable");
    rmSync(ballast);
    expect(codeOf(first)).toBe("none");
    expect(await verifyAudit(directory, undefined)).toMatchObject({ problems: [], entries: 1 });
  });
});
