#!/usr/bin/env node
// The executable. Every nested delete pays for its start, so it loads only the part of the command
// line that the first word asks for, with the code that V8 compiled when holdfast was built.
// build.mjs makes the parts and the compiled code; docs/adr/0003-start-up.md has the figures.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

const PARTS: ReadonlyMap<string, string> = new Map([
  ["api", "main-api"],
  ["harness", "main-harness"],
]);

const [first = "", second] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
// Of `harness`, only `exec` is started often.
const part =
  (first !== "harness" || second === "exec" ? PARTS.get(first) : undefined) ?? "main-all";

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(join(__dirname, file));
  } catch {
    return undefined;
  }
}

// The parts are ASCII, so latin1 reads them too, sooner. V8 checks that the compiled code belongs to this version of itself and to this source, and
// compiles the source as usual where it does not.
const filename = join(__dirname, `${part}.cjs`);
const cachedData = read(`${part}.v8`);
const script = new Script(
  `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "latin1")}\n})`,
  { filename, ...(cachedData === undefined ? {} : { cachedData }) },
);
script.runInThisContext()({}, require, {}, filename, __dirname);
