// The person's terminal, whatever stdin and stdout are connected to.
//
// T2 Only the controlling terminal is asked: a pipe or a file cannot answer.
// T3 What was typed before the question is thrown away.
// T4 A secret is not echoed, not kept, and on no command line: it goes from the keys to the caller.

import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import { ReadStream, WriteStream } from "node:tty";

/** How long to collect what was typed ahead, in milliseconds. */
const TYPE_AHEAD_MS = 50;

/** A typed line, or that the person pressed Ctrl-C, or that the terminal ended. */
export type TypedAnswer =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "interrupted" }
  | { readonly kind: "end" };

/**
 * Shows a text and `question` on the controlling terminal and reads one line. Throws without one.
 * `text` is told how many columns the terminal has.
 */
export async function askAtTerminal(
  text: (columns: number) => string,
  question: string,
): Promise<TypedAnswer> {
  const input = new ReadStream(openSync("/dev/tty", "r+"));
  const output = new WriteStream(openSync("/dev/tty", "r+"));
  try {
    await dropTypeAhead(input);
    input.setRawMode(false);
    output.write(text(output.columns || 80));
    return await readLine(input, output, question);
  } finally {
    input.destroy();
    output.destroy();
  }
}

/** Asks `question` on the controlling terminal and reads one line unseen (T4). Throws without one. */
export async function askSecretAtTerminal(question: string): Promise<TypedAnswer> {
  const input = new ReadStream(openSync("/dev/tty", "r+"));
  const output = new WriteStream(openSync("/dev/tty", "r+"));
  try {
    await dropTypeAhead(input);
    output.write(question);
    const typed = await readSecret(input);
    output.write("\n");
    return typed;
  } finally {
    if (!input.destroyed) input.setRawMode(false);
    input.destroy();
    output.destroy();
  }
}

/** Leaves the terminal in raw mode, in which unfinished lines can be read too, and nothing is echoed. */
async function dropTypeAhead(input: ReadStream): Promise<void> {
  input.setRawMode(true);
  input.on("data", () => {});
  await new Promise((resolve) => setTimeout(resolve, TYPE_AHEAD_MS));
  input.removeAllListeners("data");
  input.pause();
}

/** No secret that people type is longer, in characters. */
const LONGEST_SECRET = 256;

/** Reads keys until Enter; the terminal is in raw mode, so this is what erases and interrupts. */
function readSecret(input: ReadStream): Promise<TypedAnswer> {
  let text = "";
  return new Promise((resolve) => {
    const end = () => resolve({ kind: "end" });
    input.once("error", end).once("close", end);
    input.on("data", (keys) => {
      for (const key of keys.toString()) {
        if (key === "\r" || key === "\n") return resolve({ kind: "line", text });
        if (key === "\x03") return resolve({ kind: "interrupted" });
        if (key === "\x04") return end();
        text = afterKey(text, key);
      }
    });
    input.resume();
  });
}

/** What stands there after one more key: Backspace erases a character, Ctrl-U all. */
function afterKey(text: string, key: string): string {
  if (key === "\x7f" || key === "\b") return text.slice(0, -1);
  if (key === "\x15") return "";
  return key < " " || text.length >= LONGEST_SECRET ? text : text + key;
}

function readLine(input: ReadStream, output: WriteStream, question: string): Promise<TypedAnswer> {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  return new Promise((resolve) => {
    lines.once("SIGINT", () => resolve({ kind: "interrupted" }));
    lines.once("close", () => resolve({ kind: "end" }));
    lines.question(question, (text) => resolve({ kind: "line", text }));
  }).then((answer) => {
    const typed = answer as TypedAnswer;
    lines.close();
    // Nobody pressed Enter: what is printed next starts on a line of its own.
    if (typed.kind !== "line") output.write("\n");
    return typed;
  });
}
