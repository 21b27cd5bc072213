// A process that changes an allowlist as it is told, one change for each line on stdin:
//
//   add AGENT PATTERN     remove ID
//
// and says what came of it in one line of JSON, which it prints only when the change is made. With
// `stop N` on its command line it kills itself before the Nth step of its first change.

import { createInterface } from "node:readline";
import { addEntry, removeEntry } from "../../src/grants/allowlist/write.ts";

const [directory = "", stop] = process.argv.slice(2);
let steps = 0;

const watch = {
  onStep: (): void => {
    steps++;
    // SIGKILL cannot be waited for, nor put off: the next step does not happen.
    if (steps === Number(stop)) process.kill(process.pid, "SIGKILL");
  },
};

async function obey(line: string): Promise<object> {
  const [verb, one = "", other = ""] = line.split(" ");
  if (verb === "remove")
    return { removed: one, found: (await removeEntry(directory, one, watch)) !== undefined };
  const { entry, isNew } = await addEntry(
    directory,
    one,
    { pattern: other, origin: "added" },
    watch,
  );
  return { added: entry.id, pattern: entry.pattern, isNew, steps };
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await obey(line).catch((error) => ({ code: error.code, failed: error.message }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void main();
