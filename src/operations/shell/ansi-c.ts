// `$'…'` as bash reads it: only the escapes that mean the same bytes in every locale.

const ONE: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
  ...{ "\\": "\\", "'": "'", '"': '"', "?": "?" },
};

/** Bash uses these two itself, inside of words; a NUL ends one. */
const OWN_TO_BASH = /[\0\x01\x7f]/;

/** The value, and the offset after the closing quote; undefined: it is left to bash. */
export function readAnsiC(text: string, from: number): { value: string; end: number } | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const bytes: number[] = [];
  let index = from;
  for (;;) {
    const character = characterAt(text, index);
    if (character === undefined) return undefined;
    if (character === "'") break;
    if (character !== "\\") {
      bytes.push(...Buffer.from(character));
      index += character.length;
      continue;
    }
    const read = readEscape(text, index + 1);
    if (read === undefined) return undefined;
    bytes.push(...read.bytes);
    index = read.end;
  }
  try {
    const value = decoder.decode(Uint8Array.from(bytes));
    return OWN_TO_BASH.test(value) || value.includes("\ufffd")
      ? undefined
      : { value, end: index + 1 };
  } catch {
    return undefined;
  }
}

function characterAt(text: string, index: number): string | undefined {
  const point = text.codePointAt(index);
  return point === undefined ? undefined : String.fromCodePoint(point);
}

/** What stands after the backslash. */
function readEscape(text: string, index: number): { bytes: number[]; end: number } | undefined {
  const rest = text.slice(index, index + 3);
  const one = ONE[Object.hasOwn(ONE, rest.charAt(0)) ? rest.charAt(0) : ""];
  if (one !== undefined) return { bytes: [one.charCodeAt(0)], end: index + 1 };
  const [digits = "", radix] = /^x[0-9A-Fa-f]{1,2}/.test(rest)
    ? ([/^x[0-9A-Fa-f]{1,2}/.exec(rest)?.[0].slice(1), 16] as const)
    : ([/^[0-7]{1,3}/.exec(rest)?.[0], 8] as const);
  if (digits === "") return undefined;
  const bytes = [Number.parseInt(digits, radix) & 0xff];
  return { bytes, end: index + digits.length + (radix === 16 ? 1 : 0) };
}
