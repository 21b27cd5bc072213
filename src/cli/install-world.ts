// What installing needs of the outside: who is there, what they say, and that nobody else is at it.
// L1 and L2 are install-command.ts's.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What these commands need of the outside; tests build their own. */
export interface InstallWorld {
  /** How holdfast is started: absolute paths. */
  readonly node: string;
  readonly script: string;
  /** @throws Failure where nobody is there (L1) */
  readonly requirePerson: () => Promise<unknown>;
  /** Whether that person says yes, at the terminal (L2). */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Runs `change` while no other installation does (L2). */
  readonly alone: (change: () => void) => Promise<void>;
}

/** The real one. */
export async function openInstallWorld(
  context: CliContext,
  { quiet }: Pick<GlobalOptions, "quiet">,
): Promise<InstallWorld> {
  const { realpathSync } = await import("node:fs");
  const { env, home } = context;
  return {
    node: process.execPath,
    script: realpathSync(process.argv[1] ?? ""),
    requirePerson: async () => {
      const { requirePerson } = await import("../gate/answer.ts");
      const { openProcesses } = await import("../system/open-processes.ts");
      return requirePerson({ env, home, processes: await openProcesses(), asksForCodes: !quiet });
    },
    confirm: async (question) => {
      const { askAtTerminal } = await import("../system/terminal.ts");
      const answer = await askAtTerminal(() => "", question);
      return answer.kind === "line" && /^y(es)?$/i.test(answer.text.trim());
    },
    alone: async (change) => {
      const { configDirectory } = await import("../system/places.ts");
      return inTurn(configDirectory(env, home), change);
    },
  };
}

const PATIENCE_MS = 10_000;

async function inTurn(directory: string, change: () => void): Promise<void> {
  const { ensurePrivateDirectory, UnsafeFile } = await import("../system/safe-file.ts");
  const { lock } = await import("../system/lock.ts");
  const { setTimeout } = await import("node:timers/promises");
  try {
    ensurePrivateDirectory(directory);
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    const fix = error.fix ?? "holdfast doctor";
    throw new Failure("config-directory", error.message, { exitCode: EXIT.refused, fix });
  }
  const end = performance.now() + PATIENCE_MS;
  for (;;)
    try {
      const release = await lock(directory, () => {});
      try {
        return change();
      } finally {
        release();
      }
    } catch (error) {
      const isHeld = (error as NodeJS.ErrnoException).code === "ELOCKED";
      if (!isHeld) throw error;
      if (performance.now() > end)
        throw new Failure("busy", "another installation is under way", {
          exitCode: EXIT.refused,
          fix: "wait for it, then run this again",
        });
      await setTimeout(50);
    }
}
