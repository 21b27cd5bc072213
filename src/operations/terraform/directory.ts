// Where a root module may be.

import { realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

/** Whether `path` is `directory` or below it; both absolute, symbolic links followed. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === sep ? sep : `${directory}${sep}`);
}

/**
 * The directory that `typed` means (`cwd` where nothing was typed), symbolic links followed.
 *
 * @param roots absolute; none: only what is in `cwd`
 * @throws Failure `no-directory`; `outside-roots`, which names them
 */
export function rootModuleDirectory(
  typed: string | undefined,
  { cwd, roots }: { readonly cwd: string; readonly roots: readonly string[] },
): string {
  const directory = realDirectory(resolve(cwd, typed ?? "."));
  const allowed = roots.length === 0 ? [cwd] : roots;
  if (directory === undefined)
    throw new Failure("no-directory", `there is no directory ${JSON.stringify(typed ?? cwd)}`, {
      exitCode: EXIT.usage,
      fix: `name a directory below ${allowed.join(" or ")}`,
    });
  const real = allowed.map(realDirectory).filter((each) => each !== undefined);
  if (real.some((each) => isWithin(directory, each))) return directory;
  throw new Failure(
    "outside-roots",
    `${directory} is in none of the gateway's Terraform roots (${allowed.join(" ")})`,
    {
      exitCode: EXIT.refused,
      fix: "name a directory below one of them; a person may add one to the policy",
    },
  );
}

function realDirectory(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
