// What bash runs for a text: bash itself says so. It is restricted, and finds no program at all: every
// command that is no builtin comes to a function that prints its words. Nothing is ever executed.

import { spawn } from "node:child_process";

const DRIVER = `
command_not_found_handle() { printf '%s\\0' "$#" "$@"; }
while IFS= read -r -d '' text; do
  eval -- "$text"
  printf '=\\0'
done
`;

/** The commands that bash would run for each text, in order; undefined: it did not survive the text. */
export function bashRuns(
  texts: readonly string[],
  locale = "C.UTF-8",
): Promise<readonly (readonly (readonly string[])[] | undefined)[]> {
  const child = spawn("/bin/bash", ["--noprofile", "--norc", "-r", "-c", DRIVER], {
    cwd: "/",
    env: { PATH: "/nonexistent", LC_ALL: locale },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(texts.map((each) => `${each}\0`).join(""));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const tokens = Buffer.concat(chunks).toString("utf8").split("\0");
      resolve(readRecords(tokens, texts.length));
    });
  });
}

function readRecords(
  tokens: readonly string[],
  count: number,
): ((readonly string[])[] | undefined)[] {
  const all: ((readonly string[])[] | undefined)[] = [];
  let index = 0;
  while (all.length < count) {
    const commands: (readonly string[])[] = [];
    let token = tokens[index++];
    while (token !== undefined && token !== "=") {
      const words = /^\d+$/.test(token) ? Number(token) : 0;
      // What a builtin prints is no record: it stands there as words that nobody expects.
      commands.push(words === 0 ? [`printed: ${token}`] : tokens.slice(index, index + words));
      index += words;
      token = tokens[index++];
    }
    all.push(token === undefined ? undefined : commands);
  }
  return all;
}

export interface Difference {
  readonly text: string;
  readonly argv: readonly string[];
  readonly bash: readonly (readonly string[])[] | undefined;
}

/**
 * Where bash would run something else than `argv`, or something besides.
 *
 * A name with a slash is looked for nowhere, and a restricted bash runs none: such a text is given to
 * another command as its words.
 */
export async function differences(
  read: readonly { readonly text: string; readonly argv: readonly string[] }[],
  locale?: string,
): Promise<Difference[]> {
  const asked = read.map(({ text, argv }) => {
    const isPath = argv[0]?.includes("/") === true;
    return isPath
      ? {
          text: `probe ${text.replace(/^(?:[ \t\n]|#[^\n]*(?:\n|$)|\\\n)*/, "")}`,
          argv: ["probe", ...argv],
        }
      : { text, argv };
  });
  const ran = await bashRuns(
    asked.map(({ text }) => text),
    locale,
  );
  return asked.flatMap(({ text, argv }, index) => {
    const bash = ran[index];
    return JSON.stringify(bash) === JSON.stringify([argv]) ? [] : [{ text, argv, bash }];
  });
}
