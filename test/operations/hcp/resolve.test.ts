import { describe, expect, it } from "vitest";
import { OBSTACLES } from "../../../src/operations/hcp/obstacles.ts";
import { resolveOrganization, resolveReversibility } from "../../../src/operations/hcp/resolve.ts";
import { RESOURCE_CLASSES } from "../../../src/policy/resource-class.ts";
import {
  type Documents,
  list,
  lookUpsIn,
  named,
  operation,
  resource,
  type Typed,
} from "./documents.ts";

const EMPTY_WORKSPACE: Documents = {
  "/workspaces/ws-1": resource("ws-1", { "resource-count": 0 }),
  "/workspaces/ws-1/resources": list(),
  "/workspaces/ws-1/vars": list({ sensitive: false }),
  "/workspaces/ws-1/notification-configurations": list({ "destination-type": "email" }),
};
const TEAM: Documents = {
  "/teams/team-1": resource("team-1", {}, { organization: named("acme") }),
  "/organizations/acme/team-tokens": {
    data: [{ id: "at-9", relationships: { team: named("team-2") } }],
  },
  "/teams/team-1/notification-configurations": list(),
};
const POLICY_SET: Documents = {
  "/policy-sets/ps-1": resource("ps-1", { "vcs-repo": { identifier: "acme/rules" } }),
  "/policy-sets/ps-1/parameters": list({ sensitive: false }),
};
const VARSET_VARS = "/varsets/vs-1/relationships/vars";
const PAGE = "?page%5Bsize%5D=100&page%5Bnumber%5D=";
const page = (sensitive: boolean, next: unknown) => ({
  ...list({ sensitive }),
  meta: { pagination: { "next-page": next } },
});
const TEST_VARS = "/organizations/acme/tests/registry-modules/private/acme/vpc/aws/vars";

type Case = [line: string, documents: Documents, typed?: Typed];

describe("whether it could be recreated", () => {
  it.each<Case>([
    ["DELETE /workspaces/ws-1", EMPTY_WORKSPACE],
    ["DELETE /admin/workspaces/ws-1", EMPTY_WORKSPACE],
    ["POST /workspaces/ws-1/actions/safe-delete", EMPTY_WORKSPACE],
    [
      "DELETE /organizations/acme/workspaces/dev",
      {
        ...EMPTY_WORKSPACE,
        "/organizations/acme/workspaces/dev": EMPTY_WORKSPACE["/workspaces/ws-1"],
      },
    ],
    [
      "DELETE /workspaces/ws-1/vars/var-1",
      { "/workspaces/ws-1/vars/var-1": resource("var-1", { sensitive: false }) },
    ],
    ["DELETE /vars/var-1", { "/vars/var-1": resource("var-1", { sensitive: false }) }],
    ["DELETE /varsets/vs-1", { [VARSET_VARS]: list({ sensitive: false }, { sensitive: false }) }],
    [
      "DELETE /varsets/vs-1",
      { [`${VARSET_VARS}${PAGE}1`]: page(false, 2), [`${VARSET_VARS}${PAGE}2`]: page(false, null) },
    ],
    [
      `DELETE ${VARSET_VARS}/var-1`,
      { [`${VARSET_VARS}/var-1`]: resource("var-1", { sensitive: false }) },
    ],
    ["DELETE /policy-sets/ps-1", POLICY_SET],
    [
      "DELETE /policy-sets/ps-1/parameters/var-1",
      { "/policy-sets/ps-1/parameters/var-1": resource("var-1", { sensitive: false }) },
    ],
    ["DELETE /teams/team-1", TEAM],
    ["DELETE /agent-pools/apool-1", { "/agent-pools/apool-1/authentication-tokens": list() }],
    [
      "DELETE /notification-configurations/nc-1",
      { "/notification-configurations/nc-1": resource("nc-1", { "destination-type": "email" }) },
    ],
    [`DELETE ${TEST_VARS}/item-0`, { [TEST_VARS]: list({ sensitive: false }) }],
    [
      "POST /runs/run-1/actions/discard",
      { "/runs/run-1": resource("run-1", { status: "planned" }) },
    ],
    [
      "POST /runs/run-1/actions/cancel",
      { "/runs/run-1": resource("run-1", { status: "planning" }) },
    ],
    ["DELETE /run-triggers/rt-1", {}],
    ["GET /workspaces/ws-1", {}],
    ["PATCH /workspaces/ws-1", {}],
  ])("%s is reversible: %#", async (line, documents) => {
    const made = await operation(line, {}, documents);
    const resolved = await resolveReversibility(made, lookUpsIn(documents));
    expect(resolved.because).toMatch(/^[^\n]+[^.\n]$/);
    expect(resolved.reversibility).toBe("reversible");
  });

  const without = (path: string) => ({ ...EMPTY_WORKSPACE, [path]: undefined });
  it.each<Case>([
    ["DELETE /workspaces/ws-1", {}],
    ["DELETE /workspaces/ws-1", { ...EMPTY_WORKSPACE, "/workspaces/ws-1": new Error("timed out") }],
    [
      "DELETE /workspaces/ws-1",
      { ...EMPTY_WORKSPACE, "/workspaces/ws-1": resource("ws-1", { "resource-count": 3 }) },
    ],
    [
      "DELETE /workspaces/ws-2",
      { ...EMPTY_WORKSPACE, "/workspaces/ws-2": EMPTY_WORKSPACE["/workspaces/ws-1"] },
    ],
    ["DELETE /vars/var-1", { "/vars/var-1": resource("var-2", { sensitive: false }) }],
    // I1: the name could not be looked up when the request was made, and may be another's by now.
    ["DELETE /organizations/acme/workspaces/dev", EMPTY_WORKSPACE],
    [
      "DELETE /workspaces/ws-1",
      { ...EMPTY_WORKSPACE, "/workspaces/ws-1": resource("ws-1", { "resource-count": "0" }) },
    ],
    [
      "DELETE /workspaces/ws-1",
      { ...EMPTY_WORKSPACE, "/workspaces/ws-1": resource("../x", { "resource-count": 0 }) },
    ],
    ["DELETE /workspaces/ws-1", { ...EMPTY_WORKSPACE, "/workspaces/ws-1/resources": list({}) }],
    [
      "DELETE /workspaces/ws-1",
      { ...EMPTY_WORKSPACE, "/workspaces/ws-1/vars": list({ sensitive: true }) },
    ],
    ["DELETE /workspaces/ws-1", { ...EMPTY_WORKSPACE, "/workspaces/ws-1/vars": list({}) }],
    ["DELETE /workspaces/ws-1", { ...EMPTY_WORKSPACE, "/workspaces/ws-1/vars": { data: {} } }],
    [
      "DELETE /workspaces/ws-1",
      {
        ...EMPTY_WORKSPACE,
        "/workspaces/ws-1/notification-configurations": list({ "destination-type": "generic" }),
      },
    ],
    ...Object.keys(EMPTY_WORKSPACE).map((path): Case => ["DELETE /workspaces/ws-1", without(path)]),
    ["DELETE /vars/var-1", { "/vars/var-1": resource("var-1", { sensitive: true }) }],
    [
      "DELETE /varsets/vs-1",
      { [`${VARSET_VARS}${PAGE}1`]: page(false, 2), [`${VARSET_VARS}${PAGE}2`]: page(true, null) },
    ],
    ["DELETE /varsets/vs-1", { [`${VARSET_VARS}${PAGE}1`]: page(false, 2) }],
    ["DELETE /varsets/vs-1", { [`${VARSET_VARS}${PAGE}1`]: page(false, 1) }],
    [
      "DELETE /varsets/vs-1",
      {
        [`${VARSET_VARS}${PAGE}1`]: page(false, "2"),
        [`${VARSET_VARS}${PAGE}2`]: page(true, null),
      },
    ],
    [
      "DELETE /policy-sets/ps-1",
      { ...POLICY_SET, "/policy-sets/ps-1": resource("ps-1", { versioned: true }) },
    ],
    [
      "DELETE /policy-sets/ps-1",
      { ...POLICY_SET, "/policy-sets/ps-1/parameters": list({ sensitive: true }) },
    ],
    [
      "DELETE /teams/team-1",
      { ...TEAM, "/teams/team-1/authentication-token": resource("at-1", {}) },
    ],
    [
      "DELETE /teams/team-1",
      {
        ...TEAM,
        "/organizations/acme/team-tokens": {
          data: [{ id: "at-1", relationships: { team: named("team-1") } }],
        },
      },
    ],
    ["DELETE /teams/team-1", { ...TEAM, "/organizations/acme/team-tokens": list({}) }],
    ["DELETE /teams/team-1", { ...TEAM, "/organizations/acme/team-tokens": undefined }],
    ["DELETE /agent-pools/apool-1", { "/agent-pools/apool-1/authentication-tokens": list({}) }],
    ["DELETE /agent-pools/apool-1", {}],
    [
      "DELETE /notification-configurations/nc-1",
      { "/notification-configurations/nc-1": resource("nc-1", { "destination-type": "slack" }) },
    ],
    [`DELETE ${TEST_VARS}/var-9`, { [TEST_VARS]: list({ sensitive: false }) }],
    [
      "POST /runs/run-1/actions/cancel",
      { "/runs/run-1": resource("run-1", { status: "applying" }) },
    ],
    [
      "POST /runs/run-1/actions/force-cancel",
      { "/runs/run-1": resource("run-1", { status: "planned" }) },
    ],
    ["DELETE /projects/prj-1", {}],
    ["DELETE /no/such/thing", {}],
  ])("V1 V3 V4: %s is irreversible: %#", async (line, documents) => {
    const made = await operation(line);
    const resolved = await resolveReversibility(made, lookUpsIn(documents));
    expect(resolved.because).toMatch(/^[^\n]+[^.\n]$/);
    expect(resolved.reversibility).toBe("irreversible");
  });

  it("V3: replacing all variables of a workspace looks at each of them", async () => {
    const made = await operation(
      "PATCH /workspaces/ws-1/relationships/vars",
      { json: { data: [] } },
      EMPTY_WORKSPACE,
    );
    const of = async (documents: Documents) =>
      (await resolveReversibility(made, lookUpsIn(documents))).reversibility;
    expect(await of(EMPTY_WORKSPACE)).toBe("reversible");
    expect(
      await of({ "/workspaces/ws-1/vars": list({ sensitive: false }, { sensitive: true }) }),
    ).toBe("irreversible");
  });

  it.each(Object.entries(RESOURCE_CLASSES))(
    "V2: %s asks the API only when it depends",
    async (name, info) => {
      expect(Object.hasOwn(OBSTACLES, name)).toBe(info.reversibility === "depends");
      if (info.reversibility === "depends") return;
      const asked: string[] = [];
      const made = {
        ...(await operation("DELETE /workspaces/ws-1")),
        resourceClass: name as "vars",
      };
      const { reversibility } = await resolveReversibility(made, lookUpsIn({}, asked));
      expect(reversibility).toBe(info.reversibility);
      expect(asked).toEqual([]);
    },
  );
});

describe("which organization it acts in", () => {
  const WORKSPACE = { "/workspaces/ws-1": resource("ws-1", {}, { organization: named("acme") }) };
  const json = { data: { relationships: { workspace: named("ws-1") } } };

  it.each<[string, Documents, string | undefined, Typed?]>([
    ["DELETE /organizations/acme/workspaces/dev", {}, "acme"],
    ["DELETE /workspaces/ws-1", WORKSPACE, "acme"],
    ["DELETE /workspaces/ws-1/vars/var-1", WORKSPACE, "acme"],
    [
      "POST /runs/run-1/actions/cancel",
      { ...WORKSPACE, "/runs/run-1": resource("run-1", {}, { workspace: named("ws-1") }) },
      "acme",
    ],
    ["POST /runs", WORKSPACE, "acme", { json }],
    ["POST /runs", WORKSPACE, undefined],
    ["DELETE /workspaces/ws-1", {}, undefined],
    ["DELETE /workspaces/ws-1", { "/workspaces/ws-1": new Error("401") }, undefined],
    [
      "DELETE /teams/team-1",
      { "/teams/team-1": resource("team-1", {}, { team: named("team-1") }) },
      undefined,
    ],
  ])("%s: %#", async (line, documents, expected, typed = {}) => {
    const made = await operation(line, typed);
    expect(await resolveOrganization(made, lookUpsIn(documents))).toBe(expected);
  });
});
