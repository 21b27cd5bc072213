// The real embedded store with requests in it, a policy file with webhooks, and the keys that sign.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noticesOf } from "../../src/gate/courier.ts";
import { readPolicy } from "../../src/gate/policy-source.ts";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import type { ApprovalStore } from "../../src/grants/approvals/store.ts";
import type { ApprovalRequest, Decider, NewRequest } from "../../src/policy/approval.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { resourceKey } from "../../src/policy/resource-key.ts";
import { HOOK_SECRET } from "./hook-receiver.ts";
import { deletion } from "./operations.ts";

export const PERSON: Decider = { user: "me", machine: "here", pid: 1, proof: "terminal" };

/** A request to delete the workspace of that name. */
export function requestFor(name: string, more: Partial<NewRequest> = {}): NewRequest {
  const operation = deletion("workspaces", "app.terraform.io", {
    title: "Delete workspace",
    target: {
      hostname: "app.terraform.io",
      organization: "acme",
      path: `/workspaces/${name}`,
      id: name,
    },
    request: {
      method: "DELETE",
      path: `/api/v2/workspaces/${name}`,
      query: [],
      headers: {},
      body: JSON.stringify({ password: "in-the-body" }),
    },
  });
  return {
    digest: operationDigest(operation),
    resourceKey: resourceKey(operation),
    operation,
    card: { question: `Delete workspace ${name}?`, rows: [], unknown: [] },
    requester: {
      scope: "session:7KQF2M",
      session: "7KQF2M",
      pid: 42,
      lineage: "bash, claude, zsh",
      agent: "Claude Code",
      user: "me",
      machine: "laptop",
    },
    reason: "class-not-granted",
    policyDigest: "0".repeat(64),
    pendingMs: 60_000,
    usableMs: 60_000,
    approvers: 1,
    ...more,
  };
}

export interface HookStage {
  /** The configuration directory. */
  readonly directory: string;
  readonly store: ApprovalStore;
  readonly policy: Policy;
  /** Files a request for the workspace of that name, as the gate does. */
  file(name: string): Promise<ApprovalRequest>;
  close(): Promise<void>;
}

/** Sets it: `hooks` in the order of the policy file. */
export async function setHooks(
  hooks: readonly { readonly url: string; readonly after?: string }[],
): Promise<HookStage> {
  const directory = mkdtempSync(join(tmpdir(), "hf-"));
  const secret = join(directory, "secret");
  writeFileSync(secret, `${HOOK_SECRET}\n`, { mode: 0o600 });
  const webhooks = hooks.map(({ url, after }) => ({ url, after, secret_file: secret }));
  const text = JSON.stringify({ version: 1, approvals: { webhooks } });
  writeFileSync(join(directory, "policy.yaml"), text, { mode: 0o600 });
  const policy = await readPolicy({
    configDirectory: directory,
    systemFile: "/nonexistent/policy",
  });
  const store = await openApprovals({ place: { kind: "sqlite" }, directory, create: true });
  if (store === undefined) throw new Error("the store was not made");
  return {
    directory,
    store,
    policy,
    file: async (name) => (await store.file(requestFor(name), noticesOf(policy))).request,
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
