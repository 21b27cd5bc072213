// `holdfast approval courier`: not for people. gate/courier.ts starts it.

import { courierProcess } from "../gate/courier.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { CliContext } from "./context.ts";

/** Delivers notifications until none is left, or a signal ends it. */
export async function runCourierCommand(context: CliContext): Promise<ExitCode> {
  const stop = new AbortController();
  // Not `once`: the lock's library ends the process itself where it finds no other listener.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.on(signal, () => stop.abort());
  const { env, home } = context;
  await courierProcess({ env, home, signal: stop.signal });
  return EXIT.ok;
}
