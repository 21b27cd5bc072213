// Signals reach the wrapped command exactly once.
//
// W1 A signal to the whole process group (Ctrl-C at a terminal, `timeout`) has reached the command
//    already; one to the wrapper alone is passed on. A witness in our group tells which it was: if
//    the same signal ended it, the group got it.
// W2 The wrapper itself survives every such signal and waits for its command.
// W3 The witness ends when we do, however we end: it only waits for the end of its input.
// W4 No signal is lost. Where two different ones hit the group at the same moment, a witness can tell
//    of one of them only, and the command may get the other one twice.

import { type ChildProcess, spawn } from "node:child_process";
import { isSignalled } from "../../system/signalled.ts";

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** How long the witness may take to show that it was hit too, in milliseconds. */
const WITNESS_MS = 60;

/** How long one that was hit may take to die, in milliseconds. */
const DYING_MS = 2_000;

/** A witness that cannot live here is not summoned for ever. */
const MOST_REPLACED = 16;

/** A process of our group that dies of the signals that the whole group gets. */
class Witness {
  #process: ChildProcess | undefined;
  #replaced = 0;

  /** Puts a new one in its place. */
  summon(): void {
    const summoned = spawn("/bin/cat", [], { stdio: ["pipe", "ignore", "ignore"], env: {} });
    summoned.on("error", () => {});
    summoned.stdin?.on("error", () => {});
    summoned.unref();
    // One that died and was not asked about it would testify about a later signal (W4).
    summoned.once("exit", () => setTimeout(() => this.#replace(summoned), WITNESS_MS).unref());
    this.#process = summoned;
  }

  /** Whether the group got the signal that we have just got. */
  async saw(signal: NodeJS.Signals): Promise<boolean> {
    const asked = this.#process;
    if (asked === undefined || !(await diedOf(asked, signal))) return false;
    if (asked === this.#process) this.summon();
    return true;
  }

  dismiss(): void {
    const last = this.#process;
    this.#process = undefined;
    last?.kill("SIGKILL");
  }

  #replace(dead: ChildProcess): void {
    if (this.#process === dead && this.#replaced++ < MOST_REPLACED) this.summon();
  }
}

/** Waits a moment for the end of a process that should be dying. */
function diedOf(witness: ChildProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (witness.exitCode !== null || witness.signalCode !== null)
    return Promise.resolve(witness.signalCode === signal);
  return new Promise((resolve) => {
    let timer = setTimeout(() => {
      // On a machine that is busy it may have been hit, and not been let die yet.
      if (witness.pid === undefined || !isSignalled(witness.pid, signal)) return resolve(false);
      timer = setTimeout(() => resolve(false), DYING_MS);
    }, WITNESS_MS);
    witness.once("exit", (_code, ending) => {
      clearTimeout(timer);
      resolve(ending === signal);
    });
  });
}

/** A child, and what ends the passing on of signals to it. */
export interface Forwarding<Child> {
  readonly child: Child;
  readonly stop: () => void;
}

/**
 * Starts a child and passes signals on to it until `stop`. What `start` throws is passed on, and
 * then nothing is left to stop.
 */
export function startForwarding<Child extends ChildProcess>(start: () => Child): Forwarding<Child> {
  let child: Child | undefined;
  const pending = new Set<NodeJS.Signals>();
  const witness = new Witness();
  const onSignal = async (signal: NodeJS.Signals) => {
    // `timeout` sends the same signal to us and then to the group: that is one signal, not two.
    if (pending.has(signal)) return;
    pending.add(signal);
    const reachedGroup = await witness.saw(signal);
    pending.delete(signal);
    if (!reachedGroup) child?.kill(signal);
  };
  const listener = (signal: NodeJS.Signals) => void onSignal(signal);
  // Before the child is there, so that no signal finds neither of them ready (W4).
  for (const signal of FORWARDED) process.on(signal, listener);
  const stop = () => {
    for (const signal of FORWARDED) process.off(signal, listener);
    witness.dismiss();
  };
  try {
    child = start();
    witness.summon();
    return { child, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
