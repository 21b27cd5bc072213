// What a command's words carry to a shell, and what they take from elsewhere: by the words alone.

import {
  bindObstacle,
  isOneOf,
  namesOf,
  PROGRAM_READERS,
  SHELLS,
} from "../command/known-programs.ts";

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const DOWNLOADERS = set(`
  curl wget wget2 fetch aria2c axel http https httpie xh lynx links elinks w3m ftp lftp curlie
  lwp-request lwp-download get head
`);
/** Wrappers that hand what they are given to a shell. */
const HANDS_TO_SHELL = set(`
  su runuser ssh autossh mosh sshpass watch script parallel flock tmux screen sg entr nodemon
  watchexec hyperfine concurrently xargs npx systemd-run timeout sudo env
`);
const NETWORK_SHELLS = set("nc ncat netcat nc.traditional nc.openbsd");
const SOCAT = set("socat");
const CONNECTIONS = new Set([...NETWORK_SHELLS, ...SOCAT, "telnet"]);
/** Further in than any command that a person reads. */
const MOST_LOOKED_AT = 64;
const MOST_AFTER_FLAG = 8;

const isWrapper = ([program = "", ...args]: readonly string[]): boolean =>
  bindObstacle(program, args) === "wrapper";

/** Where programs may stand among the words: at the beginning, and behind a wrapper anywhere. */
function startsOf(words: readonly string[]): number[] {
  if (!isWrapper(words)) return [0];
  return [...words.slice(0, MOST_LOOKED_AT).keys()].filter(
    (index) => index === 0 || !words[index]?.startsWith("-"),
  );
}

/** Texts among the words that a shell would read: `sh -c TEXT`, `eval TEXT`, `su -c TEXT`. */
export function textsIn(words: readonly string[]): string[] {
  const [program = "", ...args] = words;
  const texts = startsOf(words).flatMap((index) => {
    const name = words[index] ?? "";
    const rest = words.slice(index + 1);
    if (name === "eval") return [rest.join(" ")];
    return isOneOf(name, SHELLS) ? textsAfterFlag(rest) : [];
  });
  if (program === "trap" && args.length > 1) texts.push(args[0] ?? "");
  if (isOneOf(program, HANDS_TO_SHELL)) texts.push(...args.filter((each) => /[\s;|&]/.test(each)));
  return [...new Set(texts)].filter((each) => each !== "");
}

/** `-c TEXT`, `-xc TEXT`, `-c -x TEXT`, `-o errexit -c TEXT`, `--command=TEXT`, `/c TEXT`. */
function textsAfterFlag(words: readonly string[]): string[] {
  const texts: string[] = [];
  let isSaid = false;
  for (const word of words.slice(0, MOST_AFTER_FLAG)) {
    const stuck = /^--?[a-z-]*command=(.*)$/is.exec(word)?.[1];
    if (stuck !== undefined) texts.push(stuck);
    if (/^(?:[-+][a-z]*c[a-z]*|--?command|\/[ck])$/i.test(word)) isSaid = true;
    else if (isSaid && !/^[-+]/.test(word)) texts.push(word);
  }
  return texts;
}

/** Whether it fetches something from elsewhere. */
export function isDownload(words: readonly string[]): boolean {
  return startsOf(words).some((index) => isOneOf(words[index] ?? "", DOWNLOADERS));
}

const READS_FILES = set("source .");

/** Whether it runs text that it is given as an argument: a shell, an interpreter, `eval`, `source`. */
export function runsText(words: readonly string[]): boolean {
  return startsOf(words).some((index) => {
    const name = words[index] ?? "";
    return name === "eval" || READS_FILES.has(name) || isOneOf(name, PROGRAM_READERS);
  });
}

/** Whether it does what comes out of a pipe: no word says what else it should do. */
export function runsItsInput(words: readonly string[]): boolean {
  return startsOf(words).some((index) => {
    const name = words[index] ?? "";
    const rest = words.slice(index + 1);
    if (READS_FILES.has(name)) return /^\/(?:dev\/(?:stdin|fd)|proc\/)/.test(rest[0] ?? "");
    if (namesOf(name).some((each) => each === "xargs" || each === "parallel"))
      return rest.some((each) => isOneOf(each, SHELLS));
    return isOneOf(name, PROGRAM_READERS) && !saysWhat(isOneOf(name, SHELLS), rest);
  });
}

function saysWhat(isShell: boolean, args: readonly string[]): boolean {
  const flag = isShell ? /^-[a-z]*c[a-z]*$/ : /^(?:-[a-zA-Z]*[cefm]|-[ec].+|--eval.*|--print.*)$/;
  if (isShell && args.some((each) => /^-[a-z]*s[a-z]*$/.test(each))) return false;
  for (const word of args) {
    if (flag.test(word)) return true;
    if (word === "-" || /^\/(?:dev\/(?:stdin|fd)|proc\/)/.test(word)) return false;
    if (!word.startsWith("-")) return true;
  }
  return false;
}

/** Whether it gives a connection a shell, or another program: `nc -e`, `socat EXEC:`. */
export function isNetworkShell(words: readonly string[]): boolean {
  return startsOf(words).some((index) => {
    const name = words[index] ?? "";
    const rest = words.slice(index + 1);
    if (isOneOf(name, NETWORK_SHELLS))
      return rest.some((each) => /^(?:-[a-z]*[ec][a-z]*|--(?:sh-|lua-)?exec.*)$/i.test(each));
    if (isOneOf(name, SOCAT)) return rest.some((each) => /^(?:exec|system|shell):/i.test(each));
    return rest.some((each) => NETWORK_FILE.test(each));
  });
}

/** Whether it is one end of a connection, whose other end is somewhere else. */
export function isConnection(words: readonly string[]): boolean {
  return startsOf(words).some((index) => isOneOf(words[index] ?? "", CONNECTIONS));
}

/** What bash takes for a connection. */
export const NETWORK_FILE = /^\/dev\/(?:tcp|udp)\//;

/** Names of files that a download may have written: its operands', and the last part of an address. */
export function writtenBy(words: readonly string[]): string[] {
  return words
    .flatMap((each) => [each, each.replace(/^--?[a-zA-Z-]+=?/, "")])
    .map(lastPart)
    .filter((each) => each !== "");
}

/** Names of files that it may run: itself, and a shell's or an interpreter's operands. */
export function runBy(words: readonly string[]): string[] {
  const starts = startsOf(words);
  const operands = runsText(words) ? words.filter((each) => !each.startsWith("-")) : [];
  return [...starts.map((index) => words[index] ?? ""), ...operands].map(lastPart);
}

const lastPart = (path: string): string => path.replace(/[?#].*$/, "").replace(/^.*\//, "");
