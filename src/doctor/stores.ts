// What the gate decides by besides a session's grant: policy, approvals, the allowlist, the audit log.
// Whatever cannot be used or trusted is refused by the gate; each is looked at here as it looks, so
// that what is wrong is said with the gate's own words.
//
// X1 Nothing is made and nothing is mended: a place that is not there yet stays so.
// X2 A webhook's address may hold a key: only its host is shown.

import { closeSync, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { HEAD_FILE, LOG_FILE } from "../audit/places.ts";
import { auditFailure, openPrivate } from "../audit/private-descriptor.ts";
import { readSecret } from "../gate/courier/deliver.ts";
import { movedPlace } from "../gate/moved-places.ts";
import { readPolicy } from "../gate/policy-source.ts";
import { allowlistFile, listEntries } from "../grants/allowlist/read.ts";
import { openApprovals } from "../grants/approvals/open.ts";
import { isCurrent } from "../policy/allowlist-match.ts";
import { shellWord } from "../policy/command-line.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import type { Policy, WebhookAddress } from "../policy/policy.ts";
import { auditDirectory, configDirectory } from "../system/places.ts";
import { checkTurns } from "../system/publish.ts";
import { checkPrivateDirectory, fileInTheWay, UnsafeFile } from "../system/safe-file.ts";
import { type Check, type Finding, note, ok, problem } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Runs a check where there can be stores; where not, the check of the directory says why. */
function inConfiguration(
  run: (directory: string, world: DoctorWorld) => Promise<Finding>,
): Check["run"] {
  return async (world) => {
    const directory = configDirectory(world.env, world.home);
    if (fileInTheWay(directory) !== undefined)
      return note("not checked: the configuration directory is not a directory");
    return run(directory, world);
  };
}

/** Runs a check that needs policy; one broken policy is one problem, not three. */
function withPolicy(
  run: (policy: Policy, directory: string, world: DoctorWorld) => Promise<Finding>,
): Check["run"] {
  return inConfiguration(async (directory, world) => {
    let policy: Policy;
    try {
      policy = await readPolicy({ configDirectory: directory });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return note("not checked: there is no usable policy");
    }
    return run(policy, directory, world);
  });
}

/** Every command has its stores there; the target of nothing is looked at. */
const ANY_COMMAND = { kind: "command" } as Operation;

async function stores(world: DoctorWorld): Promise<Finding> {
  const moved = await movedPlace(world, ANY_COMMAND);
  if (moved === undefined) return ok(configDirectory(world.env, world.home));
  const { variable, directory } = moved;
  return problem(
    `${variable} leads to other stores than the agent was started with: the gate refuses`,
    `export HOLDFAST_CONFIG_DIR=${shellWord(directory)}`,
  );
}

async function policyInForce(directory: string): Promise<Finding> {
  const { files, approvals, commands } = await readPolicy({ configDirectory: directory });
  if (files.length === 0) return ok("built in: there is no policy file");
  const agents = Object.keys(commands.agents).length;
  const parts = [
    counted(approvals.approvers, "approver"),
    ...(agents === 0 ? [] : [`rules for ${counted(agents, "agent")}`]),
    ...(approvals.webhooks.length === 0 ? [] : [counted(approvals.webhooks.length, "webhook")]),
  ];
  return ok(`${files.join(", ")}: ${parts.join(", ")}`);
}

async function allowlist(directory: string): Promise<Finding> {
  const entries = listEntries(directory);
  checkTurns(allowlistFile(directory));
  if (entries.length === 0) return ok("no entries");
  const now = new Date();
  const expired = entries.filter((entry) => !isCurrent(entry, now)).length;
  const more = expired === 0 ? "" : `, ${expired} of them expired`;
  return ok(`${counted(entries.length, "entry", "entries")}${more}`);
}

async function approvals({ approvals: said }: Policy, directory: string): Promise<Finding> {
  const { store: place, approvers } = said;
  const store = await openApprovals({ place, directory, create: false, approvers });
  if (store === undefined) return ok("not there yet, made when somebody is asked");
  try {
    const waiting = (await store.list({ states: ["pending"], limit: 1000 })).length;
    await store.auditHeads();
    return ok(`${store.place}: ${waiting} waiting`);
  } finally {
    await store.close();
  }
}

/** A link that leads nowhere is there, too. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

async function auditLog(_: string, { env, home }: DoctorWorld): Promise<Finding> {
  const directory = auditDirectory(env, home);
  const path = join(directory, LOG_FILE);
  try {
    if (!isThere(directory)) return ok("not there yet, made with the first entry");
    checkPrivateDirectory(directory);
    if (!isThere(path)) return ok("empty");
    for (const [file, purpose] of [
      [path, "append"],
      [join(directory, HEAD_FILE), "change"],
    ] as const)
      if (isThere(file)) closeSync(openPrivate(file, purpose));
    return ok(`${path}: ${statSync(path).size} bytes; holdfast audit verify checks them`);
  } catch (error) {
    throw auditFailure(error, path);
  }
}

async function webhooks({ approvals: said }: Policy): Promise<Finding> {
  if (said.webhooks.length === 0) return ok("none");
  const wrong = said.webhooks.map(webhookProblem).find((each) => each !== undefined);
  if (wrong !== undefined) return wrong;
  return ok(said.webhooks.map(hostOf).join(", "));
}

const hostOf = ({ url }: WebhookAddress): string => new URL(url).host;

function webhookProblem(webhook: WebhookAddress): Finding | undefined {
  try {
    readSecret(webhook.secretFile);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnsafeFile)) throw error;
    const fix = `put the key that the receiver checks with there, mode 0600: ${webhook.secretFile}`;
    return problem(`${hostOf(webhook)} is told nothing: ${error.message}`, error.fix ?? fix);
  }
}

/** The checks. */
export const STORES: readonly Check[] = [
  { id: "stores", title: "stores", run: stores },
  { id: "policy", title: "policy", run: inConfiguration(policyInForce) },
  { id: "webhooks", title: "webhooks", run: withPolicy(webhooks) },
  { id: "approvals", title: "approvals", run: withPolicy(approvals) },
  { id: "allowlist", title: "allowlist", run: inConfiguration(allowlist) },
  { id: "audit-log", title: "audit log", run: inConfiguration(auditLog) },
];
