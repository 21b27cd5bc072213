// For each class whose reversibility depends on the resource: what stands in the way of recreating
// this very one. The answer is a reason, or undefined when there is none; what cannot be looked up
// is thrown, and counts as an obstacle.
//
// V3 A secret is an obstacle: values of sensitive variables, tokens and signing keys are write-only.
// V4 "Not sensitive" must be said by the API, of this very resource; a missing attribute does not
//    say it.

import type { HcpOperation, Target } from "../../policy/operation.ts";
import type { ResourceClass } from "../../policy/resource-class.ts";
import { listAt, type Resource, resourceAt } from "./documents.ts";
import { at } from "./json.ts";
import { type LookUps, UnexpectedAnswer } from "./look-ups.ts";

type Obstacle = string | undefined;
type FindObstacle = (operation: HcpOperation, lookUps: LookUps) => Promise<Obstacle>;

/** One entry for every class that says "depends". */
export const OBSTACLES: Partial<Record<ResourceClass, FindObstacle>> = {
  "agent-pools": async ({ target }, lookUps) =>
    any(await listAt(lookUps, `${target.path}/authentication-tokens`), "it has tokens"),
  "notification-configurations": async ({ target }, lookUps) =>
    notificationSecret([await itself(target, lookUps)]),
  "policy-set-parameters": async ({ target }, lookUps) =>
    sensitive([await itself(target, lookUps)]),
  "policy-sets": policySet,
  "registry-module-test-vars": moduleTestVariable,
  runs: run,
  teams: team,
  vars: ({ target }, lookUps) => variables(target, "vars", lookUps),
  "varset-vars": ({ target }, lookUps) => variables(target, "relationships/vars", lookUps),
  varsets: async ({ target }, lookUps) =>
    sensitive(await listAt(lookUps, `${target.path}/relationships/vars`)),
  workspaces: workspace,
};

async function workspace({ target }: HcpOperation, lookUps: LookUps): Promise<Obstacle> {
  // Until it is gone, a name may be given to another one.
  if (target.path.startsWith("/organizations/")) return "its id could not be looked up";
  const readable = { ...target, path: target.path.replace(/^\/admin/, "") };
  const resource = await itself(readable, lookUps);
  if (at(resource, "attributes", "resource-count") !== 0) return "it manages resources";
  const path = `/workspaces/${idOf(resource)}`;
  const [resources, vars, notifications] = await Promise.all([
    listAt(lookUps, `${path}/resources`),
    listAt(lookUps, `${path}/vars`),
    listAt(lookUps, `${path}/notification-configurations`),
  ]);
  return (
    any(resources, "it manages resources") ?? sensitive(vars) ?? notificationSecret(notifications)
  );
}

async function policySet({ target }: HcpOperation, lookUps: LookUps): Promise<Obstacle> {
  const resource = await itself(target, lookUps);
  const fromRepository = typeof at(resource, "attributes", "vcs-repo", "identifier") === "string";
  if (!fromRepository && at(resource, "attributes", "versioned") !== false) {
    return "its uploaded versions cannot be downloaded";
  }
  return sensitive(await listAt(lookUps, `${target.path}/parameters`));
}

/** Test variables have no address of their own to read from: they are only listed. */
async function moduleTestVariable({ target }: HcpOperation, lookUps: LookUps): Promise<Obstacle> {
  const list = await listAt(lookUps, target.path.slice(0, target.path.lastIndexOf("/")));
  const found = list.filter((variable) => at(variable, "id") === target.id);
  if (found.length !== 1) throw new UnexpectedAnswer(`${target.path} is not listed`);
  return sensitive(found);
}

/** A variable by its own path; or, where a request replaces them all, every one of the owner. */
async function variables(target: Target, list: string, lookUps: LookUps): Promise<Obstacle> {
  const all = /^\/(?:workspaces|varsets)\/[^/]+(?=$|\/relationships\/vars$)/;
  const owner = all.exec(target.path)?.[0];
  if (owner !== undefined) return sensitive(await listAt(lookUps, `${owner}/${list}`));
  return sensitive([await itself(target, lookUps)]);
}

async function team({ target }: HcpOperation, lookUps: LookUps): Promise<Obstacle> {
  const resource = await itself(target, lookUps);
  const id = idOf(resource);
  const organization = at(resource, "relationships", "organization", "data", "id");
  if (typeof organization !== "string") throw new UnexpectedAnswer("its organization is not known");
  const [token, tokens, notifications] = await Promise.all([
    lookUps.get(`/teams/${id}/authentication-token`),
    listAt(lookUps, `/organizations/${encodeURIComponent(organization)}/team-tokens`),
    listAt(lookUps, `/teams/${id}/notification-configurations`),
  ]);
  const owners = tokens.map((each) => at(each, "relationships", "team", "data", "id"));
  // A token whose team is not told may be this one's.
  const has = token !== undefined || owners.some((owner) => owner === id || !isText(owner));
  return has ? "it has tokens" : notificationSecret(notifications);
}

const BEFORE_APPLY = new Set(
  `pending fetching fetching_completed pre_plan_running pre_plan_completed queuing plan_queued
  planning planned cost_estimating cost_estimated policy_checking policy_override
  policy_soft_failed policy_checked post_plan_running post_plan_completed
  post_plan_awaiting_decision planned_and_saved`.split(/\s+/),
);

async function run({ name, target }: HcpOperation, lookUps: LookUps): Promise<Obstacle> {
  if (name !== "discardRun" && name !== "cancelRun") return "a forced run may lose state";
  const status = at(await itself(target, lookUps), "attributes", "status");
  return isText(status) && BEFORE_APPLY.has(status) ? undefined : "it may have begun to apply";
}

/** The target, when the answer is about nothing else. */
async function itself({ path, id }: Target, lookUps: LookUps): Promise<Resource> {
  const resource = await resourceAt(lookUps, path);
  if (at(resource, "id") === id) return resource;
  throw new UnexpectedAnswer("the answer is about another one");
}

function sensitive(all: readonly Resource[]): Obstacle {
  return all.every((variable) => at(variable, "attributes", "sensitive") === false)
    ? undefined
    : "the value of a sensitive variable cannot be read back";
}

function notificationSecret(all: readonly Resource[]): Obstacle {
  return all.every((each) => at(each, "attributes", "destination-type") === "email")
    ? undefined
    : "a notification may hold a secret that cannot be read back";
}

function any(list: readonly Resource[], obstacle: string): Obstacle {
  return list.length > 0 ? obstacle : undefined;
}

function idOf(resource: Resource): string {
  const id = at(resource, "id");
  if (isText(id) && /^[A-Za-z0-9_-]+$/.test(id)) return id;
  throw new UnexpectedAnswer("its id is not known");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
