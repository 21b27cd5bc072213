// --wait: a command that stays until a person has answered.

import type { GateWorld } from "../gate/run.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import { parseDuration } from "../policy/duration.ts";
import type { CliContext } from "./context.ts";

/** Longer than any request waits. */
const FOR_EVER_MS = 30 * 86_400_000;

/** What --wait and --reason were given as. */
export interface AskingFlags {
  readonly wait?: string | boolean | undefined;
  readonly reason?: string | undefined;
}

/** The gate's `wait`; nothing where the flag was not given. @throws Failure for what is no duration */
export function waitOf(
  { wait }: AskingFlags,
  context: CliContext,
): Pick<GateWorld<Operation, never>, "wait"> {
  if (wait === undefined || wait === false) return {};
  const ms = wait === true ? FOR_EVER_MS : parseDuration(wait);
  if (ms === undefined)
    throw new Failure("usage", `--wait: ${JSON.stringify(wait)} is not a duration`, {
      exitCode: EXIT.usage,
      fix: "--wait, --wait 10m or --wait 1h30m",
    });
  return {
    wait: {
      ms,
      onWaiting: ({ request }) =>
        context.stderr.write(
          `holdfast: waiting for a person: holdfast approve ${request.id} (Ctrl-C stops waiting; the request stays)\n`,
        ),
    },
  };
}
