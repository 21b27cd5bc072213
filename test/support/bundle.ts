// Programs that tests start as processes of their own: written in TypeScript like the tests, and
// bundled, because Node 20 runs no TypeScript.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

export interface Bundle {
  /** The program, for `node`. */
  readonly file: string;
  remove(): void;
}

/** Bundles a TypeScript file, its path from the project's root. */
export function bundle(source: string): Bundle {
  const directory = mkdtempSync(join(tmpdir(), "hfp-"));
  const file = join(directory, "program.cjs");
  buildSync({
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
  });
  return { file, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
