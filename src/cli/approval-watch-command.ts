// Brings `approval watch` its world: the store, the courier, the terminal, and the signals that end it.

import { openDesk } from "../gate/answer.ts";
import { courierIn } from "../gate/courier.ts";
import type { ExitCode } from "../policy/exit-code.ts";
import { openProcesses } from "../system/open-processes.ts";
import { type Keys, watchApprovals } from "./approval-watch.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** Watches until q or Ctrl-C, which end it with 0. */
export async function runApprovalWatch(
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { env, home, stdin, stdout } = context;
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
      ...(isTerminal(stdin) ? { keys: stdin } : {}),
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

const isTerminal = (stdin: CliContext["stdin"]): stdin is CliContext["stdin"] & Keys =>
  "isTTY" in stdin && stdin.isTTY === true;
