// The same look-ups against a real server: what the API answers is what they expect.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../../src/demo/stand-in/server.ts";
import type { LookUps } from "../../../src/operations/hcp/look-ups.ts";
import { resolveOrganization, resolveReversibility } from "../../../src/operations/hcp/resolve.ts";
import { toOperation } from "../../../src/operations/hcp/to-operation.ts";
import { send } from "../../demo/stand-in-client.ts";

let standIn: StandIn;
const lookUps: LookUps = {
  get: async (path) => {
    const reply = await send(standIn, "GET", path);
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw new Error(`the API answers ${reply.status}`);
    return JSON.parse(reply.text);
  },
};

beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.close());

async function made(method: string, path: string, body?: object) {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const input = { method, path, query: [], headers: [], ...text };
  return toOperation(input, { baseUrl: new URL(standIn.url), lookUps });
}

async function idOf(workspace: string): Promise<string> {
  return (await send(standIn, "GET", `/organizations/acme/workspaces/${workspace}`)).one.id;
}

describe("against a server", () => {
  it.each([
    ["scratch", "reversible"],
    ["payments-dev", "irreversible"],
  ])("deleting the workspace %s is %s, by name and by id", async (name, reversibility) => {
    const id = await idOf(name);
    for (const path of [`/workspaces/${id}`, `/organizations/acme/workspaces/${name}`]) {
      const operation = await made("DELETE", path);
      expect(await resolveReversibility(operation, lookUps)).toMatchObject({ reversibility });
      expect(await resolveOrganization(operation, lookUps)).toBe("acme");
    }
  });

  it("a variable is reversible unless it is sensitive", async () => {
    const id = await idOf("payments-dev");
    const vars = (await send(standIn, "GET", `/workspaces/${id}/vars`)).many;
    expect(vars.map(({ attributes }) => attributes.sensitive)).toContain(true);
    for (const variable of vars) {
      const operation = await made("DELETE", `/workspaces/${id}/vars/${variable.id}`);
      const { reversibility } = await resolveReversibility(operation, lookUps);
      expect(reversibility === "irreversible").toBe(variable.attributes.sensitive);
    }
  });

  it("V1: a server that fails leaves everything irreversible", async () => {
    const operation = await made("DELETE", "/organizations/acme/workspaces/scratch");
    const broken: LookUps = { get: async () => lookUps.get("/no/such/thing") };
    expect((await resolveReversibility(operation, broken)).reversibility).toBe("irreversible");
  });

  it("a run in a workspace that waits for a person is a change; a destroy run is not", async () => {
    const workspace = { data: { type: "workspaces", id: await idOf("scratch") } };
    const run = (attributes: object) => ({
      data: { type: "runs", attributes, relationships: { workspace } },
    });
    expect((await made("POST", "/runs", run({}))).impact).toBe("change");
    expect(await made("POST", "/runs", run({ "is-destroy": true }))).toMatchObject({
      impact: "destroy",
      resourceClass: "destroy-runs",
    });
  });

  it("applying is a change exactly when the finished plan destroys nothing", async () => {
    const runs = (await send(standIn, "GET", `/workspaces/${await idOf("payments-dev")}/runs`))
      .many;
    expect(runs.length).toBeGreaterThan(0);
    for (const { id } of runs) {
      const { one, included } = await send(standIn, "GET", `/runs/${id}?include=plan`);
      const plan = included[0]?.attributes ?? {};
      const safe =
        one.attributes["is-destroy"] === false &&
        plan.status === "finished" &&
        plan["resource-destructions"] === 0;
      const operation = await made("POST", `/runs/${id}/actions/apply`);
      expect(operation.impact).toBe(safe ? "change" : "destroy");
    }
  });
});
