// The completion script of bash, from 3.2 (macOS) on, with or without bash-completion.

import { shFunctions } from "./sh.ts";
import type { CompletedCommand } from "./words.ts";

const HEAD = `# holdfast: completion for bash.
#
#   for this shell    source <(holdfast completion bash)
#   for good          echo 'source <(holdfast completion bash)' >> ~/.bashrc
#   bash 3.2 (macOS)  eval "$(holdfast completion bash)"
`;

// Bash breaks words at = and : too (COMP_WORDBREAKS): what it broke is put together again, and what
// is offered is cut to the piece that readline replaces.
const MAIN = `# The command line up to the cursor, put together again, into line; where each word began, into starts.
__holdfast_line() {
  local i glue=0
  line=() starts=()
  for (( i = 0; i <= COMP_CWORD; i++ )); do
    if [[ $i -gt 1 && "\${COMP_WORDS[i]}" == [=:]* ]]; then
      line[\${#line[@]}-1]+="\${COMP_WORDS[i]}"
      glue=1
    elif [[ $glue -eq 1 ]]; then
      line[\${#line[@]}-1]+="\${COMP_WORDS[i]}"
      glue=0
    else
      line+=("\${COMP_WORDS[i]}")
      starts+=("$i")
    fi
  done
}

# The value of -X or --method anywhere on the line, into method.
__holdfast_method() {
  local i
  method=
  for (( i = 1; i < \${#COMP_WORDS[@]}; i++ )); do
    case "\${COMP_WORDS[i]}" in
      -X | --method)
        method="\${COMP_WORDS[i + 1]}"
        if [[ "$method" == = ]]; then method="\${COMP_WORDS[i + 2]}"; fi
        ;;
      -X?*) method="\${COMP_WORDS[i]#-X}" ;;
    esac
  done
}

# Offers the words of found that begin with $1, each after the text $2. A blank follows, unless the
# word can go on: it ends in a slash, or $3 says so.
__holdfast_offer() {
  local word end offered broken="\${current##*["$COMP_WORDBREAKS"]}"
  for word in "\${found[@]}"; do
    [[ "$word" == "$1"* ]] || continue
    if [[ -n "$3" || "$word" == */ ]]; then end=; else end=" "; fi
    offered="$2$word$end"
    COMPREPLY+=("\${offered:\${#current} - \${#broken}}")
  done
  compopt +o default 2>/dev/null
}

# Completes a value of kind $1, typed so far as $2, which stands after the text $3.
__holdfast_complete() {
  local found typed="$2" before="$3" method
  case "$1" in
    files) compopt +o nospace 2>/dev/null ;;
    classes)
      if [[ "$typed" == *,* ]]; then before="$before\${typed%,*},"; fi
      __holdfast_words classes
      __holdfast_offer "\${typed##*,}" "$before" "more"
      ;;
    paths)
      __holdfast_method
      if [[ "$typed" == */* ]]; then before="$before\${typed%/*}/"; fi
      if [[ -z "$typed" ]]; then found=(/)
      elif [[ "$typed" == /* ]]; then __holdfast_segments "$typed" "$method"
      else __holdfast_segments "/$typed" "$method"
      fi
      __holdfast_offer "\${typed##*/}" "$before" ""
      ;;
    *)
      __holdfast_words "$1"
      __holdfast_offer "$typed" "$before" ""
      ;;
  esac
}

# Completes the command that begins at word $1: by its own completion, where there is bash-completion.
__holdfast_command() {
  compopt +o nospace 2>/dev/null
  if declare -F _comp_command_offset > /dev/null; then _comp_command_offset "$1"
  elif declare -F _command_offset > /dev/null; then _command_offset "$1"
  elif [[ "$1" -eq "$COMP_CWORD" ]]; then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}

_holdfast() {
  local at= kind= positional=0 dashes=0 i word current found line starts next
  COMPREPLY=()
  __holdfast_line
  local last=$(( \${#line[@]} - 1 ))
  current="\${line[last]#[\\"\\']}"
  for (( i = 1; i <= last; i++ )); do
    word="\${line[i]}"
    if [[ $dashes -eq 0 && "$word" == -* ]]; then
      if [[ "$word" == -- && $i -lt $last ]]; then dashes=1; continue; fi
      if [[ $i -eq $last ]]; then break; fi
      __holdfast_value "$at" "$word"
      if [[ -n "$kind" ]]; then
        i=$((i + 1))
        if [[ $i -eq $last ]]; then __holdfast_complete "$kind" "$current" ""; return 0; fi
      fi
      continue
    fi
    __holdfast_argument "$at" "$positional"
    if [[ "$kind" == command ]]; then __holdfast_command "\${starts[i]}"; return 0; fi
    if [[ $i -eq $last ]]; then break; fi
    __holdfast_subcommands "$at"
    if [[ " \${found[*]} " == *" $word "* ]]; then at="\${at:+$at }$word"; else positional=$((positional + 1)); fi
  done
  if [[ $dashes -eq 0 && "$current" == --*=* ]]; then
    __holdfast_value "$at" "\${current%%=*}"
    __holdfast_complete "\${kind:-free}" "\${current#*=}" "\${current%%=*}="
  elif [[ $dashes -eq 0 && "$current" == -* ]]; then
    __holdfast_flags "$at"
    __holdfast_offer "$current" "" ""
  else
    __holdfast_argument "$at" "$positional"
    if [[ -n "$kind" ]]; then __holdfast_complete "$kind" "$current" ""; fi
    if [[ $positional -eq 0 ]]; then
      __holdfast_subcommands "$at"
      __holdfast_offer "$current" "" ""
    fi
  fi
}

complete -o nospace -o default -F _holdfast holdfast
`;

/** The script. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `${HEAD}\n${shFunctions(commands, (word) => word)}\n\n${MAIN}`;
}
