import { describe, expect, it } from "vitest";
import { operation } from "./documents.ts";

describe("impact and class", () => {
  it.each<[string, string, string, string]>([
    ["GET /workspaces/ws-1", "read", "workspaces", "reversible"],
    ["GET /no/such/path", "read", "unknown", "reversible"],
    ["HEAD /workspaces/ws-1", "read", "workspaces", "reversible"],
    ["PATCH /workspaces/ws-1", "change", "workspaces", "reversible"],
    ["PATCH /projects/prj-1", "change", "projects", "reversible"],
    ["GET /email-recipient-statuses/unsubscribe", "read", "unknown", "reversible"],
    ["DELETE /workspaces/ws-1", "destroy", "workspaces", "depends"],
    ["delete /workspaces/ws-1", "destroy", "workspaces", "depends"],
    ["DELETE /workspaces/ws-1.json", "destroy", "workspaces", "depends"],
    ["DELETE /organizations/acme", "destroy", "organizations", "irreversible"],
    [
      "DELETE /organizations/vars/authentication-token",
      "destroy",
      "organization-tokens",
      "irreversible",
    ],
    ["DELETE /authentication-tokens/at-1", "destroy", "authentication-tokens", "irreversible"],
    ["DELETE /run-triggers/rt-1", "destroy", "run-triggers", "reversible"],
    ["DELETE /stacks/st-1", "destroy", "stacks", "irreversible"],
    ["DELETE /nothing/here", "unknown", "unknown", "irreversible"],
    ["PURGE /workspaces/ws-1", "unknown", "unknown", "irreversible"],
    ["POST /workspaces/ws-1", "unknown", "unknown", "irreversible"],
    ["POST /workspaces/ws-1/actions/lock", "change", "unknown", "reversible"],
    ["POST /workspaces/ws-1/actions/safe-delete", "destroy", "workspaces", "depends"],
    ["POST /workspaces/ws-1/actions/safe-delete.json", "unknown", "unknown", "irreversible"],
    [
      "POST /organizations/acme/workspaces/dev/actions/safe-delete",
      "destroy",
      "workspaces",
      "depends",
    ],
    ["POST /workspaces/ws-1/actions/force-unlock", "destroy", "workspace-locks", "irreversible"],
    [
      "POST /plans/plan-1/actions/soft-delete-backing-data",
      "destroy",
      "backing-data",
      "reversible",
    ],
    ["POST /plans/plan-1/actions/restore-backing-data", "change", "unknown", "reversible"],
    [
      "POST /plans/plan-1/actions/permanently-delete-backing-data",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    [
      "POST /state-versions/sv-1/actions/permanently_delete_backing_data",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    [
      "PUT /recoverable-items/ri-1/actions/permanently-delete",
      "destroy",
      "permanent-deletions",
      "irreversible",
    ],
    ["PUT /recoverable-items/ri-1/actions/recover", "change", "unknown", "reversible"],
    [
      "POST /hyok-configurations/hyokc-1/actions/revoke",
      "destroy",
      "hyok-configurations",
      "irreversible",
    ],
    [
      "POST /hyok-customer-key-versions/kv-1/actions/revoke",
      "destroy",
      "hyok-customer-key-versions",
      "irreversible",
    ],
    ["POST /change-requests/cr-1/actions/archive", "destroy", "change-requests", "reversible"],
    [
      "POST /configuration-versions/cv-1/actions/archive",
      "destroy",
      "configuration-versions",
      "reversible",
    ],
    [
      "POST /organizations/acme/authentication-token",
      "destroy",
      "organization-tokens",
      "irreversible",
    ],
    ["POST /teams/team-1/authentication-token", "destroy", "team-tokens", "irreversible"],
    ["POST /teams/team-1/authentication-tokens", "change", "unknown", "reversible"],
    ["POST /workspaces/ws-1/state-versions", "destroy", "state-versions", "irreversible"],
    ["PATCH /workspaces/ws-1/state-versions", "destroy", "state-versions", "irreversible"],
    ["POST /workspace-transfers", "destroy", "workspace-transfers", "irreversible"],
    ["POST /workspace-transfers/wt-1/actions/cancel", "change", "unknown", "reversible"],
    ["POST /runs/run-1/actions/discard", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/cancel", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/force-cancel", "destroy", "runs", "depends"],
    ["POST /runs/run-1/actions/force-execute", "destroy", "runs", "depends"],
    ["DELETE /api/registry/private/v2/gpg-keys/acme/ABC", "destroy", "gpg-keys", "irreversible"],
  ])("K1 K2: %s is %s of %s, %s", async (line, impact, resourceClass, reversibility) => {
    expect(await operation(line)).toMatchObject({ impact, resourceClass, reversibility, items: 1 });
  });

  it.each([
    ["DELETE /workspaces/ws-1", "Delete workspace"],
    [
      "POST /plans/p-1/actions/permanently-delete-backing-data",
      "Permanently delete backing data of plan",
    ],
    ["POST /runs/run-1/actions/apply", "Apply run (destroys)"],
    ["POST /workspaces/ws-1/state-versions", "Upload state"],
    ["DELETE /nothing/here", "Send DELETE /nothing/here"],
  ])("%s reads %j", async (line, title) => {
    expect((await operation(line)).title).toBe(title);
  });
});
