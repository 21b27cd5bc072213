// A volume that is deleted with an API token from a file that was lying about.

import { symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";
import { has, workspace } from "../../support/scripts.ts";

const TOKEN = "vt_live_8d1f0c55e2a94b7e";

let scene: Incident;
let provider: Server;
let url: string;
/** What the provider of the volumes was asked. */
const asked: string[] = [];
beforeAll(async () => {
  provider = createServer(({ method, url: path }, response) => {
    asked.push(`${method} ${path}`);
    response.end("{}");
  });
  await new Promise<void>((done) => provider.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  scene = await openIncident({ environment: "staging" });
  scene.file("token.env", `VOLUMES_TOKEN=${TOKEN}\n`);
  symlinkSync("token.env", scene.path("notes"));
});
afterAll(async () => {
  await scene?.close();
  provider?.close();
});

const exec = (command: string) => scene.call("shell_exec", { command });

describe("a token in a file", () => {
  it.each([
    "cat token.env",
    "cat ./token.env",
    "head -n 1 token.env",
    "grep VOLUMES token.env",
    "grep -r VOLUMES .",
    "diff token.env /dev/null",
    "cat notes",
    "cat token.*",
    "cat <token.env",
    "base64 token.env",
    ". ./token.env; echo $VOLUMES_TOKEN",
  ])("is not read unasked: %s", async (command) => {
    const called = await exec(command);
    expectWaiting(called);
    expect(called.raw).not.toContain(TOKEN);
  });
});

describe("the deletion of a volume", () => {
  it.skipIf(!has("curl"))("with curl waits, and nothing is sent (needs curl)", async () => {
    const command = `curl -X DELETE -H "Authorization: Bearer $(cat token.env)" ${url}/v1/volumes/vol-orders`;
    const called = await exec(command);
    expectWaiting(called);
    expect(called.result.operation).toMatchObject({
      impact: "destroy",
      reversible: "irreversible",
    });
    const card = await scene.card(called);
    expect(card).toContain(`argument '${command}'`);
    expect(card).toContain("known for curl: it sends a request to delete");
    expect(card).toContain(`file ${scene.path("token.env")}`);
    expect(card).toContain("environment staging");
    expect(`${called.raw}${card}`).not.toContain(TOKEN);
    expect(asked).toEqual([]);
  });

  it.each([
    () => `curl --json '{"query":"mutation { volumeDelete(id: 1) }"}' -K token.env ${url}/graphql`,
    () => `node -e 'fetch("${url}/v1/volumes/vol-orders", { method: "DELETE" })'`,
    () => `python3 -c 'import urllib.request as u; u.urlopen("${url}/delete")'`,
    () => `wget --method=DELETE --header="$(cat token.env)" ${url}/v1/volumes/vol-orders`,
  ])("in other words waits as well", async (commandOf) => {
    const command = commandOf();
    const called = await exec(command);
    expect([called.isError, called.result.execution], called.text).toEqual([true, undefined]);
    if (called.result.request !== undefined)
      expect(await scene.card(called)).toContain(url.slice("http://".length));
    expect(asked).toEqual([]);
  });

  it("hcp_request asks HCP Terraform alone, with the token of the gateway", async () => {
    const elsewhere = await scene.call("hcp_request", { method: "DELETE", path: `${url}/v1/x` });
    expect(elsewhere.result.error?.code).toBe("invalid-input");
    const double = await scene.call("hcp_request", {
      method: "DELETE",
      path: `/${url.slice(5)}/x`,
    });
    expect(double.isError).toBe(true);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const path = `/workspaces/${workspace(scene.stage, "tmp-000")}`;
    const given = await scene.call("hcp_request", { method: "DELETE", path, headers });
    expect(given.result.error?.code).toBe("invalid-input");
    const called = await scene.call("hcp_request", { method: "DELETE", path });
    expectWaiting(called);
    const card = await scene.card(called);
    expect(card).toContain("Delete workspace tmp-000?");
    expect(card).toContain(`request DELETE ${path}`);
    expect(card).toContain("loses its settings");
    expect(card).toContain("environment staging");
    expect([asked, scene.stage.api.mutations]).toEqual([[], []]);
  });
});
