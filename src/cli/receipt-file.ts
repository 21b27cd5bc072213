// Where --receipt may write: found out before the session starts, not when it ends.

import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";

function refuse(message: string): never {
  throw new Failure("receipt-file", `--receipt: ${message}`, {
    exitCode: EXIT.usage,
    fix: "--receipt=FILE, in a directory that is there and that you can write to",
  });
}

/** Checks that `file` can be written later. @throws Failure that names --receipt */
export function checkReceiptFile(file: string, cwd: string): void {
  if (file === "") refuse("names no file");
  const path = resolve(cwd, file);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) refuse(`${path} is not a file`);
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    if (error instanceof Failure) throw error;
    refuse(`${path} cannot be written`);
  }
}
