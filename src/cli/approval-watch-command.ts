// Brings `approval watch` its world: the store, the courier, the terminal, and the signals that end it.

import { openDesk } from "../gate/answer.ts";
import { courierIn } from "../gate/courier.ts";
import type { ExitCode } from "../policy/exit-code.ts";
import { openProcesses } from "../system/open-processes.ts";
import { watchApprovals } from "./approval-watch.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** Watches until Ctrl-C, which ends it with 0. */
export async function runApprovalWatch(
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { env, home, stdout } = context;
  const store = await openDesk({ env, home, processes: await openProcesses() }, true);
  if (store === undefined) throw new Error("the store was to be made");
  const stop = new AbortController();
  const end = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    return await watchApprovals({
      store,
      out: stdout,
      env,
      courier: (signal) => courierIn(store, { env, home, signal }),
      signal: stop.signal,
      isTerminal: stdout.isTTY === true,
      json: globals.json,
      quiet: globals.quiet,
    });
  } finally {
    for (const signal of signals) process.off(signal, end);
    await store.close();
  }
}
