// `holdfast approval courier`: not for people. gate/courier.ts starts it.

import { courierProcess } from "../gate/courier.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { CliContext } from "./context.ts";

/** Delivers notifications until none is left, or a signal ends it. */
export async function runCourierCommand(context: CliContext): Promise<ExitCode> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.once(signal, () => stop.abort());
  const { env, home } = context;
  await courierProcess({ env, home, signal: stop.signal });
  return EXIT.ok;
}
