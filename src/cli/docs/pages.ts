// The generated pages: written, or compared with what is there.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { policyJsonSchema } from "../../policy/policy-schema-json.ts";
import { classesPage } from "./classes.ts";
import { commandsPage } from "./commands.ts";
import { policyPage } from "./policy.ts";
import { reasonsPage } from "./reasons.ts";

/** Every generated page, by the name of its file below docs/. */
export function generatedPages(program: Command): Readonly<Record<string, string>> {
  return {
    "commands.md": commandsPage(program),
    "reasons.md": reasonsPage(),
    "classes.md": classesPage(),
    "policy.md": policyPage(),
    "policy.schema.json": `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The pages below `directory` that are missing, or not what the program says. */
function stalePages(program: Command, directory: string): { path: string; text: string }[] {
  return Object.entries(generatedPages(program))
    .map(([file, text]) => ({ path: join(directory, file), text }))
    .filter(({ path, text }) => read(path) !== text);
}

/** Writes the pages that differ; returns their paths. */
export function writePages(program: Command, directory: string): string[] {
  mkdirSync(directory, { recursive: true });
  const stale = stalePages(program, directory);
  for (const { path, text } of stale) writeFileSync(path, text);
  return stale.map(({ path }) => path);
}

/** @throws Failure, exit 1, naming the pages that differ from what the program says */
export function checkPages(program: Command, directory: string): void {
  const stale = stalePages(program, directory);
  if (stale.length === 0) return;
  const paths = stale.map(({ path }) => path).join(", ");
  throw new Failure("docs-drift", `not what the program says: ${paths}`, {
    exitCode: EXIT.usage,
    fix: "npm run docs",
  });
}
