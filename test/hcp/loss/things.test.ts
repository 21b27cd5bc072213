// Variables, runs, backing data, tokens and keys, links, the registry, and the generic card.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StandIn, startStandIn } from "../../../src/demo/stand-in/server.ts";
import { cardOf, idOf, linesOf } from "./cards.ts";

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ seed: { temporaryWorkspaces: 1 } });
});
afterAll(() => standIn.close());

const id = (type: string, name: string) => idOf(standIn, type, name);
const first = (type: string) => standIn.state.all(type)[0]?.id ?? "none";

async function lines(method: string, path: string, body?: unknown): Promise<string[]> {
  return linesOf(await cardOf(standIn, method, path, body), standIn);
}

function runOf(workspace: string): string {
  const owner = { type: "workspaces", id: id("workspaces", workspace) };
  return standIn.state.ownedBy(owner, "runs")[0]?.id ?? "none";
}

describe("variables", () => {
  it("V1: a sensitive one: what it belongs to, that it is lost, never its value", async () => {
    const card = await lines("DELETE", `/vars/${id("vars", "db_password")}`);
    expect(card[0]).toBe("Delete variable of workspace: db_password?");
    expect(card[1]).toContain(`of workspace payments-dev (${id("workspaces", "payments-dev")})`);
    expect(card).toContain("loses: a sensitive value: it cannot be read back");
    expect(card).toContain("type: db_password");
  });

  it("V1: a readable one needs no name; its value stays out too", async () => {
    const workspace = id("workspaces", "payments-dev");
    const card = await lines("DELETE", `/workspaces/${workspace}/vars/${id("vars", "region")}`);
    expect(card.join("\n")).not.toMatch(/type:|eu-central-1/);
  });

  it("one of a variable set", async () => {
    const varset = id("varsets", "cloud-credentials");
    const variable = id("vars", "AWS_SESSION_TOKEN");
    const card = await lines("DELETE", `/varsets/${varset}/relationships/vars/${variable}`);
    expect(card[1]).toContain(`of variable set cloud-credentials (${varset})`);
    expect(card).toContain("also: environment variable");
  });
});

describe("runs", () => {
  it("applying a destroy run: whose, and how much", async () => {
    const run = runOf("teardown-dev");
    expect(await lines("POST", `/runs/${run}/actions/apply`)).toEqual([
      expect.stringMatching(/teardown-dev\?$/),
      `target: ${run} of teardown-dev, which manages 6 resources, HOST`,
      'run: destroy run, planned, 15 minutes ago: "Tear down"',
      "plan: 0 to add, 0 to change, 6 to destroy",
      "destroys: everything that the workspace manages, once it applies",
      `request: POST /runs/${run}/actions/apply`,
      "type: teardown-dev",
    ]);
  });

  it("applying one that still plans: nobody knows", async () => {
    const card = await lines("POST", `/runs/${runOf("planning-dev")}/actions/apply`);
    expect(card).toContain("plan: not finished (running): what it destroys is not known yet");
    expect(card).toContain("type: planning-dev");
  });

  it("discarding one that has not begun to apply needs no name", async () => {
    const card = await lines("POST", `/runs/${runOf("rollout-dev")}/actions/discard`);
    expect(card).toContain("plan: 2 to add, 1 to change, 0 to destroy");
    expect(card.join("\n")).not.toContain("type:");
  });

  it("starting a destroy run: all that the workspace of the body manages", async () => {
    const workspace = { data: { type: "workspaces", id: id("workspaces", "payments-dev") } };
    const attributes = { "is-destroy": true, "auto-apply": true };
    const card = await lines("POST", "/runs", {
      data: { type: "runs", attributes, relationships: { workspace } },
    });
    expect(card).toContain(
      "destroys: all 42 resources that the workspace manages: it applies without asking again",
    );
    expect(card).toContain("type: payments-dev");
  });
});

describe("backing data", () => {
  it.each([
    [0, "also: it is not the workspace's current state"],
    [2, "also: it is the workspace's current state"],
  ])("of state version %i: whether it is the current one", async (index, also) => {
    const owner = { type: "workspaces", id: id("workspaces", "payments-dev") };
    const version = standIn.state.ownedBy(owner, "state-versions")[index]?.id ?? "none";
    const path = `/state-versions/${version}/actions/soft_delete_backing_data`;
    const card = await lines("POST", path);
    expect(card[1]).toBe(`target: ${version} of payments-dev, HOST`);
    expect(card).toContain(also);
  });

  it("deleted for good: needs the id, and says so", async () => {
    const plan = first("plans");
    const card = await lines("POST", `/plans/${plan}/actions/permanently-delete-backing-data`);
    expect(card).toContain("loses: its data, for good");
    expect(card).toContain(`type: ${plan}`);
  });
});

describe("tokens and keys", () => {
  const gone = "loses: it cannot be recreated: everything that uses it stops working";

  it("a token: whose it is", async () => {
    const card = await lines("DELETE", `/authentication-tokens/${first("authentication-tokens")}`);
    expect(card[1]).toContain("of team platform-engineers (");
    expect(card).toContain(gone);
    expect(card.join("\n")).toContain("type: at-");
  });

  it("the token of a team: needs the team's name", async () => {
    const team = id("teams", "platform-engineers");
    const card = await lines("DELETE", `/teams/${team}/authentication-token`);
    expect(card[1]).toBe(`target: the token of team platform-engineers (${team}), HOST`);
    expect(card).toContain(gone);
    expect(card).toContain("type: platform-engineers");
  });

  it.each([
    ["platform-engineers", "loses: the token that it replaces: what uses it stops working"],
    ["readers", "loses: no token that this one may see is there to replace (the API answers 404)"],
  ])("minting one for %s replaces the old one", async (team, loses) => {
    const path = `/teams/${id("teams", team)}/authentication-token`;
    expect(await lines("POST", path)).toContain(loses);
  });

  it("an SSH key: says that nobody can say what uses it", async () => {
    const card = await lines("DELETE", `/ssh-keys/${first("ssh-keys")}`);
    expect(card).toContain(gone);
    expect(card).toContain("unknown: what uses it: the API does not list that");
    expect(card).toContain("type: deploy");
  });

  it("a key outside /api/v2 is not looked up, and the card says so", async () => {
    const before = standIn.requests.length;
    const card = await lines("DELETE", "/api/registry/private/v2/gpg-keys/acme/32966F3F");
    expect(standIn.requests.length).toBe(before);
    expect(card.join("\n")).toContain("unknown: whether it exists");
    expect(card).toContain("type: 32966F3F");
  });
});

describe("links", () => {
  it("names what the body unlinks, and from what", async () => {
    const [varset, workspace] = [id("varsets", "defaults"), id("workspaces", "payments-dev")];
    const body = { data: [{ type: "workspaces", id: workspace }] };
    const path = `/varsets/${varset}/relationships/workspaces`;
    expect(await lines("DELETE", path, body)).toEqual([
      expect.stringMatching(/^Remove variable set from workspaces.*defaults\?$/),
      `target: acme/defaults (${varset}), HOST`,
      `unlinks: 1 of its workspaces: payments-dev (${workspace})`,
      "also: both ends stay and can be linked again",
      `request: DELETE ${path}`,
      `body: ${JSON.stringify(body)}`,
    ]);
  });

  it("replacing a list: how many may go", async () => {
    const workspace = id("workspaces", "payments-dev");
    const path = `/workspaces/${workspace}/relationships/remote-state-consumers`;
    expect(await lines("PATCH", path, { data: [] })).toContain(
      "unlinks: up to 2 of its remote state consumers: the body lists those that stay",
    );
  });

  it.each([
    ["run-triggers", "unlinks: runs of payments-dev no longer start runs in web-dev"],
    ["team-workspaces", "unlinks: team platform-engineers loses write access to payments-dev"],
    ["team-projects", "unlinks: team platform-engineers loses maintain access to platform"],
  ])("%s: what it links", async (type, unlinks) => {
    const card = await lines("DELETE", `/${type}/${first(type)}`);
    expect(card).toContain(unlinks);
  });

  it("tags of an organization, by name", async () => {
    const body = { data: [{ type: "tags", id: first("tags") }] };
    expect(await lines("DELETE", "/organizations/acme/tags", body)).toContain(
      "loses: 1 tag: payments",
    );
  });
});

describe("the registry", () => {
  it.each([
    ["DELETE", "/organizations/acme/registry-modules/private/acme/network/aws", "type: network"],
    [
      "DELETE",
      "/organizations/acme/registry-modules/private/acme/network/aws/1.0.0",
      "type: 1.0.0",
    ],
    ["DELETE", "/organizations/acme/registry-providers/private/acme/inventory", "type: inventory"],
    ["POST", "/registry-modules/actions/delete/acme/network/aws", "type: network"],
  ])("%s %s", async (method, path, typed) => {
    const card = await lines(method, path);
    expect(card).toContain(typed);
    expect(card).toContain("readers: whoever uses it can no longer fetch it");
    expect(card).toContain(`request: ${method} ${path}`);
  });
});

describe("any other class", () => {
  it("says what it is, whether it exists, and whether it could be made again", async () => {
    const policy = first("policies");
    expect(await lines("DELETE", `/policies/${policy}`)).toEqual([
      "Delete policy no-public-buckets?",
      `target: acme/no-public-buckets (${policy}), HOST`,
      "class: policies; reversible: its code can be downloaded and uploaded again",
      "about: created 30 days ago",
      `request: DELETE /policies/${policy}`,
    ]);
  });

  it("G1: what does not exist", async () => {
    expect((await lines("DELETE", "/policies/pol-nope")).slice(2, 4)).toEqual([
      "found: does not exist (the API answers 404), or this token may not see it",
      "class: policies; reversible: its code can be downloaded and uploaded again",
    ]);
  });

  it("G1: where reading is not documented, a 404 proves nothing", async () => {
    const card = await lines("DELETE", "/reserved-tags/rtk-1");
    expect(card).toContain("unknown: whether it exists: the API answered 404");
    expect(card.join("\n")).not.toContain("does not exist");
  });

  it("a request that nobody knows is shown whole", async () => {
    const before = standIn.requests.length;
    const card = await lines("DELETE", "/nothing/we/know?x=1", { a: 1 });
    expect(standIn.requests.length).toBe(before);
    expect(card).toEqual([
      "Send DELETE /nothing/we/know?",
      "target: /nothing/we/know, HOST",
      "class: unknown: it may destroy anything that the token may reach",
      "request: DELETE /nothing/we/know?x=1",
      'body: {"a":1}',
      "unknown: what it does: holdfast does not know this request",
      "type: know",
    ]);
  });
});

describe("settings with an effect that outlives them", () => {
  it("runs that apply without asking: of how much", async () => {
    const workspace = id("workspaces", "payments-dev");
    const body = { data: { type: "workspaces", attributes: { "auto-apply": true } } };
    const card = await lines("PATCH", `/workspaces/${workspace}`, body);
    expect(card[0]).toBe("Let runs apply without asking: payments-dev?");
    expect(card).toContain(
      "destroys: whatever later runs find, of 42 resources now: they apply without asking",
    );
    expect(card).toContain("type: payments-dev");
  });

  it("workspaces that are moved under automatic destruction: which, and when", async () => {
    const project = standIn.state.get("projects", id("projects", "empty-project"));
    if (project) project.attributes["auto-destroy-activity-duration"] = "14d";
    const moved = [{ type: "workspaces", id: id("workspaces", "payments-dev") }];
    const path = `/projects/${id("projects", "empty-project")}/relationships/workspaces`;
    const card = await lines("POST", path, { data: moved });
    expect(card[0]).toBe("Move workspaces under automatic destruction: empty-project?");
    expect(card).toContain("moves: payments-dev");
    expect(card).toContain("when: after 14d without activity");
    expect(card).toContain("type: empty-project");
  });

  it("a link to everything: that all of it goes", async () => {
    const varset = id("varsets", "cloud-credentials");
    const body = { data: { type: "varsets", attributes: { global: false } } };
    const known = standIn.state.get("varsets", varset);
    if (known) known.attributes.global = true;
    const card = await lines("PATCH", `/varsets/${varset}`, body);
    expect(card[0]).toBe("Remove variable set from all workspaces: cloud-credentials?");
    expect(card).toContain(
      "unlinks: all that it reaches now by reaching everything; what is linked by itself stays",
    );
  });
});
