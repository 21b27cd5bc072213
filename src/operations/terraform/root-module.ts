// The files that decide what a plan, and what its apply, would run.
//
// M1 Every file in the root module's directory and in every module that `terraform init` has written
//    down is among them, and so is every other file that a word of the configuration names. A saved
//    plan keeps the configuration itself, but not the scripts and templates that its provisioners run.
// M2 Left out, unless a word names it, is only what Terraform pins by itself (providers, by the lock
//    file), what it writes (state), and what git keeps, but for its settings and hooks.
// M3 What cannot be looked through whole is refused.
//
// Digests are keyed: a file of variables, or a backend's settings, may hold what can be guessed.

import { createHmac } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { FileDigests } from "../../policy/operation.ts";
import { fileDigest, NotAFile } from "./file-digest.ts";
import { isWithin } from "./directory.ts";
import { manifestDirectories } from "./module-manifest.ts";
import { smallText } from "./small-file.ts";

const MOST_FILES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_DEPTH = 32;
const MOST_NAMED = 256;

/** What M1 finds. */
export interface RootModule {
  /** The root module's own: absolute. */
  readonly directory: string;
  /** Absolute path -> HMAC-SHA-256 of its content, hex. */
  readonly files: FileDigests;
  /** The texts of its configuration, and of what else terraform reads for it: path -> text. */
  readonly texts: ReadonlyMap<string, string>;
  /** What in it is a link to somewhere else: files, directories, and what is left out of `files`. */
  readonly linksOut: readonly string[];
}

/**
 * Looks through it.
 *
 * @param directory the root module's: absolute, symbolic links followed
 * @param home whose `.terraformrc` counts
 * @throws Failure `not-pinned` for what is too large or cannot be read (M3)
 */
export function readRootModule(directory: string, home: string, key: Buffer): RootModule {
  const reading = new Reading(directory, key);
  reading.tree(directory);
  for (const each of moduleDirectories(directory)) reading.tree(each);
  for (const each of settingsFiles(home)) reading.file(each);
  reading.namedFiles();
  return reading.done();
}

/** What configures terraform itself for this user. */
function settingsFiles(home: string): string[] {
  const directory = join(home, ".terraform.d");
  const more = entriesOf(directory).filter((name) => /\.tfrc(?:\.json)?$/.test(name));
  return [join(home, ".terraformrc"), ...more.map((name) => join(directory, name))].filter(isFile);
}

/** The modules' directories that are not below the root, as `terraform init` wrote them down. */
function moduleDirectories(directory: string): string[] {
  const manifest = smallText(join(directory, ".terraform", "modules", "modules.json"));
  if (manifest === undefined) return [];
  const all = manifestDirectories(manifest);
  if (all === undefined)
    throw notPinned(`${directory}/.terraform/modules/modules.json cannot be read`);
  return [...new Set(all.map((each) => resolve(directory, each)))].filter(
    (each) => each !== directory && isDirectory(each),
  );
}

const isConfiguration = (name: string): boolean =>
  /\.(?:tf|tf\.json|tfvars|tfvars\.json|tofu|tfrc|tfrc\.json)$/.test(name) ||
  [".terraform.lock.hcl", ".terraformrc", "terraform.tfstate"].includes(name);

class Reading {
  readonly #root: string;
  readonly #key: Buffer;
  readonly #files = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #linksOut: string[] = [];
  #bytes = 0;

  constructor(root: string, key: Buffer) {
    this.#root = root;
    this.#key = key;
  }

  /** Everything below a directory, links followed, each directory once. */
  tree(directory: string, depth = 0): void {
    if (depth > MOST_DEPTH) throw notPinned(`${directory} is too deep`);
    const real = realpathSync.native(directory);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    for (const name of entriesOf(directory).sort()) {
      const path = join(directory, name);
      if (isLinkOut(path, this.#root)) this.#linksOut.push(path);
      if (isLeftOut(directory, name)) continue;
      if (name === ".git" && isDirectory(path)) this.#git(path, depth);
      else if (isDirectory(path)) this.tree(path, depth + 1);
      else this.file(path);
    }
  }

  file(path: string): void {
    if (this.#files.has(path)) return;
    if (this.#files.size === MOST_FILES) throw notPinned(`it has more than ${MOST_FILES} files`);
    this.#files.set(path, this.#digest(path));
    if (!isConfiguration(basename(path))) return;
    const text = smallText(path);
    if (text === undefined) throw notPinned(`${path} cannot be read, or is too large`);
    this.#texts.set(path, text);
  }

  /** Files that a word of the configuration names, wherever they are. */
  namedFiles(): void {
    let named = 0;
    for (const [file, text] of [...this.#texts])
      for (const word of wordsOf(text))
        for (const path of new Set([resolve(dirname(file), word), resolve(this.#root, word)])) {
          if (this.#files.has(path) || !isFile(path)) continue;
          if (named++ === MOST_NAMED) throw notPinned("it names too many files outside itself");
          this.file(path);
        }
  }

  done(): RootModule {
    const sorted = [...this.#files].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      directory: this.#root,
      files: Object.fromEntries(sorted),
      texts: this.#texts,
      linksOut: this.#linksOut,
    };
  }

  #digest(path: string): string {
    try {
      const { digest, bytes } = fileDigest(path, MOST_BYTES - this.#bytes, this.#key);
      this.#bytes += bytes;
      return digest;
    } catch (error) {
      if (error instanceof NotAFile && isFile(path)) throw notPinned("it is too large");
      return createHmac("sha256", this.#key).update(whatElse(path)).digest("hex");
    }
  }

  #git(directory: string, depth: number): void {
    for (const name of ["config", "config.worktree", "info/attributes"])
      if (isFile(join(directory, name))) this.file(join(directory, name));
    if (isDirectory(join(directory, "hooks"))) this.tree(join(directory, "hooks"), depth + 1);
  }
}

/** M2 */
function isLeftOut(directory: string, name: string): boolean {
  if (basename(directory) === ".terraform") return name === "providers";
  if (/^\..*\.lock\.info$/.test(name) || name === "terraform.tfstate.d") return true;
  return /^terraform\.tfstate(?:(?:\.\d+)?\.backup)?$/.test(name);
}

function isLinkOut(path: string, root: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return false;
  try {
    return !isWithin(realpathSync.native(path), root);
  } catch {
    return true;
  }
}

/** Words that may be paths: `../x.sh`, `/opt/x`, `scripts/x`; `${path.module}/` and its like are left off. */
function wordsOf(text: string): Set<string> {
  const words = text.replace(/\$\{path\.[a-z]+\}\//g, " ").match(/[^\s"'`;|&()<>{}$,=]{2,512}/g);
  return new Set((words ?? []).filter((each) => /[./]/.test(each)));
}

/** What there is to say of what is no readable file. */
function whatElse(path: string): string {
  try {
    return `link to ${readlinkSync(path)}`;
  } catch {
    return "no file that can be read";
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw notPinned(`${directory} cannot be read`);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

function notPinned(why: string): Failure {
  return new Failure("not-pinned", `the root module cannot be looked through whole: ${why}`, {
    exitCode: EXIT.refused,
    fix: "keep what is no part of it in another directory",
  });
}
