// The walk-through as the command line plays it, but for a person who is given the milliseconds that
// the second word says.

import { homedir } from "node:os";
import { Telling } from "../../src/demo/telling.ts";
import { walkThrough } from "../../src/demo/walk-through.ts";
import { findPerson } from "../../src/session/caller/person.ts";
import { openProcesses } from "../../src/system/open-processes.ts";

const [, , script = "", patience = ""] = process.argv;
const telling = new Telling({ markdown: false, brief: false, color: false });
const print = (text: string) => void process.stdout.write(text);

void walkThrough({
  env: process.env,
  executable: [process.execPath, script],
  signal: new AbortController().signal,
  findPerson: async (env) => {
    const world = { env, home: homedir(), processes: await openProcesses() };
    return (await findPerson(world, false)).present;
  },
  patienceMs: Number(patience),
  onStep: (number, title) => print(telling.heading(number, title)),
  onShown: (shown) => print(telling.command(shown)),
  onTurn: (command) => print(telling.turn(command)),
  onResult: (result) => print(telling.result(result)),
}).then((result) => {
  print(telling.summary(result));
  process.exitCode = result.ok ? 0 : 1;
});
