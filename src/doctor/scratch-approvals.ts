// A yes without a person, for the doctor of the gateway, which must see that an approval is good for one
// plan, once. Only gate.answer makes grants, for a person at a terminal; this makes one that is worth
// nothing, and so can stand outside that rule:
//
// Y1 It opens only the embedded store of a directory that this very process has made: no path that
//    anybody gives it is taken, only what `makeScratch` returned here, and that is looked at again.
// Y2 What is approved there counts nowhere else: another store, and another policy's digest
//    (gate/rehearsal.ts).
// Y3 Nothing of it is a command: an agent that calls the doctor cannot say what is approved.

import { lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { rehearsedConfiguration } from "../gate/rehearsal.ts";
import { openApprovals } from "../grants/approvals/open.ts";
import type { AuditEntry } from "../policy/audit-entry.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { checkPrivateDirectory } from "../system/safe-file.ts";

/** A directory of this process alone, with a configuration directory in it. */
export interface Scratch {
  /** Absolute, symbolic links followed, mode 0700. */
  readonly directory: string;
  /** `<directory>/config`, mode 0700. */
  readonly configDirectory: string;
}

interface Made {
  readonly device: number;
  readonly inode: number;
}

/** What this process has made, and as which directory: another one at the same path is not it (Y1). */
const made = new WeakMap<Scratch, Made>();

/** Makes one. Remove it when done. */
export function makeScratch(): Scratch {
  const directory = realpathSync(newDirectory());
  const configDirectory = rehearsedConfiguration(directory);
  mkdirSync(configDirectory, { mode: 0o700 });
  const scratch = { directory, configDirectory };
  made.set(scratch, identityOf(configDirectory));
  return scratch;
}

/** Removes it, with all that is in it. */
export function removeScratch(scratch: Scratch): void {
  if (made.delete(scratch))
    rmSync(scratch.directory, { recursive: true, force: true, maxRetries: 5 });
}

function identityOf(path: string): Made {
  const { dev, ino } = lstatSync(path);
  return { device: dev, inode: ino };
}

/** @throws Failure where it is not what this process has made (Y1) */
function requireOurs(scratch: Scratch): void {
  const known = made.get(scratch);
  const { directory, configDirectory } = scratch;
  if (known !== undefined) {
    checkPrivateDirectory(directory);
    checkPrivateDirectory(configDirectory);
    const { device, inode } = identityOf(configDirectory);
    if (device === known.device && inode === known.inode) return;
  }
  throw new Failure("not-scratch", `${configDirectory}: this process has not made it`, {
    exitCode: EXIT.ownFailure,
  });
}

/**
 * Answers a request of a scratch store.
 *
 * @returns why it could not be answered, as one clause; undefined: it is answered
 * @throws Failure `not-scratch` (Y1), and what the store throws
 */
export async function answerInScratch(
  scratch: Scratch,
  id: string,
  verdict: "approve" | "deny",
): Promise<string | undefined> {
  return inStore(scratch, async (store) => {
    const request = await store.find(id);
    if (request === undefined) return `there is no request ${id}`;
    const by = { user: userInfo().username, machine: hostname(), pid: process.pid };
    const changed = await store.decide(id, request.digest, verdict, { ...by, proof: "terminal" });
    return changed.done ? undefined : changed.why;
  });
}

/** The audit entries of a scratch store, oldest first. @throws as `answerInScratch` */
export async function scratchEntries(scratch: Scratch): Promise<readonly AuditEntry[]> {
  return (
    (await inStore(scratch, async (store) => {
      const entries: AuditEntry[] = [];
      for await (const entry of store.audit()) entries.push(entry);
      return entries;
    })) ?? []
  );
}

type Store = NonNullable<Awaited<ReturnType<typeof openApprovals>>>;

async function inStore<Result>(
  scratch: Scratch,
  work: (store: Store) => Promise<Result>,
): Promise<Result | undefined> {
  requireOurs(scratch);
  const store = await openApprovals({
    place: { kind: "sqlite" },
    directory: scratch.configDirectory,
    create: true,
  });
  try {
    return store === undefined ? undefined : await work(store);
  } finally {
    await store?.close();
  }
}

/** @throws Failure where nothing can be made in the directory for temporary files */
function newDirectory(): string {
  try {
    return mkdtempSync(join(tmpdir(), "holdfast-doctor-"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure("no-scratch", `nothing can be made in ${tmpdir()} (${code})`, {
      exitCode: EXIT.usage,
      fix: "let TMPDIR name a directory that you can write to",
      cause,
    });
  }
}
