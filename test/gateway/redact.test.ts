// Nothing that is secret leaves the gateway, whatever says it.

import { afterAll, beforeAll, expect, it } from "vitest";
import { openGateway, type StdioGateway } from "../support/gateway-client.ts";
import { type Stage, setStage } from "../support/stage.ts";

const SECRET = "hunter2-correct-horse";
let stage: Stage;
let gateway: StdioGateway;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  gateway = await openGateway(stage, { env: { DATABASE_PASSWORD: SECRET } });
});
afterAll(async () => {
  await gateway.close();
  await stage.close();
});

const answered = (body: object, status = 200) =>
  stage.api.failNext({ status, body: body as never });
const get = (path = "/workspaces/ws-1") => gateway.call("hcp_request", { method: "GET", path });

it("K1: a secret of the gateway's variables, and its token, in what the API says", async () => {
  const encoded = Buffer.from(`user:${SECRET}`).toString("base64");
  answered({ data: { id: stage.api.token, [SECRET]: [SECRET, { deep: `${SECRET}!` }], encoded } });
  const read = await get();
  expect(read.result.status).toBe("done");
  for (const hidden of [SECRET, stage.api.token, encoded]) expect(read.raw).not.toContain(hidden);
  expect(read.text).toContain("[redacted]");
});

it("K1: in a failure, in what is kept as a resource, and in an address that the agent gives", async () => {
  answered({ errors: [{ status: "422", detail: `no: ${SECRET}` }] }, 422);
  expect((await get()).raw).not.toContain(SECRET);
  answered({ data: `${"x".repeat(20_000)}${SECRET}${"y".repeat(20_000)}` });
  const long = await get();
  const { text, output } = long.result.truncated ?? {};
  for (const uri of [text, output]) {
    const whole = await gateway.read(uri ?? "");
    expect(whole).toContain("[redacted]");
    expect(whole).not.toContain(SECRET);
  }
  const echoed = await gateway.call("hcp_request", {
    method: "DELETE",
    path: `/workspaces/${SECRET}`,
  });
  expect(echoed.raw).not.toContain(SECRET);
  expect((await gateway.call("hcp_request", { [SECRET]: 1 })).raw).not.toContain(SECRET);
});

it("K1: in progress, while it is told", async () => {
  const messages: string[] = [];
  stage.api.failNext({ status: 429, times: 1 });
  const input = { method: "GET", path: "/organizations" };
  const read = await gateway.call("hcp_request", input, {
    onProgress: (message) => messages.push(message),
  });
  expect(read.result.status).toBe("done");
  expect(messages.join()).toMatch(/429/);
});

it("its own stderr says nothing of it either", () => {
  expect(gateway.stderr).not.toContain(SECRET);
  expect(gateway.stderr).not.toContain(stage.api.token);
});
