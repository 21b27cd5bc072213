// Files that are wholly ours: the skill, and opencode's plugin.
//
// O1 The first line that says so carries a digest of the rest: a file that somebody has edited is not
//    replaced and not removed, and one that is not ours at all neither.

import { createHash } from "node:crypto";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";

const MARK = /holdfast harness install, ([0-9a-f]{16})/;

const digestOf = (text: string): string =>
  createHash("sha256").update(text.replace(MARK, "")).digest("hex").slice(0, 16);

/** The words of the line that says whose it is; `sealed` puts in the digest. */
export const MADE_BY = "made by holdfast harness install, 0000000000000000";

/** The text with its digest in it; it must hold `MADE_BY` once. */
export function sealed(text: string): string {
  return text.replace(MADE_BY, MADE_BY.replace(/0{16}$/, digestOf(text)));
}

/** Whose a text is. */
export function ownerOf(text: string): "ours" | "edited" | "foreign" {
  const digest = MARK.exec(text)?.[1];
  if (digest === undefined) return "foreign";
  return digest === digestOf(text) ? "ours" : "edited";
}

/** @throws Failure where the file is not ours to replace (O1) */
export function checkOwn(path: string, text: string): void {
  const owner = ownerOf(text);
  if (owner === "ours") return;
  const what =
    owner === "edited" ? "was edited by hand" : "is there already, and holdfast did not make it";
  throw new Failure("unreadable-config", `${path}:1: it ${what}`, {
    exitCode: EXIT.usage,
    fix: "move it away, then run this again; nothing was changed",
  });
}
