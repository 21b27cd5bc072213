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
import * as z from "zod";
import { ANY_AGENT, ASK, isAgentId, SECURITY } from "./allowlist.ts";
import type { Failure } from "./failure.ts";
import { type PolicyPart, partOf } from "./policy-combine.ts";
import { databaseProblem, holdsPassword, pathProblem, webhookProblem } from "./policy-address.ts";
import { parseDuration } from "./duration.ts";
import { isAboutKey, malformed, tellIssue } from "./policy-problem.ts";
import { whyDangerous } from "./policy-variables.ts";

/** Longest text of a policy file, in characters. */
export const LONGEST_POLICY = 64 * 1024;
/** Collections, documents and scalars that are open at the same time; a policy needs 9. */
const MOST_OPEN = 32;

const checked = (problem: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, {
    error: "a duration such as 90s, 15m, 24h",
  })
  .transform((text) => parseDuration(text) ?? 0);
const path = checked(pathProblem);

const store = z.union([
  z.literal("sqlite"),
  z
    .strictObject({ postgres: checked(databaseProblem), password_file: path.optional() })
    .refine(
      ({ postgres, password_file }) =>
        password_file === undefined ||
        databaseProblem(postgres) !== undefined ||
        !holdsPassword(postgres),
      {
        error: "a mapping with one password: in the URL or in password_file",
      },
    ),
]);

const webhook = z.strictObject({
  url: checked(webhookProblem),
  secret_file: path,
  after: duration.optional(),
});

const webhooks = z
  .array(webhook)
  .max(20)
  .superRefine((all, context) => {
    const urls = all.map(({ url }) => url);
    const twice = urls.findIndex((url, index) => urls.indexOf(url) < index);
    if (twice !== -1)
      context.addIssue({
        code: "custom",
        message: "a URL of its own: it is there twice",
        path: [twice, "url"],
      });
  });

const variable = checked((name) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
    return "the name of a variable, such as AWS_PROFILE";
  const why = whyDangerous(name);
  return why === undefined ? undefined : `a variable that commands may be given (${why})`;
});

const knobs = z.strictObject({
  security: z.enum(SECURITY).optional(),
  ask: z.enum(ASK).optional(),
  fallback: z.enum(SECURITY).optional(),
});

const agent = checked((name) =>
  name === ANY_AGENT || isAgentId(name)
    ? undefined
    : "an agent's id (lower-case letters, digits, . _ -), or * for any",
);

const schema = z.strictObject({
  version: z.literal(1),
  approvals: z
    .strictObject({
      store: store.optional(),
      approvers: z.int().min(1).max(10).optional(),
      wait_for_answer: duration.optional(),
      use_within: duration.optional(),
      webhooks: webhooks.optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      pass: z.array(variable).max(200).optional(),
      defaults: knobs.optional(),
      agents: z.record(agent, knobs).optional(),
    })
    .optional(),
});

/** A policy file's content, checked; durations in milliseconds. */
export type PolicyDocument = z.output<typeof schema>;

/** Reads the text of a policy file. @throws Failure `policy-malformed`: file, line, what, what to write */
export function parsePolicy(text: string, file: string): PolicyPart {
  const lines = new LineCounter();
  const refuse = (offset: number, what: string, fix: string): Failure =>
    malformed(file, Math.max(1, lines.linePos(offset).line), what, fix);
  if (text.length > LONGEST_POLICY) throw refuse(0, "it is too long", "write less than 64 KiB");
  const document = compose(text, lines, refuse);
  const value = plainValue(document, refuse);
  const read = schema.safeParse(value);
  if (read.success) return partOf(read.data, file);
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
    throw refuse(offset, problem.message.split("\n")[0] ?? "it is no YAML", "write plain YAML");
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
