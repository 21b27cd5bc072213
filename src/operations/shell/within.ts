// The simple commands in shell text, however deep: in lists, pipes, substitutions, functions and loops,
// and in the texts that they hand to another shell.
//
// M1 Rules look at it to be stricter, never to trust: it may find what bash would not run. What it
//    could not look through bears a mark of its own.
// M2 Text within text is followed to a depth, and to a number of commands, whatever is written.

import {
  type Command,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  parse,
  type Redirect,
  type SyntaxNode,
} from "unbash";
import { MARKERS } from "../../policy/subject-command.ts";
import * as carried from "./carried.ts";
import type { InnerCommand } from "./reading.ts";

/** Its argument is the file that is written to. */
export const REDIRECT_MARKER = "holdfast:redirect";
/** There is more in the text than could be looked through. */
export const UNREAD_MARKER = "holdfast:unread";

/** More of a text than any card shows, in characters. */
export const MOST_TEXT = 32_768;
const MOST_DEPTH = 8;
const MOST_COMMANDS = 512;
const MOST_NODES = 20_000;
/** Of all texts together, in characters. */
const MOST_READ = 4 * MOST_TEXT;

/** The commands in the text, and marks. Never throws. */
export function commandsWithin(text: string): InnerCommand[] {
  const finder = new Finder();
  finder.read(text, 0);
  return finder.found();
}

/** The commands in the texts that these words hand to a shell (`sh -c TEXT`), and marks. */
export function commandsCarried(words: readonly string[]): InnerCommand[] {
  const finder = new Finder();
  finder.carry(words);
  if (carried.isNetworkShell(words)) finder.mark(MARKERS.network);
  return finder.found();
}

class Finder {
  readonly #commands: InnerCommand[] = [];
  readonly #texts = new Set<string>();
  readonly #marks = new Set<string>();
  #nodes = 0;
  #read = 0;

  found(): InnerCommand[] {
    const written = this.#commands.filter(carried.isDownload).flatMap(carried.writtenBy);
    const isRun = new Set(written);
    const runs = (words: InnerCommand) =>
      !carried.isDownload(words) && carried.runBy(words).some((each) => isRun.has(each));
    if (isRun.size > 0 && this.#commands.some(runs)) this.mark(MARKERS.download);
    const all = [...this.#commands, ...[...this.#marks].map((each) => JSON.parse(each))];
    return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
  }

  read(text: string, depth: number): void {
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#read += text.length;
    const isTooLong = text.length > MOST_TEXT || this.#read > MOST_READ;
    if (depth > MOST_DEPTH || isTooLong) this.mark(UNREAD_MARKER);
    else
      try {
        this.#visit(parse(text), depth);
      } catch {
        // It is written to be tolerant; what overflows it is left unread.
        this.mark(UNREAD_MARKER);
      }
  }

  carry(words: readonly string[], depth = 0): void {
    for (const text of carried.textsIn(words)) this.read(text, depth + 1);
  }

  mark(...mark: string[]): void {
    this.#marks.add(JSON.stringify(mark));
  }

  /** Whether there is no end to it (M2). */
  #isTooMuch(): boolean {
    const isTooMuch = ++this.#nodes > MOST_NODES || this.#commands.length >= MOST_COMMANDS;
    if (isTooMuch) this.mark(UNREAD_MARKER);
    return isTooMuch;
  }

  #visit(node: SyntaxNode, depth: number): void {
    if (this.#isTooMuch()) return;
    if (node.type === "Script" && ((node as ParsedScript).errors?.length ?? 0) > 0)
      this.mark(UNREAD_MARKER);
    if (node.type === "Command") this.#command(node, depth);
    if (node.type === "Pipeline") this.#pipeline(node, depth);
    if (node.type === "Redirect") this.#redirect(node);
    forEachChild(node, (child) => this.#visit(child, depth));
  }

  #command(node: Command, depth: number): void {
    const words = wordsOf(node);
    if (words.length === 0 || this.#isTooMuch()) return;
    this.#commands.push(words);
    const [first = "", ...rest] = words;
    const braces = /^\{([^{}]*,[^{}]*)\}$/.exec(first)?.[1];
    if (braces !== undefined) this.#commands.push([...braces.split(","), ...rest]);
    this.carry(words, depth);
    if (carried.isNetworkShell(words)) this.mark(MARKERS.network);
    if (!carried.runsText(words) && !isSubstituted(node)) return;
    // What it is given is text that it runs.
    const inner = this.#commandsBelow(node).slice(1);
    if (inner.some(carried.isDownload)) this.mark(MARKERS.download);
    this.#readPrinted(inner, depth);
    this.#readInputs(node, depth);
  }

  #pipeline({ commands }: Pipeline, depth: number): void {
    const stages = commands.map((each) => this.#commandsBelow(each));
    const all = stages.flat();
    if (all.some(carried.isConnection) && all.some(carried.runsItsInput))
      this.mark(MARKERS.network);
    const last = stages.findLastIndex((stage) => stage.some(carried.runsItsInput));
    if (last < 1) return;
    const before = stages.slice(0, last).flat();
    if (before.some(carried.isDownload)) this.mark(MARKERS.download);
    this.#readPrinted(before, depth);
    for (const each of commands.slice(0, last)) this.#readInputs(each, depth);
  }

  /** `echo TEXT | sh`, `eval "$(printf TEXT)"`. */
  #readPrinted(commands: readonly InnerCommand[], depth: number): void {
    for (const [program = "", ...args] of commands)
      if (/(?:^|\/)(?:echo|printf)$/.test(program)) this.read(args.join(" "), depth + 1);
  }

  /** `sh <<EOF`, `cat <<EOF | sh`, `sh <<< TEXT`. */
  #readInputs(node: SyntaxNode, depth: number): void {
    this.#below(node, (each) => {
      if (each.type === "HereDoc") this.read(each.body?.text ?? "", depth + 1);
      if (each.type === "HereString") this.read(each.target?.value ?? "", depth + 1);
    });
  }

  #redirect({ operator, target }: Redirect): void {
    const path = target?.value ?? "";
    if (carried.NETWORK_FILE.test(path)) this.mark(MARKERS.network);
    if (!operator.includes(">") || path === "/dev/null") return;
    if (operator === ">&" && /^(?:\d+-?|-)$/.test(path)) return;
    this.mark(REDIRECT_MARKER, path);
  }

  #commandsBelow(node: SyntaxNode): InnerCommand[] {
    const all: InnerCommand[] = [];
    this.#below(node, (each) => {
      if (each.type === "Command") all.push(wordsOf(each));
    });
    return all;
  }

  #below(node: SyntaxNode, act: (node: SyntaxNode) => void): void {
    if (this.#isTooMuch()) return;
    act(node);
    forEachChild(node, (child) => this.#below(child, act));
  }
}

/** Its words without quotes; what only a shell could resolve stays as it is written. */
function wordsOf({ name, args }: Command): string[] {
  if (name === undefined) return [];
  return [name.value, ...args.map((each) => (each.type === "Word" ? each.value : each.text))];
}

/** `$(curl …)` as a command: what it prints is run. */
const isSubstituted = ({ name }: Command): boolean =>
  name?.parts?.some(({ type }) => type === "CommandExpansion" || type === "DoubleQuoted") === true;
