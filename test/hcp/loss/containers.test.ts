import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../../src/demo/stand-in/server.ts";
import { cardOf, idOf, linesOf } from "./cards.ts";

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ seed: { temporaryWorkspaces: 210 } });
});
afterAll(() => standIn.close());

async function lines(type: string, name: string): Promise<string[]> {
  const path = `/${type}/${idOf(standIn, type, name)}`;
  return linesOf(await cardOf(standIn, "DELETE", path), standIn);
}

describe("deleting a project", () => {
  it("names its workspaces, sums their resources, counts teams and stacks", async () => {
    expect((await lines("projects", "platform")).slice(2)).toEqual([
      "holds: 7 workspaces (payments-dev, web-dev, batch-dev, ledger-prod, rollout-dev and 2 more), 0 stacks, managing 94 resources: the API refuses unless it is empty",
      "loses: its settings and tags, access of 1 team",
      "also: variable sets reach it: cloud-credentials",
      "type: platform",
    ]);
  });

  it("an empty one is still irreversible", async () => {
    const card = await lines("projects", "empty-project");
    expect(card).toContain("holds: 0 workspaces, 0 stacks");
    expect(card).toContain("type: empty-project");
  });
});

describe("deleting an organization", () => {
  it("counts everything in it, over several pages of workspaces", async () => {
    const card = await lines("organizations", "acme");
    expect(card[0]).toBe("Delete organization acme?");
    expect(card[2]).toMatch(
      /^loses: everything in it: 218 workspaces \(.* and 213 more\), 3 projects, 3 teams, 2 members, 2 variable sets, 1 policy set, 1 policy, 1 registry module, 1 registry provider, 1 agent pool, 1 OAuth client, 1 SSH key$/,
    );
    expect(card).toContain("orphans: 94 resources: they keep running, unmanaged");
    expect(card.at(-1)).toBe("type: acme");
  });

  it("L1: a sum over too many workspaces is a lower bound", async () => {
    const large = await startStandIn({ seed: { temporaryWorkspaces: 600 } });
    try {
      const card = linesOf(await cardOf(large, "DELETE", "/organizations/acme"), large);
      expect(card.join("\n")).toContain("608 workspaces");
      expect(card).toContain("orphans: at least 94 resources: they keep running, unmanaged");
    } finally {
      await large.close();
    }
  });
});

describe("deleting a variable set", () => {
  it("V1: one with a sensitive variable needs its name", async () => {
    expect((await lines("varsets", "cloud-credentials")).slice(2)).toEqual([
      "loses: 2 variables (1 sensitive)",
      "readers: 1 workspace: payments-dev; 1 project: platform",
      "type: cloud-credentials",
    ]);
  });

  it("V1: one without needs none", async () => {
    expect((await lines("varsets", "defaults")).slice(2)).toEqual([
      "loses: 2 variables",
      "readers: 1 workspace: payments-dev",
    ]);
  });
});

describe("deleting a team", () => {
  const access =
    "unknown: its access to workspaces and projects: the API lists it for each of them only";

  it("T1: one with a token needs its name", async () => {
    expect((await lines("teams", "platform-engineers")).slice(2)).toEqual([
      "loses: 2 members, 1 token (what uses a token of it stops working), the access it gives",
      access,
      "type: platform-engineers",
    ]);
  });

  it("T1: one without tokens and notifications needs none", async () => {
    expect((await lines("teams", "readers")).slice(2)).toEqual([
      "loses: 1 member, the access it gives",
      access,
    ]);
  });
});

describe("deleting what others rely on", () => {
  it.each([
    ["agent-pools", "on-premises", "loses: 1 agent, 2 tokens", "type: on-premises"],
    [
      "policy-sets",
      "guardrails",
      "loses: 1 policy, 2 parameters (1 sensitive)",
      "type: guardrails",
    ],
    [
      "oauth-clients",
      "github",
      "loses: 1 token: what reaches version control through them stops working",
      "type: github",
    ],
    [
      "notification-configurations",
      "payments-channel",
      "loses: a notification by slack, enabled",
      "type: payments-channel",
    ],
  ])("%s: %s", async (type, name, loses, typed) => {
    const card = await lines(type, name);
    expect(card).toContain(loses);
    expect(card).toContain(typed);
    // The address of a notification may hold a secret.
    expect(card.join("\n")).not.toContain("hooks.acme.example");
  });
});
