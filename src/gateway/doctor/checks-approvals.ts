// What a yes is good for. It is given in the scratch store: doctor/scratch-approvals.ts says why that
// is no yes of anybody's.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answer, callThatWaits, planIn } from "./approving.ts";
import { type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import { writeProgram } from "./place.ts";
import { makeRootModule, type Stage } from "./stage.ts";
import { failedWith, stopped, waitingRequest } from "./stopped.ts";

async function notForAnother(stage: Stage): Promise<Verdict> {
  const { gateway, policy } = stage;
  const { directory, stateFile } = makeRootModule(stage, "two-plans");
  const [one, other] = [await planIn(stage, directory), await planIn(stage, directory)];
  if ("verdict" in one) return one.verdict;
  if ("verdict" in other) return other.verdict;
  const waits = await callThatWaits(stage, "terraform_apply", { plan_id: one.plan });
  if ("verdict" in waits) return waits.verdict;
  const problem = await answer(stage, waits.request, "approve");
  if (problem !== undefined) return problem;
  const called = await gateway.call("terraform_apply", { plan_id: other.plan });
  const verdict = stopped(called, { effect: "ask" }, policy);
  if (verdict.verdict !== "passed") return verdict;
  if (!readFileSync(stateFile, "utf8").includes('"kept"'))
    return failed("the other plan was applied");
  return waitingRequest(called) === waits.request
    ? failed("both plans share one request")
    : passed(`the other plan has a request of its own [${called.result?.reason}]`);
}

async function planOnce(stage: Stage): Promise<Verdict> {
  const { gateway } = stage;
  const { directory, stateFile } = makeRootModule(stage, "once");
  const made = await planIn(stage, directory);
  if ("verdict" in made) return made.verdict;
  const input = { plan_id: made.plan };
  const waits = await callThatWaits(stage, "terraform_apply", input);
  if ("verdict" in waits) return waits.verdict;
  const problem = await answer(stage, waits.request, "approve");
  if (problem !== undefined) return problem;
  const first = await gateway.call("terraform_apply", input);
  if (first.result?.status !== "done" || first.result.reason !== "approved")
    return failed(`a plan with a yes was not applied: ${first.text.slice(0, 200)}`);
  if (readFileSync(stateFile, "utf8").includes('"kept"'))
    return failed("it says that it was applied, and the state is as it was");
  return failedWith(await gateway.call("terraform_apply", input), ["plan-used"]);
}

async function usedOnce(stage: Stage): Promise<Verdict> {
  const { gateway, policy, place } = stage;
  const { directory } = place.scratch;
  const count = join(directory, "count");
  writeProgram(join(directory, "bin", "doctor-count"), `echo once >>'${count}'`);
  const counted = () =>
    existsSync(count) ? readFileSync(count, "utf8").split("\n").length - 1 : 0;
  const input = { command: "doctor-count" };
  const waits = await callThatWaits(stage, "shell_exec", input);
  if ("verdict" in waits) return waits.verdict;
  const problem = await answer(stage, waits.request, "approve");
  if (problem !== undefined) return problem;
  const first = await gateway.call("shell_exec", input);
  if (first.result?.status !== "done" || first.result.reason !== "approved" || counted() !== 1)
    return failed(`a command with a yes was not run once: ${first.text.slice(0, 200)}`);
  const again = await gateway.call("shell_exec", input);
  const verdict = stopped(again, { effect: "ask" }, policy);
  if (verdict.verdict !== "passed") return verdict;
  if (counted() !== 1) return failed("it was run again");
  return waitingRequest(again) === waits.request
    ? failed("the request that was used waits again")
    : passed(`run once; again it waits: ${again.result?.reason}`);
}

async function shownToItsOwn({ gateway }: Stage): Promise<Verdict> {
  const called = await gateway.call("check_approval", { request_id: "AAAAAA" });
  return failedWith(called, ["no-request"]);
}

const CHECKS: readonly Check[] = [
  { id: "approval-bound", name: "a yes for one plan applies no other", run: notForAnother },
  { id: "plan-once", name: "a plan with a yes is applied once", run: planOnce },
  { id: "approval-once", name: "a yes is not used twice", run: usedOnce },
  { id: "approval-own", name: "others' requests are not shown", run: shownToItsOwn },
];

/** The checks. */
export const APPROVALS: CheckGroup = { title: "approvals", checks: CHECKS };
