// What a gateway must not start with. Each is a process of its own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProgramEnding } from "../../gate/executors/program.ts";
import { allOf, type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import { runHoldfast, type Stage, serveWords } from "./stage.ts";

/** It ended with 1 at once, and said so. */
function refusedToStart({ exitCode, stdout, stderr }: ProgramEnding, says: string): Verdict {
  const said = stderr.trim().split("\n")[0] ?? "";
  if (exitCode !== 1) return failed(`it ended with ${exitCode ?? "a signal"}, not with 1: ${said}`);
  if (stdout !== "") return failed("it said something to the client all the same");
  if (!stderr.includes(says)) return failed(`it does not say ${says}: ${said}`);
  return passed(`exit 1: ${said}`);
}

const BROKEN: Readonly<Record<string, readonly [text: string, line: number]>> = {
  "unknown-key.yaml": ["version: 1\nenvironments:\n  dev:\n    chanegs: ask\n", 4],
  "unknown-environment.yaml": ["version: 1\nenvironments:\n  production:\n    changes: ask\n", 3],
  "twice.yaml": ["version: 1\nirreversible: [vars]\nirreversible: [runs]\n", 3],
};

async function malformed(stage: Stage): Promise<Verdict> {
  const verdicts = Object.entries(BROKEN).map(async ([name, [text, line]]) => {
    const file = join(stage.place.scratch.directory, name);
    writeFileSync(file, text, { mode: 0o600 });
    const ending = await runHoldfast(stage, [...serveWords(stage), "--policy", file]);
    return refusedToStart(ending, `${file}:${line}`);
  });
  return allOf(await Promise.all(verdicts));
}

async function missingPolicy(stage: Stage): Promise<Verdict> {
  const file = join(stage.place.scratch.directory, "not-there.yaml");
  const ending = await runHoldfast(stage, [...serveWords(stage), "--policy", file]);
  return refusedToStart(ending, file);
}

async function unknownEnvironment(stage: Stage): Promise<Verdict> {
  const { directory } = stage.place.scratch;
  const serve = ["gateway", "serve", "--rehearsal", directory];
  return allOf([
    refusedToStart(await runHoldfast(stage, serve), "environment"),
    refusedToStart(await runHoldfast(stage, [...serve, "-e", "bogus"]), "bogus"),
    refusedToStart(await runHoldfast(stage, [...serve, "-e", "production"]), "prod"),
  ]);
}

const CHECKS: readonly Check[] = [
  { id: "policy-malformed", name: "a malformed policy does not start", run: malformed },
  { id: "policy-missing", name: "nor does one that is not there", run: missingPolicy },
  { id: "environment", name: "nor an environment nobody knows", run: unknownEnvironment },
];

/** The checks. */
export const START: CheckGroup = { title: "start", checks: CHECKS };
