// One policy file: its text, read strictly. Only loaded where there is one: it brings a YAML parser.
//
// Y1 What is not understood to the last key is an error that names file and line: a rule that is
//    skipped would look like one that holds.
// Y2 YAML 1.2 without what makes a file mean something else than it seems to: no anchors or aliases,
//    no tags, no directives, one document, keys that are strings, each once.
// Y3 Whatever the text, the parser's time and stack are bounded: by its length, and by the depth of
//    what is still open, which is looked at before anything recurses into it.

import {
  Composer,
  type Document,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
} from "yaml";
import type { CST } from "yaml";
import type { Failure } from "./failure.ts";
import { type PolicyPart, partOf } from "./policy-part.ts";
import { isAboutKey, malformed, tellIssue } from "./policy-problem.ts";
import { policySchema } from "./policy-schema.ts";

/** Longest text of a policy file, in characters. */
export const LONGEST_POLICY = 64 * 1024;
/** Collections, documents and scalars that are open at the same time; a policy needs 9. */
const MOST_OPEN = 32;

/** Reads the text of a policy file. @throws Failure `policy-malformed`: file, line, what, what to write */
export function parsePolicy(text: string, file: string): PolicyPart {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const refuse = (offset: number, what: string, fix: string): Failure =>
    malformed(file, lineAt(offset), what, fix);
  if (text.length > LONGEST_POLICY) throw refuse(0, "it is too long", "write less than 64 KiB");
  const document = compose(text, lines, refuse);
  const value = plainValue(document, refuse);
  const read = policySchema.safeParse(value);
  if (read.success)
    return partOf(read.data, {
      file,
      lineOf: (path) => lineAt(offsetOf(document, path)),
      refuse: (path, what, fix) => refuse(offsetOf(document, path), what, fix),
    });
  const { issues } = read.error;
  const aboutKeys = issues.filter(isAboutKey);
  const found = (aboutKeys.length > 0 ? aboutKeys : issues)
    .map((issue) => tellIssue(issue, value))
    .map((told) => ({ ...told, offset: offsetOf(document, told.path) }))
    .sort((one, other) => one.offset - other.offset);
  const [first] = found;
  throw refuse(first?.offset ?? 0, first?.what ?? "it is no policy", first?.fix ?? "mend it");
}

type Refuse = (offset: number, what: string, fix: string) => Failure;

function compose(text: string, lines: LineCounter, refuse: Refuse): Document.Parsed {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  const [document, another] = [
    ...composer.compose(shallowTokens(text, lines, refuse), true, text.length),
  ];
  if (document === undefined) throw refuse(0, "it is empty", "write version: 1");
  if (another !== undefined)
    throw refuse(another.range[0], "a second document starts here", "keep one document");
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const [offset] = problem.pos;
    if (problem.code === "DUPLICATE_KEY") throw refuse(offset, "a key is there twice", "keep one");
    const [what = "it is no YAML"] = problem.message.split("\n");
    throw refuse(offset, what, "mend this line: blanks before it, its colon, its quotes");
  }
  return document as Document.Parsed;
}

/** The parser's tokens, as long as not too much is open (Y3). */
function* shallowTokens(text: string, lines: LineCounter, refuse: Refuse): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  let read = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) yield strictToken(token, refuse);
    if (parser.stack.length > MOST_OPEN)
      throw refuse(read, "it is nested too deeply", "write less");
    read += lexeme.length;
  }
  for (const token of parser.end()) yield strictToken(token, refuse);
}

function strictToken(token: CST.Token, refuse: Refuse): CST.Token {
  if (token.type === "directive")
    throw refuse(token.offset, "it has a % directive", "leave it out");
  return token;
}

function plainValue(document: Document.Parsed, refuse: Refuse): unknown {
  visit(document, (_, node) => {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    if (isScalar(node) && node.value === "__proto__")
      throw refuse(offset, "it has the word __proto__", "write another name");
    if (!isNode(node)) return;
    if ("anchor" in node && node.anchor !== undefined)
      throw refuse(offset, `it has the anchor &${node.anchor}`, "write the value itself");
    if ("source" in node && !("value" in node))
      throw refuse(offset, `it has the alias *${String(node.source)}`, "write the value itself");
    if (node.tag !== undefined)
      throw refuse(offset, `it has the tag ${node.tag}`, "leave the tag out");
  });
  return document.toJS({ maxAliasCount: 0 });
}

/** Where the value at a place starts, or its key where there is no value; else what holds it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)));
    if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  const node = document.getIn(path, true);
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}
