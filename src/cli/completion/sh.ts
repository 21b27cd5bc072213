// What the scripts of bash and zsh share: both read these functions alike, bash 3.2 (macOS) included.
// They answer in the arrays and variables of whoever calls them: a subshell for each answer would
// be felt at every key.

import { pathLines } from "./paths.ts";
import { type CompletedCommand, type ValueKind, wordsOf } from "./words.ts";

/** How one word with its description is written into an array. */
export type WriteWord = (word: string, description: string) => string;

/** One word for sh, in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function cases(rows: readonly (readonly [pattern: string, action: string])[]): string {
  return rows.map(([pattern, action]) => `    ${pattern}) ${action} ;;`).join("\n");
}

function wordTables(commands: readonly CompletedCommand[], write: WriteWord): string {
  const subcommands = commands
    .filter((command) => command.subcommands.length > 0)
    .map(({ path, subcommands: words }): [string, string] => {
      const list = words.map(({ name, description }) => write(name, description));
      return [quote(path), `found=(${list.join(" ")})`];
    });
  const flags = commands.map(({ path, options }): [string, string] => {
    const words = options.flatMap(({ names, description }) =>
      names.map((name) => write(name, description)),
    );
    return [quote(path), `found=(${words.join(" ")})`];
  });
  return `# The subcommands of command $1, into found.
__holdfast_subcommands() {
  found=()
  case "$1" in
${cases(subcommands)}
  esac
}

# The flags of command $1, into found.
__holdfast_flags() {
  found=()
  case "$1" in
${cases(flags)}
  esac
}`;
}

function kindTables(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }): [string, string][] =>
      value === undefined
        ? []
        : [[names.map((name) => quote(`${path} ${name}`)).join("|"), `kind=${value}`]],
    ),
  );
  const positional = commands.flatMap(({ path, arguments: kinds }) =>
    kinds.map((kind, index): [string, string] => [
      kind === "command" ? `${quote(`${path}:`)}*` : quote(`${path}:${index}`),
      `kind=${kind}`,
    ]),
  );
  return `# What flag $2 of command $1 takes, into kind; empty for no value.
__holdfast_value() {
  kind=
  case "$1 $2" in
${cases(values)}
  esac
}

# What argument $2 (from 0) of command $1 is, into kind.
__holdfast_argument() {
  kind=
  case "$1:$2" in
${cases(positional)}
  esac
}`;
}

const FIXED: readonly ValueKind[] = ["classes", "methods", "shells", "states", "environments"];

const PATH_FUNCTIONS = `# What may follow the typed path $1 in template $2, into next: the rest of one segment, with a slash
# where more follows. Where an id or a name is due there is nothing to offer.
__holdfast_next() {
  local typed="$1" template="$2" part
  next=
  while [[ "$typed" == */* ]]; do
    [[ "$template" == */* ]] || return 0
    part="\${template%%/*}"
    if [[ "$part" == "{"* ]]; then [[ -n "\${typed%%/*}" ]] || return 0
    else [[ "$part" == "\${typed%%/*}" ]] || return 0
    fi
    typed="\${typed#*/}" template="\${template#*/}"
  done
  part="\${template%%/*}"
  [[ "$part" != "{"* && "$part" == "$typed"* ]] || return 0
  next="$part"
  if [[ "$template" == */* ]]; then next="$part/"; fi
}

# The next segments after path $1 for method $2 (any, where empty), into found.
__holdfast_segments() {
  local method template next seen=" "
  found=()
  while IFS=' ' read -r method template; do
    [[ -z "$2" || "$2" == "$method" ]] || continue
    __holdfast_next "$1" "$template"
    [[ -n "$next" && "$seen" != *" $next "* ]] || continue
    seen="$seen$next "
    found+=("$next")
  done <<< "$__holdfast_templates"
}`;

/** The tables and functions, for a script of bash or zsh. */
export function shFunctions(commands: readonly CompletedCommand[], write: WriteWord): string {
  const fixed = FIXED.map((kind) => `    ${kind}) found=(${wordsOf(kind).join(" ")}) ;;`);
  return `${wordTables(commands, write)}

${kindTables(commands)}

# The fixed words of kind $1, into found; ids of sessions are asked for.
__holdfast_words() {
  found=()
  case "$1" in
${fixed.join("\n")}
    sessions)
      local id rest
      while read -r id rest; do
        case "$id" in *[!A-Z2-7]*) ;; ??????) found+=("$id") ;; esac
      done <<< "$(command holdfast session list 2>/dev/null)"
      ;;
  esac
}

__holdfast_templates=${quote(pathLines().join("\n"))}

${PATH_FUNCTIONS}`;
}
