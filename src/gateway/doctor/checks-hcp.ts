// What of HCP Terraform waits for a person. The gateway's address of it leads to nothing.

import type { Check, CheckGroup, Verdict } from "./check.ts";
import type { Stage } from "./stage.ts";
import { refusedBySchema, stopped } from "./stopped.ts";

async function deletes({ gateway, policy }: Stage): Promise<Verdict> {
  const called = await gateway.call("hcp_request", {
    method: "DELETE",
    path: "/workspaces/ws-DoctorsOwn000000",
  });
  return stopped(called, { effect: "ask" }, policy);
}

async function elsewhere({ gateway }: Stage): Promise<Verdict> {
  const path = "https://evil.invalid/api/v2/workspaces";
  return refusedBySchema(await gateway.call("hcp_request", { method: "GET", path }), "path");
}

const CHECKS: readonly Check[] = [
  { id: "hcp-delete", name: "deleting a workspace waits for a person", run: deletes },
  { id: "hcp-address", name: "no request goes to another address", run: elsewhere },
];

/** The checks. */
export const HCP: CheckGroup = { title: "HCP Terraform", checks: CHECKS };
