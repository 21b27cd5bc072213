// The completion script of fish, from 3.4 on.

import { pathLines } from "./paths.ts";
import { type CompletedCommand, type CompletedOption, type ValueKind, wordsOf } from "./words.ts";

const HEAD = `# holdfast: completion for fish.
#
#   for this shell  holdfast completion fish | source
#   for good        holdfast completion fish > ~/.config/fish/completions/holdfast.fish
`;

const MAIN = `# Reads the line up to the cursor: which command, how many arguments, and what it is to run.
function __holdfast_look
    set -g __holdfast_at ''
    set -g __holdfast_count 0
    set -g __holdfast_inner
    set -l tokens (commandline -opc)[2..-1]
    set -l dashes 0
    while set -q tokens[1]
        set -l token $tokens[1]
        if test $dashes = 0; and string match -q -- '-*' $token
            set -e tokens[1]
            if test $token = --
                set dashes 1
            else if contains -- "$__holdfast_at $token" $__holdfast_valued
                set -e tokens[1]
            end
            continue
        end
        if contains -- "$__holdfast_at" $__holdfast_runners
            set -g __holdfast_inner $tokens
            return
        end
        set -e tokens[1]
        set -l deeper (string trim -- "$__holdfast_at $token")
        if contains -- $deeper $__holdfast_commands
            set -g __holdfast_at $deeper
        else
            set -g __holdfast_count (math $__holdfast_count + 1)
        end
    end
    # After -- the next word is a command's own, too.
    if test $dashes = 1; and contains -- "$__holdfast_at" $__holdfast_runners
        set -g __holdfast_inner ''
    end
end

# Whether the line is at command $argv[1], and not inside the command that it runs.
function __holdfast_is
    __holdfast_look
    not set -q __holdfast_inner[1]; and test "$__holdfast_at" = "$argv[1]"
end

# Whether the line is at argument $argv[2] (from 0) of command $argv[1].
function __holdfast_is_argument
    __holdfast_is $argv[1]; and test $__holdfast_count = $argv[2]
end

# Whether the line is at the words of a command that is to be run.
function __holdfast_runs
    __holdfast_look
    set -q __holdfast_inner[1]; and return
    contains -- "$__holdfast_at" $__holdfast_runners; and not string match -q -- '-*' (commandline -ct)
end

function __holdfast_run
    set -l words (string escape -- $__holdfast_inner) (commandline -ct)
    complete -C (string join ' ' -- (string match -v "''" -- $words) | string collect)
end

function __holdfast_list
    set -l before (commandline -ct | string replace -r '^--[a-z-]+=' '' | string match -r '^.*,')
    for word in $argv
        echo "$before$word"
    end
end

function __holdfast_sessions
    command holdfast session list 2>/dev/null | string match -rg '^([A-Z2-7]{6})  '
end

# The value of -X or --method anywhere on the line.
function __holdfast_method
    set -l line (commandline -op)
    for index in (seq (count $line))
        switch $line[$index]
            case -X --method
                set -q line[(math $index + 1)]; and echo $line[(math $index + 1)]; and return
            case '--method=*' '-X?*'
                string replace -r '^(--method=|-X)' '' -- $line[$index]; and return
        end
    end
end

# The paths that may follow the typed one, up to where an id or a name is due.
function __holdfast_paths
    set -l typed (commandline -ct)
    set -l root ''
    string match -q '/*' -- "$typed"; or set root /
    set -l method (__holdfast_method)
    set -l templates (string match -rg "^"(test -n "$method"; and echo $method; or echo '\\\\S+')" (.*)" -- $__holdfast_templates)
    set -l segments (string split / -- "$root$typed")
    set -l pattern
    for segment in $segments[1..-2]
        set -l literal (string escape --style=regex -- $segment)
        test -n "$segment"; and set literal "(?:$literal|\\{[^/]*\\})"
        set -a pattern $literal
    end
    set -l last (string escape --style=regex -- $segments[-1])
    set -l regex '^'(string join / -- $pattern "($last"'[^/{]*(?<=[^/])/?)')
    set -l before (string replace -r '[^/]*$' '' -- $typed)
    if test -z "$typed"
        echo /
        return
    end
    for next in (string match -rg -- $regex $templates | sort -u)
        echo $before$next
    end
end

complete -c holdfast -f
complete -c holdfast -n __holdfast_runs -a '(__holdfast_run)'
`;

/** One word for fish, in single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function valueArguments(kind: ValueKind): string {
  if (kind === "free") return "-x";
  if (kind === "files") return "-r -F";
  if (kind === "sessions") return "-x -a '(__holdfast_sessions)'";
  if (kind === "paths") return "-x -a '(__holdfast_paths)'";
  const words = wordsOf(kind).join(" ");
  return kind === "classes" ? `-x -a '(__holdfast_list ${words})'` : `-x -a ${quote(words)}`;
}

function optionLine(condition: string, { names, description, value }: CompletedOption): string {
  const spelled = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const takes = value === undefined ? [] : [valueArguments(value)];
  const words = [`complete -c holdfast -n ${quote(condition)}`, ...spelled, ...takes];
  return [...words, `-d ${quote(description)}`].join(" ");
}

function commandLines({
  path,
  subcommands,
  options,
  arguments: kinds,
}: CompletedCommand): string[] {
  const is = `__holdfast_is ${quote(path)}`;
  return [
    ...subcommands.map(
      ({ name, description }) =>
        `complete -c holdfast -n ${quote(`__holdfast_is_argument ${quote(path)} 0`)} -a ${quote(name)} -d ${quote(description)}`,
    ),
    ...options.map((option) => optionLine(is, option)),
    ...kinds.flatMap((kind, index) =>
      kind === "command" || kind === "free"
        ? []
        : [
            `complete -c holdfast -n ${quote(`__holdfast_is_argument ${quote(path)} ${index}`)} ${valueArguments(kind).replace("-x ", "")}`,
          ],
    ),
  ];
}

function variables(commands: readonly CompletedCommand[]): string {
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined ? [] : names.map((name) => `${path} ${name}`),
    ),
  );
  const runners = commands.filter((command) => command.arguments.includes("command"));
  const lists = {
    commands: commands.filter(({ path }) => path !== "").map(({ path }) => path),
    valued,
    runners: runners.map(({ path }) => path),
    templates: pathLines(),
  };
  return Object.entries(lists)
    .map(([name, words]) => `set -g __holdfast_${name} ${words.map(quote).join(" ")}`)
    .join("\n");
}

/** The script. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(commandLines).join("\n");
  return `${HEAD}\n${variables(commands)}\n\n${MAIN}${lines}\n`;
}
