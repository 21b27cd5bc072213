// The words of text in which bash has nothing to do but to take quotes off: a far smaller grammar than
// bash's, written down whole. Whatever it does not know is left to a shell.
//
// Y1 What is read as words, bash reads as the same words: whatever could mean something else there,
//    in any locale, is not read.

import { readAnsiC } from "./ansi-c.ts";

export type PlainReading =
  | { readonly words: readonly string[] }
  /** What needs a shell, as one clause. */
  | { readonly because: string };

const NOT_TEXT = "it holds what is no text: a control character, or bytes that are not UTF-8";
const MEANT_FOR_SHELL: Readonly<Record<string, string>> = {
  "|": "it has a pipe",
  "&": "it has &, which starts another command",
  ";": "it has more than one command",
  "(": "it has a parenthesis, which starts a shell",
  ")": "it has a parenthesis, which starts a shell",
  "<": "it redirects its input",
  ">": "it redirects its output",
  "*": "it has a pattern for file names",
  "?": "it has a pattern for file names",
  "[": "it has a pattern for file names",
  "{": "it has braces, which stand for several words",
  "}": "it has braces, which stand for several words",
  "`": "it has a substitution",
};
const UNFINISHED = "it ends inside a quotation";
const EXPANDS = "it has a variable or a substitution";

/** Reads the text's words (Y1). */
export function readPlainWords(text: string): PlainReading {
  if (/[\p{Cs}\ufffd]|[^\P{Cc}\t\n]/u.test(text)) return { because: NOT_TEXT };
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #words: string[] = [];
  #index = 0;
  /** The word that is being read. */
  #word: string | undefined;
  /** After the line with the command: only blanks and comments may follow. */
  #isOver = false;
  #because: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PlainReading {
    while (this.#because === undefined && this.#index < this.#text.length) this.#step();
    this.#endWord();
    if (this.#because !== undefined) return { because: this.#because };
    return this.#words.length === 0
      ? { because: "there is no command in it" }
      : { words: this.#words };
  }

  #step(): void {
    const character = this.#text.charAt(this.#index);
    if (character === " " || character === "\t") this.#blank();
    else if (character === "\n") this.#endLine();
    else if (this.#text.startsWith("\\\n", this.#index)) this.#index += 2;
    else if (character === "#" && this.#word === undefined) this.#comment();
    else if (this.#isOver) this.#leave("it has more than one command");
    else if (character === "\\") this.#backslash();
    else if (character === "'") this.#singleQuoted();
    else if (character === '"') this.#doubleQuoted();
    else if (character === "$") this.#dollar();
    else this.#bare(character);
  }

  #blank(): void {
    this.#endWord();
    this.#index++;
  }

  #endLine(): void {
    this.#endWord();
    this.#isOver = this.#words.length > 0;
    this.#index++;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #comment(): void {
    const end = this.#text.indexOf("\n", this.#index);
    this.#index = end === -1 ? this.#text.length : end;
  }

  #backslash(): void {
    const next = this.#text.charAt(this.#index + 1);
    if (/^[ -~]$/.test(next)) this.#add(next, 2);
    else this.#leave("a backslash stands before what is no letter");
  }

  #singleQuoted(): void {
    const end = this.#text.indexOf("'", this.#index + 1);
    if (end === -1) this.#leave(UNFINISHED);
    else this.#add(this.#text.slice(this.#index + 1, end), end + 1 - this.#index);
  }

  #doubleQuoted(): void {
    const quoted = readDoubleQuoted(this.#text, this.#index + 1);
    if ("because" in quoted) this.#leave(quoted.because);
    else this.#add(quoted.value, quoted.end - this.#index);
  }

  #dollar(): void {
    const next = this.#text.charAt(this.#index + 1);
    if (next === "'") this.#ansiC();
    else if (/^[ \t\n]?$/.test(next)) this.#add("$", 1);
    else this.#leave(next === '"' ? "it has a text that is translated" : EXPANDS);
  }

  #ansiC(): void {
    const quoted = readAnsiC(this.#text, this.#index + 2);
    if (quoted === undefined) this.#leave("it has an escape that depends on the shell");
    else this.#add(quoted.value, quoted.end - this.#index);
  }

  #bare(character: string): void {
    const isHome = character === "~" && !/[A-Za-z0-9]/.test(this.#text.charAt(this.#index - 1));
    const isFirst = this.#words.length === 0 && this.#word === undefined;
    const meant = Object.hasOwn(MEANT_FOR_SHELL, character);
    if (character === "{" && this.#isPlaceholder()) this.#add("{}", 2);
    else if (meant) this.#leave(MEANT_FOR_SHELL[character] ?? EXPANDS);
    else if (isHome) this.#leave("it has a ~, which stands for a directory");
    else if (isFirst && (character === "!" || character === "^"))
      this.#leave(`it begins with ${character}`);
    else this.#letter(String.fromCodePoint(this.#text.codePointAt(this.#index) ?? 0));
  }

  #letter(letter: string): void {
    if (letter <= "~" || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(letter))
      this.#add(letter, letter.length);
    else this.#leave("it has a blank that is none to a shell, or a letter that nobody sees");
  }

  /** `{}` as a word of its own: what `find` and `xargs` put something in the place of. */
  #isPlaceholder(): boolean {
    const after = this.#text.charAt(this.#index + 2);
    return (
      this.#words.length > 0 &&
      this.#word === undefined &&
      this.#text.charAt(this.#index + 1) === "}" &&
      /^[ \t\n]?$/.test(after)
    );
  }

  #add(value: string, length: number): void {
    this.#word = (this.#word ?? "") + value;
    this.#index += length;
  }

  #leave(because: string): void {
    this.#because = because;
  }
}

/** The value, and the offset after the closing quote. */
function readDoubleQuoted(
  text: string,
  from: number,
): { readonly value: string; readonly end: number } | { readonly because: string } {
  let value = "";
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character === '"') return { value, end: index + 1 };
    if (character === "`" || (character === "$" && !/^[" |)]$/.test(next)))
      return { because: EXPANDS };
    if (character !== "\\") value += character;
    else {
      index++;
      if (next !== "\n") value += /^[$`"\\]$/.test(next) ? next : character + next;
    }
  }
  return { because: UNFINISHED };
}
