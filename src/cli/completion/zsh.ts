// The completion script of zsh: sourced, or saved as _holdfast in a directory of fpath.

import { quote, shFunctions } from "./sh.ts";
import type { CompletedCommand } from "./words.ts";

const HEAD = `#compdef holdfast
# holdfast: completion for zsh.
#
#   for this shell  source <(holdfast completion zsh)
#   for good        holdfast completion zsh > "\${fpath[1]}/_holdfast", then start zsh again
#   Completion has to be switched on in ~/.zshrc: autoload -Uz compinit && compinit
`;

const MAIN = `# The value of -X or --method anywhere on the line, into method.
__holdfast_method() {
  local i
  method=
  for (( i = 2; i <= \${#words}; i++ )); do
    case "\${words[i]}" in
      -X | --method) method="\${words[i + 1]}" ;;
      --method=*) method="\${words[i]#*=}" ;;
      -X?*) method="\${words[i]#-X}" ;;
    esac
  done
}

# Offers the path segments after what is typed.
__holdfast_paths() {
  local typed="\${(Q)PREFIX}" method
  local -a found
  __holdfast_method
  if [[ -z "$typed" ]]; then
    compadd -S '' /
    return
  fi
  if [[ "$typed" != /* ]]; then typed="/$typed"; fi
  __holdfast_segments "$typed" "$method"
  compset -P '*/'
  compadd -S '' -- \${(M)found:#*/}
  compadd -- \${found:#*/}
}

# Completes a value of kind $1.
__holdfast_complete() {
  local -a found
  case "$1" in
    files) _files ;;
    paths) __holdfast_paths ;;
    classes)
      compset -P '*,'
      __holdfast_words classes
      compadd -S '' -a found
      ;;
    *)
      __holdfast_words "$1"
      compadd -a found
      ;;
  esac
}

_holdfast() {
  local at= kind= word next
  local -a found
  integer positional=0 dashes=0 i
  for (( i = 2; i <= CURRENT; i++ )); do
    word="\${(Q)words[i]}"
    if (( ! dashes )) && [[ "$word" == -* ]]; then
      if (( i == CURRENT )); then break; fi
      if [[ "$word" == -- ]]; then dashes=1; continue; fi
      __holdfast_value "$at" "$word"
      if [[ -n "$kind" ]]; then
        (( i++ ))
        if (( i == CURRENT )); then __holdfast_complete "$kind"; return; fi
      fi
      continue
    fi
    __holdfast_argument "$at" "$positional"
    if [[ "$kind" == command ]]; then
      shift $(( i - 1 )) words
      (( CURRENT -= i - 1 ))
      _normal
      return
    fi
    if (( i == CURRENT )); then break; fi
    __holdfast_subcommands "$at"
    if (( \${found[(I)$word:*]} )); then at="\${at:+$at }$word"; else (( positional++ )); fi
  done
  if (( ! dashes )) && [[ "$PREFIX" == --*=* ]]; then
    __holdfast_value "$at" "\${PREFIX%%=*}"
    compset -P 1 '*='
    __holdfast_complete "\${kind:-free}"
  elif (( ! dashes )) && [[ "$PREFIX" == -* ]]; then
    __holdfast_flags "$at"
    _describe -o flag found
  else
    __holdfast_argument "$at" "$positional"
    if [[ -n "$kind" ]]; then __holdfast_complete "$kind"; fi
    __holdfast_subcommands "$at"
    if (( ! positional && \${#found} )); then _describe command found; fi
  fi
}

# Saved as a file, the first call loads it and must complete too.
if [[ "\${funcstack[1]}" == _holdfast ]]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`;

/** A word and its description, as _describe reads them. */
function described(word: string, description: string): string {
  return quote(`${word.replaceAll(":", "\\:")}:${description}`);
}

/** The script. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `${HEAD}\n${shFunctions(commands, described)}\n\n${MAIN}`;
}
