// Whether a command is holdfast itself, doing what it gates by itself or what only looks. A hook that
// asked about those too would ask twice, and where an agent cannot ask nothing would be left to it.

import { realpathSync } from "node:fs";
import type { CommandRequest } from "../policy/operation.ts";

/** What is below each; `any`: all of it. */
const HARMLESS: Readonly<Record<string, readonly string[] | "any">> = {
  api: "any",
  gate: "any",
  explain: "any",
  doctor: "any",
  policy: "any",
  audit: ["list", "verify"],
  session: ["list", "show"],
  approval: ["list", "show"],
  allowlist: ["list"],
  harness: ["list"],
};

/**
 * Whether it is. By what the name leads to: anybody can call something else holdfast.
 *
 * @param script the file that this process runs
 */
export function isOwnCommand(
  { executable, args }: Pick<CommandRequest, "executable" | "args">,
  script: string,
): boolean {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const [first = "", second = ""] = own.filter((word) => !word.startsWith("-"));
  const below = Object.hasOwn(HARMLESS, first) ? HARMLESS[first] : undefined;
  if (below === undefined || (below !== "any" && !below.includes(second))) return false;
  try {
    return realpathSync(executable) === realpathSync(script);
  } catch {
    return false;
  }
}
