// The person's terminal, whatever stdin and stdout are connected to.
//
// T2 Only the controlling terminal is asked: a pipe or a file cannot answer.
// T3 What was typed before the question is thrown away.

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
    output.write(text(output.columns || 80));
    return await readLine(input, output, question);
  } finally {
    input.destroy();
    output.destroy();
  }
}

async function dropTypeAhead(input: ReadStream): Promise<void> {
  // In raw mode unfinished lines can be read too.
  input.setRawMode(true);
  input.on("data", () => {});
  await new Promise((resolve) => setTimeout(resolve, TYPE_AHEAD_MS));
  input.removeAllListeners("data");
  input.pause();
  input.setRawMode(false);
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
