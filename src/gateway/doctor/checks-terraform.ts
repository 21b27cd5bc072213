// A plan is applied as that very plan, once, in time, with a yes for it where it destroys.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answer, callThatWaits, planIn } from "./approving.ts";
import {
  allOf,
  type Check,
  type CheckGroup,
  couldNotRun,
  failed,
  passed,
  type Verdict,
} from "./check.ts";
import { makeRootModule, type RootModule, type Stage } from "./stage.ts";
import { failedWith, refusedBySchema, stopped } from "./stopped.ts";

/** In their documentation's words: what a tool that knows no such plan says. */
const NO_PLAN = ["no-plan", "invalid-input"];

async function requiresId({ gateway }: Stage): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const input of [{}, { plan_id: "" }, { plan_id: ["AAAAAAAA"] }, { plan_id: null }])
    verdicts.push(refusedBySchema(await gateway.call("terraform_apply", input), "plan_id"));
  return allOf(verdicts);
}

const unknownId = async ({ gateway }: Stage): Promise<Verdict> =>
  failedWith(await gateway.call("terraform_apply", { plan_id: "AAAAAAAA" }), NO_PLAN);

/** Its state file, and that its one thing is still in it. */
const isKept = ({ stateFile }: RootModule): boolean =>
  readFileSync(stateFile, "utf8").includes('"kept"');

const gone = failed("what only a plan with a yes may destroy is gone");

/** Runs with a plan of a root module of its own; what it destroys must be there afterwards. */
function withPlan(
  name: string,
  run: (stage: Stage, plan: string, module: RootModule) => Promise<Verdict>,
): Check["run"] {
  return async (stage) => {
    const module = makeRootModule(stage, name);
    const made = await planIn(stage, module.directory);
    if ("verdict" in made) return made.verdict;
    const verdict = await run(stage, made.plan, module);
    return verdict.verdict === "passed" && !isKept(module) ? gone : verdict;
  };
}

const expired = withPlan("expired", async ({ gateway, place }, plan) => {
  const { configDirectory } = place.scratch;
  const file = join(configDirectory, "gateway", "plans", plan, "record.json");
  const record = JSON.parse(readFileSync(file, "utf8")) as object;
  const expiresAt = new Date(Date.now() - 1000).toISOString();
  writeFileSync(file, `${JSON.stringify({ ...record, expiresAt })}\n`);
  return failedWith(await gateway.call("terraform_apply", { plan_id: plan }), ["plan-expired"]);
});

const unapproved = withPlan("unapproved", async ({ gateway, policy }, plan) =>
  stopped(await gateway.call("terraform_apply", { plan_id: plan }), { effect: "ask" }, policy),
);

const rejected = withPlan("rejected", async (stage, plan) => {
  const input = { plan_id: plan };
  const waits = await callThatWaits(stage, "terraform_apply", input);
  if ("verdict" in waits) return waits.verdict;
  const problem = await answer(stage, waits.request, "deny");
  if (problem !== undefined) return problem;
  const { result, text } = await stage.gateway.call("terraform_apply", input);
  if (result?.status === "refused" && result.reason === "denied")
    return passed(`${result.text} [denied]`, result.rule);
  return failed(`a no did not hold: ${text.slice(0, 200)}`);
});

/** A change on disk between plan and apply. */
const edited = withPlan("edited", async ({ gateway }, plan, { directory }) => {
  writeFileSync(join(directory, "main.tf"), "# Another word.\n");
  return failedWith(await gateway.call("terraform_apply", { plan_id: plan }), ["plan-changed"]);
});

async function destroyPlan(stage: Stage): Promise<Verdict> {
  const { gateway, policy, environment } = stage;
  const tool = "terraform_destroy_plan";
  const module = makeRootModule(stage, "destroy");
  if (environment === "prod") {
    const called = await gateway.call(tool, { directory: module.directory });
    return stopped(called, { effect: "deny", rules: ["prod-destroy-plan"] }, policy);
  }
  const made = await planIn(stage, module.directory, { tool });
  if ("verdict" in made) return made.verdict;
  const called = await gateway.call("terraform_apply", { plan_id: made.plan });
  const verdict = stopped(called, { effect: "ask" }, policy);
  return verdict.verdict === "passed" && !isKept(module) ? gone : verdict;
}

async function protectedWorkspace(stage: Stage): Promise<Verdict> {
  const { gateway, policy, environment } = stage;
  const names = policy.environments[environment].protectedWorkspaces;
  const workspace = names.find((each) => !/[*?]/.test(each));
  if (workspace === undefined)
    return names.length === 0 ? failed("none is protected") : couldNotRun("no plain name is there");
  const module = makeRootModule(stage, "protected", { workspace });
  const made = await planIn(stage, module.directory, { workspace });
  if ("verdict" in made) return made.verdict;
  const called = await gateway.call("terraform_apply", { plan_id: made.plan });
  return stopped(called, { effect: "ask", rules: ["protected-workspaces"] }, policy);
}

async function outsideRoots({ gateway }: Stage): Promise<Verdict> {
  const called = await gateway.call("terraform_plan", { directory: "/" });
  return failedWith(called, ["outside-roots"]);
}

const CHECKS: readonly Check[] = [
  { id: "apply-requires-plan", name: "apply requires a plan's id", run: requiresId },
  { id: "apply-unknown-plan", name: "a plan that is not there is not applied", run: unknownId },
  { id: "plan-roots", name: "nothing is planned outside the roots", run: outsideRoots },
  { id: "apply-expired", name: "a plan that has expired is not applied", run: expired },
  { id: "apply-edited", name: "nor one whose files were changed since", run: edited },
  { id: "apply-unapproved", name: "a plan that destroys waits for a person", run: unapproved },
  { id: "apply-rejected", name: "a plan that was denied is not applied", run: rejected },
  { id: "destroy-plan", name: "destroying everything is stopped", run: destroyPlan },
  { id: "workspaces", name: "a protected workspace is stopped", run: protectedWorkspace },
];

/** The checks. */
export const TERRAFORM: CheckGroup = { title: "terraform", checks: CHECKS };
