// Gateways that are wrong, for the doctor's checks to find out: a connection that answers as it is told,
// in a place like the doctor's own.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, CheckGroup, CheckResult } from "../../src/gateway/doctor/check.ts";
import { runCheck } from "../../src/gateway/doctor/check.ts";
import type { Called, Connection } from "../../src/gateway/doctor/connection.ts";
import { makePlace, type Place } from "../../src/gateway/doctor/place.ts";
import type { Stage } from "../../src/gateway/doctor/stage.ts";
import { RESULT_SCHEMA, type ToolResult } from "../../src/gateway/result.ts";
import type { Environment } from "../../src/policy/environment.ts";

/** A tool's result with our schema. */
export function result(parts: Partial<ToolResult>): Called {
  const whole: ToolResult = {
    ...{ schema: RESULT_SCHEMA, tool: "a_tool", environment: "dev", remedies: [] },
    ...{ status: "refused", text: "so it is", ...parts },
  };
  return { isError: whole.status !== "done", text: whole.text, result: whole };
}

/** What would be an answer to a call that went through. */
export const DONE = result({
  status: "done",
  effect: "allow",
  reason: "not-destructive",
  execution: { outcome: "succeeded" },
});

type Rule = NonNullable<ToolResult["rule"]>;

/** Denied by a rule. */
export const denied = (id: string, where = "built in"): Called =>
  result({ effect: "deny", reason: "policy-denied", rule: { id, effect: "deny", where } });

/** Waiting for a person, because of a rule where one is given. */
export const waiting = (rule?: Rule, reason = "no-session"): Called =>
  result({
    ...{ status: "waiting", effect: "deny", reason, request: { id: "AAAA", status: "pending" } },
    ...(rule === undefined ? {} : { rule }),
  });

/** A failure before anything was decided. */
export const error = (code: string, message = "so it is"): Called =>
  result({ status: "error", text: message, error: { code, message } });

export const rule = (id: string, effect: Rule["effect"] = "ask", where = "built in"): Rule => ({
  ...{ id, effect, where },
});

export interface FalseStage {
  readonly place: Place;
  /** A stage whose gateway answers like that. */
  stage(answer: (tool: string) => Called, more?: Partial<Stage>): Stage;
  close(): void;
}

/** Under the built-in policy. */
export async function falseStage(environment: Environment = "dev"): Promise<FalseStage> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "hf-")));
  const holdfast = ["/bin/false"] as const;
  const surroundings = { env: { PATH: process.env.PATH }, home, cwd: home, holdfast };
  const place = await makePlace({ ...surroundings, holdfast: ["/bin/false"] }, undefined);
  return {
    place,
    stage: (answer, more = {}) => {
      const gateway: Connection = {
        tools: async () => [],
        call: async (tool) => answer(tool),
        heard: () => "something",
        close: async () => {},
      };
      const { policy } = place;
      const signal = new AbortController().signal;
      return { environment, policy, place, gateway, signal, holdfast: ["/bin/false"], ...more };
    },
    close: () => {
      place.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The results of groups of checks, one after the other. */
export async function resultsOf(
  groups: readonly CheckGroup[],
  stage: Stage,
): Promise<CheckResult[]> {
  const all: CheckResult[] = [];
  for (const { title, checks } of groups)
    for (const check of checks) all.push(await runCheck(check, title, stage));
  return all;
}

/** One check of a table, by its id. */
export function checkOf(groups: readonly CheckGroup[], id: string): Check {
  const found = groups.flatMap(({ checks }) => checks).find((each) => each.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}
