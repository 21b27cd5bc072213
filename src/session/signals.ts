// Signals reach the wrapped command exactly once.
//
// W1 A signal to the whole process group (Ctrl-C at a terminal, `timeout`) has reached the command
//    already; one to the wrapper alone is passed on. A witness in our group tells which it was: if
//    the same signal ended it, the group got it.
// W2 The wrapper itself survives every such signal and waits for its command.
// W3 The witness ends when we do, however we end: it only waits for the end of its input.

import { type ChildProcess, spawn } from "node:child_process";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** How long the witness may take to show that it was hit too, in milliseconds. */
const WITNESS_MS = 60;

function startWitness(): ChildProcess | undefined {
  const witness = spawn("/bin/cat", [], { stdio: ["pipe", "ignore", "ignore"], env: {} });
  witness.on("error", () => {});
  witness.stdin?.on("error", () => {});
  witness.unref();
  return witness;
}

function diedOf(witness: ChildProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (witness.exitCode !== null || witness.signalCode !== null)
    return Promise.resolve(witness.signalCode === signal);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), WITNESS_MS);
    witness.once("exit", (_code, ending) => {
      clearTimeout(timer);
      resolve(ending === signal);
    });
  });
}

/** Passes signals on to `child` until the returned function is called. */
export function forwardSignals(child: ChildProcess): () => void {
  let witness = startWitness();
  const pending = new Set<NodeJS.Signals>();
  const onSignal = async (signal: NodeJS.Signals) => {
    // `timeout` sends the same signal to us and then to the group: that is one signal, not two.
    if (pending.has(signal)) return;
    pending.add(signal);
    const reachedGroup = witness !== undefined && (await diedOf(witness, signal));
    pending.delete(signal);
    if (reachedGroup) witness = startWitness();
    else child.kill(signal);
  };
  const listener = (signal: NodeJS.Signals) => void onSignal(signal);
  for (const signal of FORWARDED) process.on(signal, listener);
  return () => {
    for (const signal of FORWARDED) process.off(signal, listener);
    witness?.kill("SIGKILL");
  };
}
