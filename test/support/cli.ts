// The command line in the test's own process: for properties that try thousands of command lines.

import { Readable, Writable } from "node:stream";
import { buildProgram } from "../../src/cli/program.ts";
import { runCli } from "../../src/cli/run.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Kept extends Writable {
  text = "";

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** Runs `holdfast WORDS` with nothing on stdin. */
export async function runInProcess(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<Ran> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const context = {
    env,
    cwd: directory,
    home: directory,
    stdin: Readable.from([]),
    stdout,
    stderr,
    version: "0.0.0",
  };
  const code = await runCli(words, context, buildProgram);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
