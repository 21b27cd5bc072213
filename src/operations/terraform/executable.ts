// Which terraform runs.

import { isAbsolute } from "node:path";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { findProgram, isReplaceable, pathEntries } from "../command/program.ts";
import { programDigest } from "./file-digest.ts";

export interface Terraform {
  /** Absolute, symbolic links followed. */
  readonly executable: string;
  /** SHA-256, hex. */
  readonly digest: string;
}

/**
 * The one that policy names; else the first on PATH that the agent could not have put there, else the
 * first at all: its digest is part of what is decided on.
 *
 * @throws Failure `no-terraform`
 */
export function findTerraform(configured: string | undefined, path: string | undefined): Terraform {
  const executable = configured === undefined ? onPath(pathEntries(path).kept) : named(configured);
  if (executable === undefined)
    throw new Failure(
      "no-terraform",
      configured === undefined
        ? "there is no terraform on the gateway's PATH"
        : `${configured}, which the policy names as terraform, is no program`,
      {
        exitCode: EXIT.usage,
        fix: "a person installs Terraform, or names it in the policy (terraform.executable)",
      },
    );
  return { executable, digest: programDigest(executable) };
}

function named(path: string): string | undefined {
  return isAbsolute(path) ? findProgram(path, "/", [])?.executable : undefined;
}

function onPath(directories: readonly string[]): string | undefined {
  const found = directories.flatMap(
    (each) => findProgram("terraform", "/", [each])?.executable ?? [],
  );
  return found.find((each) => !isReplaceable(each)) ?? found[0];
}
