// Asks its session the same question many times. Usage: node program.cjs TIMES HOSTNAME
// Prints how often each answer came, as JSON.

import { claimFromSession, knock } from "../../src/session/caller/claim.ts";
import { procfs } from "../../src/system/processes-procfs.ts";
import { deletion } from "./operations.ts";

const [times = "1", hostname = ""] = process.argv.slice(2);
const world = { env: process.env, home: process.env.HOME ?? "/", processes: procfs() };

async function probe(): Promise<string> {
  const found = await knock(world);
  if (found.kind === "fact") return "reason" in found.fact ? found.fact.reason : "outside";
  const { fact } = await claimFromSession({
    ...found,
    world,
    operation: deletion("workspaces", hostname),
    type: "peek",
    lookUp: async () => ({}),
  });
  return "reason" in fact ? fact.reason : "outside";
}

async function main(): Promise<void> {
  const answers: Record<string, number> = {};
  for (let n = 0; n < Number(times); n++) {
    const answer = await probe();
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  process.stdout.write(JSON.stringify(answers));
}

void main();
