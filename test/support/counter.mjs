// A command that writes down every signal it gets, and ends with 9 when a file `enough` appears.
// With the argument `die` it only says that it is there, and leaves the signals to the kernel.

import { appendFileSync, closeSync, existsSync, writeFileSync } from "node:fs";

const [directory, mode] = process.argv.slice(2);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
if (mode !== "die")
  for (const signal of SIGNALS)
    process.on(signal, () => appendFileSync(`${directory}/signals`, `${signal}\n`));
writeFileSync(`${directory}/ready`, `${process.pid} ${process.ppid}\n`);
setInterval(() => {
  // Without its directory the tests have ended before it.
  if (existsSync(directory) && !existsSync(`${directory}/enough`)) return;
  // Node aborts at its end where its terminal has hung up, unless it is closed.
  for (const descriptor of [0, 1, 2]) closeSync(descriptor);
  process.exit(9);
}, 20);
