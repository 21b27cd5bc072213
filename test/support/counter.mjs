// A command that writes down every signal it gets, and ends with 9 when a file `enough` appears.
// With the argument `die` it only says that it is there, and leaves the signals to the kernel.

import { appendFileSync, existsSync, writeFileSync } from "node:fs";

const [directory, mode] = process.argv.slice(2);
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
if (mode !== "die")
  for (const signal of SIGNALS)
    process.on(signal, () => appendFileSync(`${directory}/signals`, `${signal}\n`));
writeFileSync(`${directory}/ready`, `${process.pid} ${process.ppid}\n`);
setInterval(() => existsSync(`${directory}/enough`) && process.exit(9), 20);
