// Secrets are kept out of the log by their values, however they are spelt.
//
// V1 A value is found as it is, percent-encoded (any characters of it, in either case), escaped as
//    in JSON, in hexadecimal, and in base64, also where it is only a part of what was encoded.
// V2 The longest value goes first, so that no half of a secret stays.

/** Replaces what is secret in a text. */
export type Redactor = (text: string) => string;

export const REDACTED = "[redacted]";

/** A shorter value would be found in everything. */
const SHORTEST = 8;

const SECRET_NAME =
  /TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|PASSCODE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|MASTER_?KEY|AUTHORIZATION|BEARER|COOKIE|HOLDFAST_EXEC_SESSION|^TF_VAR_|^PGPASS/i;

/** Tokens of HCP Terraform show by their form, whoever's environment they are in. */
const HCP_TOKEN = /[A-Za-z0-9]{8,}\.atlasv1\.[A-Za-z0-9_-]{20,}/g;

/** A redactor for the values of `env` whose names look secret, and for `more`. */
export function createRedactor(
  env: Readonly<Record<string, string | undefined>>,
  more: readonly string[],
): Redactor {
  const values = new Set([...secretsOf(env), ...more].flatMap(withLines).filter(isLongEnough));
  const longestFirst = [...values].sort((one, other) => other.length - one.length);
  const patterns = longestFirst.map((value) => ({
    // No form is shorter than the value, and most texts are.
    length: value.length,
    pattern: new RegExp(formsOf(value).join("|"), "g"),
  }));
  return (text) => {
    let left = text;
    for (const { length, pattern } of patterns)
      if (text.length >= length) left = left.replace(pattern, REDACTED);
    return left.includes("atlasv1") ? left.replace(HCP_TOKEN, REDACTED) : left;
  };
}

const isLongEnough = (value: string): boolean => value.length >= SHORTEST;

function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => [
    ...(SECRET_NAME.test(name) ? [value, value.trim()] : []),
    // A database or a proxy is often given with its password.
    ...[...value.matchAll(/\/\/[^/?#\s:@]*:([^/?#\s@]+)@/g)].flatMap(([, password = ""]) => [
      password,
      decoded(password),
    ]),
  ]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A key of several lines is also found line by line. */
const withLines = (value: string): string[] => [
  value,
  ...value.split(/\r?\n/).filter((line) => line.length >= 2 * SHORTEST),
];

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes
    .toString("hex")
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return [spelt(value), ...[0, 1, 2].map((shift) => base64Form(bytes, shift)), hex];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Any character of it as it is, percent-encoded, or as JSON may write it. */
const spelt = (text: string): string => [...text].map(spellings).join("");

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
};

function spellings(character: string): string {
  const percent = [...Buffer.from(character)].map(
    (byte) => `%${byte.toString(16).padStart(2, "0")}`,
  );
  const units = [...Array(character.length).keys()].map(
    (index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  );
  const short = SHORT_ESCAPES[character];
  const forms = [
    short ?? "",
    anyCase(units.join("")),
    anyCase(percent.join("")),
    escaped(character),
  ];
  if (short !== undefined) forms[0] = escaped(short);
  if (character === " ") forms.push("\\+");
  return `(?:${forms.filter((form) => form !== "").join("|")})`;
}

/** Hexadecimal digits in either case, the rest as it is. */
const anyCase = (text: string): string =>
  escaped(text).replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/**
 * The base64 of whatever contains the bytes at an offset of `shift` modulo 3: the characters that
 * depend on nothing else, and the one at either end that depends on them in part.
 */
function base64Form(bytes: Buffer, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
  const first = [0, 2, 3][shift] ?? 0;
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  const core = [...encoded.slice(first, last)].map(base64Character).join("");
  const partial = "[A-Za-z0-9+/_-]?";
  const isPartialEnd = ((shift + bytes.length) * 8) % 6 !== 0;
  return `${shift === 0 ? "" : partial}${core}${isPartialEnd ? `${partial}(?:=|%3[dD]){0,2}` : ""}`;
}

function base64Character(character: string): string {
  if (character === "+") return "(?:[+-]|%2[bB])";
  if (character === "/") return "(?:[/_]|%2[fF]|\\\\/)";
  return character;
}
