// Variables in a shell's text that nothing sets: `rm -rf "$BUILD_DIR/"*` is then `rm -rf /*`.
//
// V1 A variable counts that is not passed on, is not the shell's own, and stands nowhere in the text but
//    where it is read, as `$NAME` or `${NAME}`: so nothing in the text sets it, or says what else to take.
// V2 Used to be stricter and to tell a person, never to trust.

/** More of a text than any card shows. */
const MOST_TEXT = 32_768;

const READ = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** What a shell sets by itself, or is given in any case. */
const OWN = new Set(
  `BASH BASHOPTS BASHPID COLUMNS COMP_CWORD COMP_LINE COMP_POINT COMP_WORDS COPROC DIRSTACK
   EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD HOME HOSTNAME HOSTTYPE IFS LINENO LINES
   MACHTYPE MAPFILE OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH PIPESTATUS PPID PS4 PWD RANDOM READLINE_LINE
   REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM UID _`.split(/\s+/),
);

/** What takes its variables from text or a file that may set any. */
const SETS_ANY = /(?:^|[\s;&|({`])(?:\.|source|eval)\s/;

/** The names, as they come, of those that nothing sets (V1). `passed` are names of variables. */
export function unsetVariables(texts: readonly string[], passed: readonly string[]): string[] {
  const text = texts.join("\n").slice(0, MOST_TEXT);
  if (SETS_ANY.test(text)) return [];
  const elsewhere = new Set(text.replace(READ, " ").match(/[A-Za-z_]\w*/g));
  const names = new Set([...text.matchAll(READ)].map(([, plain, braced]) => plain ?? braced ?? ""));
  const isUnset = (name: string) =>
    !OWN.has(name) && !name.startsWith("BASH_") && !passed.includes(name) && !elsewhere.has(name);
  return [...names].filter(isUnset);
}

/** The commands, and those among them that read such a variable once more, as they are without it. */
export function withUnset(
  commands: readonly (readonly string[])[],
  unset: readonly string[],
): readonly (readonly string[])[] {
  if (unset.length === 0) return commands;
  const emptied = (word: string) =>
    word.replace(READ, (all, plain, braced) => (unset.includes(plain ?? braced) ? "" : all));
  const changed = commands
    .map((words) => [words, words.map(emptied)] as const)
    .filter(([words, without]) => words.some((word, index) => word !== without[index]))
    .map(([, without]) => without);
  return [...commands, ...changed];
}
