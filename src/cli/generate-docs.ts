// An executable of its own, for the project: `npm run docs` writes the generated pages, `npm run
// docs:check` (--check) fails where one differs.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { VERSION } from "../version.ts";
import { checkPages, writePages } from "./docs/pages.ts";
import { buildProgram } from "./program.ts";
import { failureText } from "../gate/report.ts";

const { env, stdin, stdout, stderr } = process;
const program = buildProgram(
  { env, stdin, stdout, stderr, cwd: process.cwd(), home: "", version: VERSION },
  () => {},
);

function main(words: readonly string[]): number {
  const directory = "docs";
  const unknown = words.find((word) => word !== "--check");
  if (unknown !== undefined)
    throw new Failure("usage", `${unknown}: the only flag is --check`, { exitCode: EXIT.usage });
  if (words.includes("--check")) checkPages(program, directory);
  else for (const path of writePages(program, directory)) stdout.write(`${path}\n`);
  return EXIT.ok;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  stderr.write(failureText(error));
  process.exitCode = error.exitCode;
}
