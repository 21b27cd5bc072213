// A call that a person would have been asked about, with their yes: in the scratch store alone.

import { answerInScratch } from "../../doctor/scratch-approvals.ts";
import { couldNotRun, failed, type Verdict } from "./check.ts";
import type { Called } from "./connection.ts";
import type { Stage } from "./stage.ts";
import { type Expected, stopped, waitingRequest } from "./stopped.ts";

/** A call that waits, and the request that it waits for; or why it is not so. */
export async function callThatWaits(
  { gateway, policy }: Stage,
  tool: string,
  input: object,
  expected: Expected = { effect: "ask" },
): Promise<{ readonly request: string; readonly seen: Verdict } | { readonly verdict: Verdict }> {
  const called = await gateway.call(tool, input);
  const seen = stopped(called, expected, policy);
  if (seen.verdict !== "passed") return { verdict: seen };
  const request = waitingRequest(called);
  // Stricter: nobody could say yes.
  if (request === undefined) return { verdict: seen };
  return { request, seen };
}

/** Says yes or no in the scratch store; undefined: it is answered. */
export async function answer(
  { place }: Stage,
  request: string,
  verdict: "approve" | "deny",
): Promise<Verdict | undefined> {
  const why = await answerInScratch(place.scratch, request, verdict);
  return why === undefined ? undefined : failed(`the request could not be answered: ${why}`);
}

/**
 * Makes a call, with a yes where it waits for one. What is denied, or could not be asked, comes back as
 * it was.
 */
export async function callApproved(stage: Stage, tool: string, input: object): Promise<Called> {
  const called = await stage.gateway.call(tool, input);
  const request = waitingRequest(called);
  if (request === undefined) return called;
  return (await answer(stage, request, "approve")) === undefined
    ? stage.gateway.call(tool, input)
    : called;
}

/** The id of a plan that was made; or why there is none. */
export async function planIn(
  stage: Stage,
  directory: string,
  { tool = "terraform_plan", ...more }: { tool?: string; workspace?: string } = {},
): Promise<{ readonly plan: string } | { readonly verdict: Verdict }> {
  const { result, text, refused } = await callApproved(stage, tool, { directory, ...more });
  const output = result?.output as { readonly plan_id?: unknown } | undefined;
  if (result?.status === "done" && typeof output?.plan_id === "string")
    return { plan: output.plan_id };
  const what = refused ?? result?.text ?? text;
  const isAbsent = result?.error?.code === "no-terraform";
  const isRefused = result?.status === "refused" || result?.status === "waiting";
  const why = `no plan could be made: ${what}`;
  return { verdict: isAbsent || isRefused ? couldNotRun(why) : failed(why) };
}
