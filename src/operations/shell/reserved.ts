// First words that bash does not look for on PATH.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words of bash's grammar. */
const RESERVED = words(`
  ! { } [[ ]] if then elif else fi case esac for select while until do done in function time coproc
`);

/** Every command that bash has within itself, whether it can be switched off or not. */
const BUILTINS = words(`
  . : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs
  disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local
  logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend
  test times trap true type typeset ulimit umask unalias unset wait
`);

/** Why bash would not run a program of that name, as one clause; undefined: it would. */
export function whyNoProgram(name: string): string | undefined {
  if (name === "") return "its first word is empty";
  if (BUILTINS.has(name)) return `${name} is a command of the shell itself`;
  if (RESERVED.has(name)) return `${name} is a word of the shell's grammar`;
  if (name.startsWith("%")) return "its first word names a job of the shell";
  if (name.includes("=")) return "it may set a variable";
  return undefined;
}
