// A process that wants the key of commands several times at once, and prints what it got.

import { commandKey } from "../../src/gate/command-key.ts";

void Promise.all(Array.from({ length: 5 }, () => commandKey(process.env, "/"))).then((keys) =>
  process.stdout.write(keys.map((key) => key.toString("hex")).join("\n")),
);
