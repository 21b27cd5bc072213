// Where policy is read from: /etc/holdfast/policy.yaml, then `<config>/policy.yaml`, then the file that
// a person named. Never from the project's directory: whoever writes there is whom policy is for.
//
// L1 A file that is not there says nothing. One that is there and cannot be read, trusted or understood
//    denies: nobody knows what it would have said.
// L2 A file is trusted if it and its directory are ours or root's, and only their owner can change
//    them; the user's own is not reached through a symbolic link as its last step. All of that is
//    asked of what was opened.
// L3 Where there is no file, no YAML parser is loaded.
// L4 A file that was named must be there, and is trusted as the user's own is. What is wrong with it is
//    wrong usage: exit 1.

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { notADirectory } from "../policy/config-directory.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Policy } from "../policy/policy.ts";
import { holdsPassword } from "../policy/policy-address.ts";
import { combine } from "../policy/policy-combine.ts";
import type { PolicyPart } from "../policy/policy-part.ts";
import { fileInTheWay, quoted } from "../system/safe-file.ts";
import { isInUserNamespace } from "../system/user.ts";
import { rehearse, rehearsedPolicy } from "./rehearsal.ts";

/** The machine's policy. */
export const SYSTEM_POLICY = "/etc/holdfast/policy.yaml";

const MOST_BYTES = 256 * 1024;
/** How the kernel shows an owner that a user namespace does not map. */
const UNMAPPED = 65_534;

export interface PolicyPlaces {
  /** As system/places.ts has it. */
  readonly configDirectory: string;
  /** Only tests say another. */
  readonly systemFile?: string;
  /** What a person named besides (`--policy FILE`): an absolute path. */
  readonly extraFile?: string;
  /** The doctor's directory, absolute: the policy is rehearsed there. See rehearsal.ts. */
  readonly rehearsal?: string;
}

/** The path of the user's own policy. */
export function userPolicy(configDirectory: string): string {
  return join(configDirectory, "policy.yaml");
}

/**
 * The policy that holds now; the built-in one where there is no file.
 *
 * @throws Failure, exit 7: `policy-refused` (unreadable or not to be trusted), `policy-malformed`,
 *   `policy-conflict`; exit 1, the same and `policy-missing`, about the file that was named (L4); each
 *   says which file, and what to do
 */
export async function readPolicy(places: PolicyPlaces): Promise<Policy> {
  const policy = await policyAt(places);
  return places.rehearsal === undefined ? policy : rehearse(policy, places.rehearsal);
}

async function policyAt(places: PolicyPlaces): Promise<Policy> {
  const { configDirectory, systemFile = SYSTEM_POLICY, extraFile, rehearsal } = places;
  const usersFile =
    rehearsal === undefined ? userPolicy(configDirectory) : rehearsedPolicy(rehearsal);
  const own = [readTrusted(systemFile, true), readTrusted(usersFile, false)];
  const known = own.filter((found) => found !== undefined);
  if (extraFile === undefined) return combine(await partsOf(known));
  const extra = asUsage(() => readNamed(extraFile));
  const parts = await partsOf(known);
  // It may be one of the two: nothing of it is there twice.
  const isKnown = known.some(({ identity }) => identity === extra.identity);
  const named = isKnown ? [] : await partsOf([extra]).catch(throwAsUsage);
  return asUsage(() => combine([...parts, ...named]));
}

/**
 * What a file says alone, and what would keep it from being trusted where it lies.
 *
 * @throws Failure, exit 1: `policy-missing`, `policy-refused`, `policy-malformed`, `policy-conflict`
 */
export async function checkPolicyFile(
  path: string,
): Promise<{ readonly part: PolicyPart; readonly policy: Policy; readonly distrust?: string }> {
  let distrust: string | undefined;
  const found = asUsage(() =>
    readNamed(path, (failure) => {
      distrust ??= failure.message;
    }),
  );
  const { parsePolicy } = await import("../policy/policy-file.ts");
  return asUsage(() => {
    const part = parsePolicy(found.text, path);
    const policy = combine([part]);
    return { part, policy, ...(distrust === undefined ? {} : { distrust }) };
  });
}

async function partsOf(files: readonly Found[]): Promise<PolicyPart[]> {
  if (files.length === 0) return [];
  const { parsePolicy } = await import("../policy/policy-file.ts");
  return files.map(({ path, text, isReadableByOthers }) => {
    const part = parsePolicy(text, path);
    if (isReadableByOthers) refuseOpenPassword(part);
    return part;
  });
}

function asUsage<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    return throwAsUsage(error);
  }
}

function throwAsUsage(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  const { code, message, fix } = error;
  const more = fix === undefined ? {} : { fix };
  throw new Failure(code, message, { exitCode: EXIT.usage, cause: error, ...more });
}

/** A file that was named (L4). */
function readNamed(path: string, onDistrust?: (failure: Failure) => void): Found {
  const found = readTrusted(path, false, onDistrust);
  if (found !== undefined) return found;
  throw new Failure("policy-missing", `the policy ${path} is not there`, {
    exitCode: EXIT.usage,
    fix: `write ${path}, or name another file`,
  });
}

interface Found {
  readonly path: string;
  readonly text: string;
  readonly isReadableByOthers: boolean;
  /** Two paths of one file have the same. */
  readonly identity: string;
}

/** @param onDistrust told of what would be refused, where the text is wanted all the same */
function readTrusted(
  path: string,
  isSystem: boolean,
  onDistrust?: (failure: Failure) => void,
): Found | undefined {
  const descriptor = open(path, isSystem);
  if (descriptor === undefined) return undefined;
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw refused(path, "is not a regular file", `make ${path} a file`);
    trusting(onDistrust, () => {
      checkOwner(path, found, isSystem);
      checkOwner(dirname(path), statSync(dirname(path)), isSystem);
    });
    return {
      path,
      text: readText(path, descriptor),
      isReadableByOthers: (found.mode & 0o077) !== 0,
      identity: `${found.dev}:${found.ino}`,
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function trusting(onDistrust: ((failure: Failure) => void) | undefined, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (onDistrust === undefined || !(error instanceof Failure)) throw error;
    onDistrust(error);
  }
}

function open(path: string, mayBeLink: boolean): number | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // Without O_NONBLOCK a FIFO planted at the path would hold us up for ever.
    return openSync(path, O_RDONLY | O_NONBLOCK | (mayBeLink ? 0 : O_NOFOLLOW));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && !isDangling(path)) return undefined;
    if (code === "ELOOP" || code === "EMLINK")
      throw refused(path, "is a symbolic link", `put the file itself at ${path}`);
    const inTheWay = code === "ENOTDIR" && !mayBeLink ? fileInTheWay(dirname(path)) : undefined;
    if (inTheWay !== undefined) throw notADirectory(inTheWay);
    throw unreadable(path, error);
  }
}

/** Whether a link leads nowhere: what it should have said is not known. */
function isDangling(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function checkOwner(path: string, found: Stats, isSystem: boolean): void {
  if (!isOursOrRoots(path, found, isSystem))
    throw refused(path, "belongs to another user", `let root or yourself own ${path}`);
  if ((found.mode & 0o022) !== 0 && !isSticky(found))
    throw refused(path, "can be changed by other users", `chmod go-w ${quoted(path)}`);
}

/** As /tmp: others may add files, and not touch ours. */
const isSticky = (found: Stats): boolean => found.isDirectory() && (found.mode & 0o1000) !== 0;

function isOursOrRoots(path: string, { uid }: Stats, isSystem: boolean): boolean {
  if (uid === 0 || uid === process.getuid?.()) return true;
  // A sandbox's user namespace shows root as nobody. Others' files look the same, so this is for the
  // machine's policy alone, and only where we could not have written it.
  return isSystem && uid === UNMAPPED && isInUserNamespace() && !isWritable(path);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readText(path: string, descriptor: number): string {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(descriptor, buffer, length, buffer.length - length, null);
  if (length > MOST_BYTES) throw refused(path, "is too large", "write less than 64 KiB");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } catch {
    throw refused(path, "is not UTF-8 text", `save ${path} as UTF-8`);
  }
}

function refuseOpenPassword({ file, store }: PolicyPart): void {
  if (store?.kind !== "postgres" || !holdsPassword(store.url)) return;
  throw refused(
    file,
    "holds a password and can be read by other users",
    `chmod 600 ${quoted(file)}, or name a password_file`,
  );
}

function unreadable(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  return refused(
    path,
    `cannot be read (${code ?? message})`,
    `make ${path} readable, or remove it`,
  );
}

function refused(path: string, what: string, fix: string): Failure {
  return new Failure("policy-refused", `the policy ${path} ${what}`, {
    exitCode: EXIT.refused,
    fix,
  });
}
