// Whether what we print as `holdfast` would be found.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The first executable named holdfast on PATH; undefined where there is none. */
export function holdfastOnPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  const name = platform === "win32" ? "holdfast.cmd" : "holdfast";
  const directories = (env.PATH ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.map((each) => join(each, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
