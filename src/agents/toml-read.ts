// Reads a TOML file as far as it takes to know which tables and keys it has, and refuses what it does
// not understand. Values are checked for their shape and not kept.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";

/** A key that is given a value, or a table that is opened: its full path. */
export interface TomlName {
  readonly path: readonly string[];
  /** From 1. */
  readonly line: number;
  /** `value`: the whole of it stands there, and nothing below it can be added elsewhere. */
  readonly is: "table" | "value";
}

const BARE = /[A-Za-z0-9_-]+/y;
const BASIC =
  /"(?:[^"\\\p{Cc}]|\t|\\(?:[btnfre"\\]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))*"/uy;
const LITERAL = /'(?:[^'\p{Cc}]|\t)*'/uy;
const LONG_BASIC = /"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}/y;
const LONG_LITERAL = /'''(?:[^']|'(?!''))*'{3,5}/y;
/** Numbers, booleans, dates and times. */
const PLAIN =
  /(?:true|false|[+-]?(?:inf|nan)|0[xob][\da-fA-F_]+|\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?|[+-]?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?)(?=[\s,\]}#]|$)/y;
const BLANKS = /[ \t]*/y;
/** Between the values of an array, and since TOML 1.1 in an inline table. */
const SPACE = /(?:[ \t\r\n]|#[^\n]*)*/y;
const LINE_END = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;

const MOST_DEPTH = 64;

class Reader {
  readonly #path: string;
  readonly #text: string;
  #at = 0;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  names(): TomlName[] {
    const names: TomlName[] = [];
    let table: readonly string[] = [];
    while (this.#at < this.#text.length) {
      if (this.#take(LINE_END) !== undefined) continue;
      this.#take(BLANKS);
      const line = this.#line();
      const open = this.#take(/\[\[?/y);
      if (open !== undefined) {
        table = this.#key();
        this.#need(open === "[" ? /[ \t]*\]/y : /[ \t]*\]\]/y, "a table's name does not end");
        names.push({ path: table, line, is: "table" });
      } else {
        const path = [...table, ...this.#key()];
        this.#need(/[ \t]*=[ \t]*/y, "a key without a value");
        names.push({ path, line, is: "value" }, ...this.#value(path, 0));
      }
      this.#need(LINE_END, "something stands after the end of a value");
    }
    return names;
  }

  #line(): number {
    return this.#text.slice(0, this.#at).split("\n").length;
  }

  #fail(what: string): never {
    throw new Failure("unreadable-config", `${this.#path}:${this.#line()}: ${what}`, {
      exitCode: EXIT.usage,
      fix: "mend the file by hand, then run this again; nothing was changed",
    });
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #need(pattern: RegExp, otherwise: string): string {
    return this.#take(pattern) ?? this.#fail(`not TOML: ${otherwise}`);
  }

  #key(): string[] {
    const parts: string[] = [];
    do {
      this.#take(BLANKS);
      parts.push(this.#keyPart());
    } while (this.#take(/[ \t]*\./y) !== undefined);
    return parts;
  }

  #keyPart(): string {
    const bare = this.#take(BARE);
    if (bare !== undefined) return bare;
    const literal = this.#take(LITERAL);
    if (literal !== undefined) return literal.slice(1, -1);
    const basic = this.#need(BASIC, "a key was expected");
    return basic
      .slice(1, -1)
      .replace(/\\(?:x(..)|u(....)|U(.{8})|(.))/g, (_, ...[two, four, eight, one]: string[]) => {
        const code = two ?? four ?? eight;
        if (code === undefined) return one ?? "";
        const point = Number.parseInt(code, 16);
        return point > 0x10ffff
          ? this.#fail("not TOML: no such character")
          : String.fromCodePoint(point);
      });
  }

  /** Skips a value; the keys of inline tables in it are values of their own. */
  #value(path: readonly string[], depth: number): TomlName[] {
    if (depth > MOST_DEPTH) this.#fail("it is nested too deeply to read");
    for (const pattern of [LONG_BASIC, LONG_LITERAL, BASIC, LITERAL, PLAIN])
      if (this.#take(pattern) !== undefined) return [];
    if (this.#take(/\[/y) !== undefined)
      return this.#members("]", () => this.#value(path, depth + 1));
    this.#need(/\{/y, "a value was expected");
    return this.#members("}", () => {
      const line = this.#line();
      const inner = [...path, ...this.#key()];
      this.#need(/[ \t]*=[ \t]*/y, "a key without a value");
      return [{ path: inner, line, is: "value" }, ...this.#value(inner, depth + 1)];
    });
  }

  #members(end: "]" | "}", member: () => TomlName[]): TomlName[] {
    const names: TomlName[] = [];
    const close = end === "]" ? /\]/y : /\}/y;
    for (;;) {
      this.#take(SPACE);
      if (this.#take(close) !== undefined) return names;
      names.push(...member());
      this.#take(SPACE);
      if (this.#take(close) !== undefined) return names;
      this.#need(/,/y, `${end} or a comma was expected`);
    }
  }
}

/** Every name in the file. @throws Failure for what is no TOML that this reader knows */
export function tomlNames(path: string, text: string): TomlName[] {
  return new Reader(path, text).names();
}
