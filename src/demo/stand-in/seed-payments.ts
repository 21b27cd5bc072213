// `payments-dev`, the workspace that the documentation's prompt shows, and its neighbours.

import { type Resource, refTo } from "./resource.ts";
import { finishPlan, makeRun, makeStateVersion } from "./run-life.ts";
import { addWorkspace } from "./seed-workspace.ts";
import { related, type World } from "./world.ts";

const HOUR = 3_600_000;

type NewVar = readonly [
  key: string,
  value: string,
  category: "terraform" | "env",
  sensitive?: true,
];

const VARS: readonly NewVar[] = [
  ["region", "eu-central-1", "terraform"],
  ["environment", "dev", "terraform"],
  ["instance_count", "3", "terraform"],
  ["instance_type", "t3.medium", "terraform"],
  ["db_name", "payments", "terraform"],
  ["db_password", "not-a-real-password", "terraform", true],
  ["AWS_REGION", "eu-central-1", "env"],
  ["AWS_ACCESS_KEY_ID", "not-a-real-key-id", "env"],
  ["AWS_SECRET_ACCESS_KEY", "not-a-real-key", "env", true],
];

/** Adds `payments-dev`, `scratch` and the two readers of the state of `payments-dev`. */
export function seedPayments(world: World, acme: Resource, platform: Resource): Resource {
  const payments = addWorkspace(world, {
    organization: acme,
    name: "payments-dev",
    project: platform,
    resources: 42,
    changedHoursAgo: 3,
  });
  payments.attributes.description = "Payment service, development";
  addWorkspace(world, { organization: acme, name: "scratch" });
  const web = addWorkspace(world, {
    organization: acme,
    name: "web-dev",
    project: platform,
    resources: 12,
  });
  const batch = addWorkspace(world, {
    organization: acme,
    name: "batch-dev",
    project: platform,
    resources: 5,
  });
  payments.relationships["remote-state-consumers"] = [refTo(web), refTo(batch)];
  for (const variable of VARS) addVar(world, payments, "configurable", variable);
  addHistory(world, payments);
  addTags(world, acme, payments);
  addTrigger(world, payments, web);
  addNotification(world, payments);
  return payments;
}

/** A variable of a workspace, a variable set or a policy set. */
export function addVar(
  world: World,
  owner: Resource,
  relationship: string,
  [key, value, category, sensitive]: readonly [string, string, string, true?],
): Resource {
  return world.add("vars", {
    attributes: {
      key,
      value,
      category,
      sensitive: sensitive === true,
      hcl: false,
      description: null,
      "created-at": world.timestamp(60 * 24 * HOUR),
    },
    relationships: { [relationship]: refTo(owner) },
    owners: [owner],
  });
}

/** Two applied runs, each with its state version; the later one is three hours old. */
function addHistory(world: World, workspace: Resource): void {
  const configuration = world.add("configuration-versions", {
    attributes: { status: "uploaded", source: "tfe-api", "auto-queue-runs": true },
    relationships: { workspace: refTo(workspace) },
    owners: [workspace],
  });
  workspace.relationships["current-configuration-version"] = refTo(configuration);
  for (const [message, hoursAgo] of [
    ["Bring up the payment service", 200],
    ["Add a read replica", 3],
  ] as const) {
    const run = makeRun(world, workspace, { message }, hoursAgo * HOUR);
    run.relationships["configuration-version"] = refTo(configuration);
    finishPlan(world, run, { additions: 2, changes: 1, destructions: 0 });
    run.attributes.status = "applied";
    const apply = related(world, run, "apply");
    if (apply !== undefined) apply.attributes.status = "finished";
    const state = makeStateVersion(world, workspace, run, hoursAgo * HOUR);
    addOutput(world, state, "endpoint", "https://payments.dev.acme.example");
    addOutput(world, state, "db_url", "not-a-real-address", true);
  }
}

function addOutput(
  world: World,
  state: Resource,
  name: string,
  value: string,
  sensitive = false,
): void {
  world.add("state-version-outputs", {
    attributes: { name, value, sensitive, type: "string" },
    owners: [state],
  });
}

function addTags(world: World, acme: Resource, workspace: Resource): void {
  const tags = ["payments", "dev"].map((name) =>
    world.add("tags", {
      attributes: { name, "created-at": world.timestamp(60 * 24 * HOUR) },
      relationships: { organization: refTo(acme) },
      owners: [acme],
    }),
  );
  workspace.relationships.tags = tags.map(refTo);
  world.add("tag-bindings", { attributes: { key: "env", value: "dev" }, owners: [workspace] });
}

function addTrigger(world: World, source: Resource, workspace: Resource): void {
  world.add("run-triggers", {
    attributes: {
      "workspace-name": workspace.attributes.name ?? null,
      "sourceable-name": source.attributes.name ?? null,
      "created-at": world.timestamp(30 * 24 * HOUR),
    },
    relationships: { workspace: refTo(workspace), sourceable: refTo(source) },
    owners: [workspace, source],
  });
}

function addNotification(world: World, workspace: Resource): void {
  world.add("notification-configurations", {
    attributes: {
      name: "payments-channel",
      "destination-type": "slack",
      enabled: true,
      triggers: ["run:errored", "run:needs_attention"],
      url: "https://hooks.acme.example/payments",
    },
    relationships: { subscribable: refTo(workspace) },
    owners: [workspace],
  });
}
