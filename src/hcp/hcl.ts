// A person's own HCL, read strictly. The only way to the parser, which is large and slow to load
// and has habits that must not spread:
//
// P1 It reports malformed input as an empty error and never throws for it: we do, naming the file.
// P2 Deep nesting overflows its stack, and every later parse of the process fails: what is nested
//    too deep is refused unread, and after an overflow nothing is parsed any more.
// P3 It sets Error.stackTraceLimit and globalThis.require: both are put back.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { nestingDepth } from "./hcl-depth.ts";

const MAX_DEPTH = 64;
const MAX_CHARACTERS = 1024 * 1024;

let overflowed = false;

/**
 * The blocks and attributes of an HCL file. A block is an array of objects, below its labels; an
 * expression that is not a literal is a string that starts with `${`.
 *
 * @throws Failure `malformed-hcl`, naming the file
 */
export async function parseHcl(text: string, fileName: string): Promise<unknown> {
  if (text.length > MAX_CHARACTERS) throw malformed(fileName, "is larger than 1 MiB");
  if (overflowed || nestingDepth(text) > MAX_DEPTH) throw malformed(fileName, "is nested too deep");
  const [value, error] = await parse(text, fileName);
  if (error === null && typeof value === "object" && value !== null) return value;
  throw malformed(fileName, "is not valid HCL");
}

async function parse(text: string, fileName: string): Promise<readonly [unknown, unknown]> {
  const restore = rememberGlobals();
  try {
    const { parseToObject } = await import("./hcl-parser.ts");
    return parseToObject(text);
  } catch (error) {
    overflowed = true;
    throw malformed(fileName, "could not be read", error);
  } finally {
    restore();
  }
}

function rememberGlobals(): () => void {
  const { stackTraceLimit } = Error;
  const required = Object.getOwnPropertyDescriptor(globalThis, "require");
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    if (required === undefined) Reflect.deleteProperty(globalThis, "require");
    else Object.defineProperty(globalThis, "require", required);
  };
}

function malformed(fileName: string, why: string, cause?: unknown): Failure {
  const fix = "correct the file; terraform fmt shows where it is wrong";
  return new Failure("malformed-hcl", `${fileName} ${why}`, { exitCode: EXIT.usage, fix, cause });
}
