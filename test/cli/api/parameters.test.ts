import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReadPort } from "../../../src/cli/api/parameters.ts";
import { buildRequest } from "../../../src/cli/api/request.ts";
import { Failure } from "../../../src/policy/failure.ts";

const named = (type: string, id: string, name: string) => ({ id, type, attributes: { name } });
const team = named("teams", "team-BBBBBBBBBBBBBBBB", "owners");
const project = named("projects", "prj-CCCCCCCCCCCCCCCC", "Default Project");
const varset = named("varsets", "varset-EEEEEEEEEEEEEEEE", "aws");
const page = (data: unknown[], next: number | null = null) => ({
  data,
  meta: { pagination: { "next-page": next } },
});

/** What the API answers, by path and decoded query. Everything else is a 404. */
const ANSWERS: Record<string, unknown> = {
  "/organizations/acme/workspaces/payments": {
    data: named("workspaces", "ws-AAAAAAAAAAAAAAAA", "payments"),
  },
  "/organizations/acme/workspaces/ws-foo": {
    data: named("workspaces", "ws-FFFFFFFFFFFFFFFF", "ws-foo"),
  },
  "/organizations/other/workspaces/payments": {
    data: named("workspaces", "ws-GGGGGGGGGGGGGGGG", "payments"),
  },
  "/organizations/acme/workspaces/renamed": {
    data: named("workspaces", "ws-AAAAAAAAAAAAAAAA", "payments"),
  },
  "/organizations/acme/workspaces/hostile": {
    data: named("workspaces", "../organizations/acme", "hostile"),
  },
  "/organizations/acme/teams?filter[names]=owners&page[size]=100&page[number]=1": page([
    team,
    named("teams", "team-x", "Owners"),
  ]),
  "/organizations/acme/projects?filter[names]=Default Project&page[size]=100&page[number]=1": page([
    project,
  ]),
  "/organizations/acme/projects?filter[names]=twice&page[size]=100&page[number]=1": page([
    named("projects", "prj-1", "twice"),
    named("projects", "prj-2", "twice"),
  ]),
  "/organizations/acme/varsets?q=aws&page[size]=100&page[number]=1": page(
    [named("varsets", "varset-1", "aws-dev")],
    2,
  ),
  "/organizations/acme/varsets?q=aws&page[size]=100&page[number]=2": page([varset]),
};

let address = "";
let asked: string[] = [];
const server = createServer((request, response) => {
  const url = decodeURIComponent(request.url ?? "");
  asked.push(url);
  const found = Object.hasOwn(ANSWERS, url);
  response.writeHead(found ? 200 : 404).end(JSON.stringify(found ? ANSWERS[url] : {}));
});
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const read: ReadPort = {
  get: async (path, query = []) => {
    const search = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    const response = await fetch(`${address}${path}${search && `?${search}`}`);
    return response.ok ? response.json() : undefined;
  },
};

async function pathOf(path: string, param: string[], organization: string | undefined = "acme") {
  asked = [];
  const request = await buildRequest(
    { path, param },
    {
      cwd: "/",
      baseUrl: new URL("https://app.terraform.io"),
      stdin: Readable.from([]),
      organization: async () => organization,
      workspace: async () => "payments",
      read,
    },
  );
  return request.path;
}

const failure = (path: string, param: string[], organization?: string) =>
  pathOf(path, param, organization).then(
    (built) => Promise.reject(new Error(`built ${built}`)),
    (error: unknown) => (error instanceof Failure ? error : Promise.reject(error)),
  );

describe("names become IDs", () => {
  it.each([
    ["/workspaces/{workspace}", "workspace=payments", "/workspaces/ws-AAAAAAAAAAAAAAAA"],
    ["/workspaces/{workspace_id}", "workspace_id=payments", "/workspaces/ws-AAAAAAAAAAAAAAAA"],
    [
      "/workspaces/{workspace_id}/vars",
      "workspace=payments",
      "/workspaces/ws-AAAAAAAAAAAAAAAA/vars",
    ],
    ["/teams/{team}", "team=owners", "/teams/team-BBBBBBBBBBBBBBBB"],
    [
      "/teams/{id}/authentication-token",
      "id=owners",
      "/teams/team-BBBBBBBBBBBBBBBB/authentication-token",
    ],
    ["/projects/{project}", "project=Default Project", "/projects/prj-CCCCCCCCCCCCCCCC"],
    ["/varsets/{varset_id}", "varset=aws", "/varsets/varset-EEEEEEEEEEEEEEEE"],
    ["/organizations/acme/x/{team}", "team=owners", "/organizations/acme/x/team-BBBBBBBBBBBBBBBB"],
  ])("%s with -p %s → %s", async (path, param, filled) => {
    expect(await pathOf(path, [param])).toBe(filled);
    expect(asked.length).toBeGreaterThan(0);
  });

  it.each([
    ["/workspaces/{workspace}", "workspace=ws-1234567890abcdEF", "/workspaces/ws-1234567890abcdEF"],
    [
      "/organizations/acme/workspaces/{workspace}",
      "workspace=payments",
      "/organizations/acme/workspaces/payments",
    ],
    [
      "/organizations/acme/workspaces/{workspace_name}",
      "workspace=a b",
      "/organizations/acme/workspaces/a%20b",
    ],
    ["/policy-sets/{id}", "id=anything", "/policy-sets/anything"],
  ])("N1: %s with -p %s asks nothing → %s", async (path, param, filled) => {
    expect(await pathOf(path, [param])).toBe(filled);
    expect(asked).toEqual([]);
  });

  it("N1: a workspace that is called ws-foo is found by its name", async () => {
    expect(await pathOf("/workspaces/{workspace}", ["workspace=ws-foo"])).toBe(
      "/workspaces/ws-FFFFFFFFFFFFFFFF",
    );
  });

  it("fills {organization} and {workspace} from the settings", async () => {
    expect(await pathOf("/organizations/{organization_name}/runs", [])).toBe(
      "/organizations/acme/runs",
    );
    expect(await pathOf("/workspaces/{workspace}", [])).toBe("/workspaces/ws-AAAAAAAAAAAAAAAA");
    expect(await pathOf("/organizations/{organization}/workspaces/{workspace}", [])).toBe(
      "/organizations/acme/workspaces/payments",
    );
  });

  it("looks up in the organization that -p names, before any other", async () => {
    const params = ["workspace=payments", "organization=other"];
    expect(await pathOf("/workspaces/{workspace}", params)).toBe("/workspaces/ws-GGGGGGGGGGGGGGGG");
  });
});

describe("names that do not become one ID", () => {
  it.each([
    ["not found", "/workspaces/{workspace}", "workspace=nowhere", 2, "no workspace of that name"],
    [
      "N2: found under another name",
      "/workspaces/{workspace}",
      "workspace=renamed",
      2,
      "no workspace",
    ],
    ["N2: only part of a name", "/varsets/{varset}", "varset=aw", 2, "no varset"],
    ["N2: several", "/projects/{project}", "project=twice", 1, "prj-1, prj-2"],
    ["an id that is a path", "/workspaces/{workspace}", "workspace=hostile", 5, "no id"],
  ])("%s", async (_, path, param, exitCode, text) => {
    const caught = await failure(path, [param]);
    expect(caught).toMatchObject({ exitCode, message: expect.stringContaining(text) });
    expect(caught.fix).toBeTruthy();
  });

  it("asks for the organization when none is known", async () => {
    asked = [];
    const context = {
      cwd: "/",
      baseUrl: new URL("https://app.terraform.io"),
      stdin: Readable.from([]),
      organization: async () => undefined,
      workspace: async () => undefined,
      read,
    };
    const flags = { path: "/teams/{team}", param: ["team=owners"] };
    await expect(buildRequest(flags, context)).rejects.toMatchObject({
      exitCode: 1,
      fix: expect.stringContaining("-p organization=NAME"),
    });
    expect(asked).toEqual([]);
  });

  it("L1: a configured organization is checked like one that -p gives", async () => {
    expect((await failure("/organizations/{organization}", [], "a/b")).message).toContain(
      "configured organization",
    );
  });
});
