// The subjects of a command: the program, and every program that its words or a shell's text may run.

import type { CommandOperation } from "./operation.ts";
import type { Subject } from "./rule.ts";

/** Written into `command.within` for what no single command shows: a pipe, a redirect. */
export const MARKERS = {
  /** A download is piped or substituted into a shell or an interpreter. */
  download: "holdfast:download-into-shell",
  /** A shell's input or output is a connection. */
  network: "holdfast:network-shell",
} as const;

/** Programs that run what their words name. Any word may be it: no option of theirs is modelled. */
const RUNS_ITS_WORDS: ReadonlySet<string> = new Set(
  `sudo su doas pkexec run0 runuser setpriv gosu su-exec env nice nohup timeout gtimeout stdbuf time
  gtime command exec builtin eval setsid chrt taskset ionice xargs parallel find fd watch script
  unbuffer busybox toybox coreutils nsenter unshare chroot bwrap firejail fakeroot systemd-run strace
  ltrace flock ssh docker podman kubectl`.split(/\s+/),
);

const LETTERS = /^-([A-Za-z0-9]+)/;
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The subjects of a command, the program itself first. */
export function commandSubjects(operation: CommandOperation): Subject[] {
  const { impact, target, command } = operation;
  const { executable, calledAs = executable, typed, args, cwd, unbindable, within = [] } = command;
  const subject = (name: string, given: readonly string[]): Subject => ({
    kind: "command",
    action: "run",
    impact,
    class: "commands",
    name,
    scope: "",
    place: target.hostname,
    arguments: given,
  });
  const own = expandArguments(args, cwd);
  const names = [executable, calledAs, typed].map(baseName);
  const runsOthers = unbindable === "wrapper" || names.some(isWrapper);
  const behind = (words: readonly string[]) => {
    const shared = expandArguments(words, cwd);
    return programsIn(words).map(([name, given]) =>
      subject(name, given === words ? shared : expandArguments(given, cwd)),
    );
  };
  return [
    ...distinct(names).map((name) => subject(name, own)),
    ...(runsOthers ? behind(args) : []),
    ...within.flatMap(([program = "", ...rest]) => [
      subject(baseName(program), expandArguments(rest, cwd)),
      ...(isWrapper(baseName(program)) ? behind(rest) : []),
    ]),
  ];
}

const isWrapper = (name: string): boolean => RUNS_ITS_WORDS.has(name.toLowerCase());

const distinct = (words: readonly string[]): string[] => [...new Set(words)];

/** So many programs get arguments of their own; all others share the whole list (J2 of subject.ts). */
export const MOST_OWN = 16;

/** Each word that could be a program, with what would be its arguments. */
function programsIn(words: readonly string[]): [name: string, given: readonly string[]][] {
  const found = new Map<string, readonly string[]>();
  for (const [index, word] of words.entries()) {
    if (word === "" || word.startsWith("-") || ASSIGNMENT.test(word)) continue;
    const name = baseName(word);
    if (found.size >= MOST_OWN || found.has(name)) found.set(name, words);
    else found.set(name, argumentsAfter(words, index));
  }
  return [...found];
}

/** What stands after it; and for what a search or a list fills in, where that starts from a root. */
function argumentsAfter(words: readonly string[], index: number): readonly string[] {
  const after = words.slice(index + 1);
  const isFilledIn = after.some((word) => word.includes("{}")) || words.includes("xargs");
  const roots = words.slice(0, index).filter((word) => /^[/~]|^\$/.test(word));
  return isFilledIn ? [...after, ...roots] : after;
}

/**
 * A command's arguments as rules compare them, each once: as they are; `-rf` as `-r` and `-f` too,
 * `--name=value` as `--name` too; a path as the shortest one that means the same too, and where it
 * climbs, as the absolute one below `cwd`.
 */
export function expandArguments(args: readonly string[], cwd = ""): string[] {
  const all = new Set<string>();
  for (const word of args) {
    all.add(word);
    if (word.startsWith("--")) {
      const end = word.indexOf("=");
      if (end !== -1) all.add(word.slice(0, end));
    } else if (word.startsWith("-"))
      for (const letter of LETTERS.exec(word)?.[1] ?? "") all.add(`-${letter}`);
    else for (const path of pathsOf(word, cwd)) all.add(path);
  }
  return [...all];
}

const CLIMBS = /(?:^|\/)\.\.?(?:\/|$)/;

function pathsOf(word: string, cwd: string): string[] {
  if (word.startsWith("/")) return [shortest(word)];
  if (!CLIMBS.test(word)) return word.length > 1 && word.endsWith("/") ? [shortest(word)] : [];
  return [shortest(word), ...(cwd === "" ? [] : [shortest(`${cwd}/${word}`)])];
}

/** Without `//`, `/.`, a slash at the end, and `..` where it is known what it leaves. */
function shortest(path: string): string {
  const isAbsolute = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute) kept.push(part);
  }
  return isAbsolute ? `/${kept.join("/")}` : kept.join("/") || ".";
}
