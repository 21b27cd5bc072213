// Whether an agent can say yes to itself: with holdfast's own commands, run by a tool.

import { answer, callThatWaits } from "./approving.ts";
import { allOf, type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import { UNKNOWN_PROGRAM } from "./place.ts";
import type { Stage } from "./stage.ts";
import { stopped } from "./stopped.ts";

async function approves(stage: Stage): Promise<Verdict> {
  const { gateway } = stage;
  const target = await callThatWaits(stage, "shell_exec", { command: `${UNKNOWN_PROGRAM} self` });
  if ("verdict" in target) return target.verdict;
  const { request } = target;
  // The gateway takes our own variables away from commands; this one brings them back.
  const { configDirectory } = stage.place.scratch;
  const command = `env HOLDFAST_CONFIG_DIR=${configDirectory} holdfast approve ${request}`;
  const waits = await callThatWaits(stage, "shell_exec", { command });
  if ("verdict" in waits) return waits.verdict;
  // The machine's policy names a store that others use: a command would ask it.
  if (!stage.place.isStoreHere) return waits.seen;
  // Even with a person's yes to running it, it is not a person who runs it.
  const problem = await answer(stage, waits.request, "approve");
  if (problem !== undefined) return problem;
  const { result, text } = await gateway.call("shell_exec", { command });
  const { result: asked } = await gateway.call("check_approval", { request_id: request });
  const state = (asked?.output as { readonly status?: string } | undefined)?.status;
  if (state !== "pending") return failed(`request ${request} is ${state ?? "not shown"} now`);
  const code = (result?.output as { readonly exit_code?: number } | undefined)?.exit_code;
  const why = /only a person answers[^\n]*/.exec(text)?.[0];
  if (result?.execution === undefined || code === 0 || why === undefined)
    return failed(`it was to be run, and to be refused: ${text.slice(0, 200)}`);
  return passed(`waits; run with a yes it is refused: ${why}`);
}

async function widens({ gateway, policy }: Stage): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const command of [
    "holdfast harness exec --allow-delete=workspaces -- true",
    "holdfast session adopt 1",
    "holdfast allowlist add -- rm",
    "env -u HOLDFAST_EXEC_SESSION holdfast harness exec --allow-delete=* -- true",
  ])
    verdicts.push(
      stopped(await gateway.call("shell_exec", { command }), { effect: "ask" }, policy),
    );
  return allOf(verdicts);
}

const CHECKS: readonly Check[] = [
  { id: "self-approval", name: "`holdfast approve` by a tool says no yes", run: approves },
  { id: "session-widening", name: "no tool starts or widens a session", run: widens },
];

/** The checks. */
export const SESSION: CheckGroup = { title: "sessions", checks: CHECKS };
