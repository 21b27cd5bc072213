// The gateway as a whole: how it is started, what it announces, how calls live and end.

import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runInProcess } from "../support/cli.ts";
import { openGateway } from "../support/gateway-client.ts";
import { RawGateway } from "../support/raw-gateway.ts";
import { workspace } from "../support/scripts.ts";
import { setStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ asks: true });
});
afterAll(() => stage.close());

describe("a client", () => {
  it.each(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])(
    "that speaks %s lists the tools, calls one, and reads through the gate",
    async (protocol) => {
      const gateway = await openGateway(stage, { protocol });
      try {
        const { tools } = await gateway.client.listTools();
        expect(tools.map(({ name }) => name)).toContain("hcp_request");
        const read = await gateway.call("hcp_request", { method: "GET", path: "/organizations" });
        expect(read.isError).toBe(false);
        expect(read.result.status).toBe("done");
        expect(read.text).toContain("organizations");
      } finally {
        await gateway.close();
      }
    },
  );
});

describe("what is announced", () => {
  it("M1: strict input schemas, one output schema, and honest annotations", async () => {
    const gateway = await openGateway(stage);
    try {
      const { tools } = await gateway.client.listTools();
      for (const { name, inputSchema, outputSchema, annotations } of tools) {
        expect([name, inputSchema.additionalProperties]).toEqual([name, false]);
        expect(outputSchema?.properties).toHaveProperty("schema.const", "holdfast.tool-result.v1");
        expect(Object.keys(annotations ?? {}).toSorted()).toEqual([
          ...["destructiveHint", "idempotentHint", "openWorldHint", "readOnlyHint", "title"],
        ]);
      }
    } finally {
      await gateway.close();
    }
  });
});

describe("row 38, 39: how it is started", () => {
  const serve = async (words: readonly string[]) => {
    const ran = await runInProcess(["gateway", "serve", ...words], stage.env, stage.directory);
    expect(ran.stdout).toBe("");
    return ran;
  };
  const policy = (text: string) => {
    const path = join(stage.directory, "policy.yaml");
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };

  it.each([
    [[], "which environment?"],
    [["-e", "production"], "did you mean prod?"],
    [["-e", "PROD"], "did you mean prod?"],
    [["-e", "bogus"], 'no environment "bogus"'],
    [["-e", ""], 'no environment ""'],
  ])("row 39: %j is an error, and stdout stays empty", async (words, said) => {
    const { code, stderr } = await serve(words);
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)]);
  });

  it.each(["--dry-run", "--json", "--markdown", "--quiet"])(
    "%s would change nothing here, and is refused by name",
    async (flag) => {
      // With --json it is told on stdout, as every failure is.
      const words = ["gateway", "serve", "-e", "dev", flag];
      const { code, stderr } = await runInProcess(words, stage.env, stage.directory);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`gateway serve has no ${flag}`)]);
    },
  );

  it("row 38: a policy that is named and is not there, or makes no sense, is an error", async () => {
    const missing = await serve(["-e", "dev", "--policy", "nowhere.yaml"]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("nowhere.yaml")]);
    const unknown = await serve(["-e", "dev", "--policy", policy("no-such-key: 1\n")]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("no-such-key")]);
    const broken = await serve(["-e", "dev", "--policy", policy("a: [\n")]);
    expect(broken.code).toBe(1);
    expect(broken.stderr.trimEnd().split("\n").length).toBeLessThan(4);
  });

  it("row 38: policy is read again for each call: what breaks it refuses", async () => {
    const path = policy("version: 1\n");
    const gateway = await openGateway(stage, { words: ["--policy", path] });
    try {
      const read = { method: "GET", path: "/organizations" };
      expect((await gateway.call("hcp_request", read)).isError).toBe(false);
      policy("version: [\n");
      const called = await gateway.call("hcp_request", read);
      expect([called.isError, called.result.status]).toEqual([true, "error"]);
      expect(called.text).toContain(path);
    } finally {
      await gateway.close();
    }
  });

  it("row 42: it says that it is a rail, and the agent's child", async () => {
    const gateway = await openGateway(stage);
    await vi.waitUntil(() => gateway.stderr.includes("not a wall"), { timeout: 20_000 });
    await gateway.close();
    expect(gateway.stderr).toContain("the agent's child");
    expect(gateway.stderr).toContain("A safety rail, not a wall");
    expect(gateway.stderr).toContain(`where    ${realpathSync(stage.directory)}\n`);
  });

  it("it says where policy lets it act, by which files, and which directories are not there", async () => {
    const path = policy("version: 1\nenvironments: {dev: {terraform: {roots: [/nowhere/tf]}}}\n");
    const gateway = await openGateway(stage, { words: ["--policy", path] });
    await vi.waitUntil(() => gateway.stderr.includes("not a wall"), { timeout: 20_000 });
    await gateway.close();
    expect(gateway.stderr).toContain("where    terraform in /nowhere/tf\n");
    expect(gateway.stderr).toContain(`           commands in ${realpathSync(stage.directory)}\n`);
    expect(gateway.stderr).toContain(path);
    expect(gateway.stderr).toContain("warning  /nowhere/tf is named as a root");
    const called = await openGateway(stage);
    const pods = await called.call("kubectl_get", { kind: "pods" });
    await called.close();
    expect(pods.text).toMatch(
      /fix {2}a person sets both in .*policy\.yaml: environments: \{dev: \{kub/,
    );
  });
});

describe("calls", () => {
  const read = { method: "GET", path: "/organizations" };

  it("a slow one does not keep others waiting, and one that is cancelled ends", async () => {
    const gateway = await openGateway(stage);
    try {
      stage.api.delayNext({ ms: 10_000, pathPrefix: "/workspaces" });
      const cancelling = new AbortController();
      const slow = gateway
        .call(
          "hcp_request",
          { method: "GET", path: "/workspaces/ws-1" },
          { signal: cancelling.signal },
        )
        .then(
          () => "answered",
          () => "cancelled",
        );
      const others = await Promise.all([1, 2, 3].map(() => gateway.call("hcp_request", read)));
      expect(others.map(({ isError }) => isError)).toEqual([false, false, false]);
      cancelling.abort("enough");
      expect(await slow).toBe("cancelled");
    } finally {
      await gateway.close();
    }
  });

  it("C1, S2: a signal waits for what changes something, and says so", async () => {
    const id = workspace(stage, "tmp-001");
    const raw = new RawGateway(stage);
    await raw.begin();
    const arrived = stage.api.requests.length;
    stage.api.delayNext({ ms: 700, method: "PATCH" });
    const body = { data: { type: "workspaces", id, attributes: { description: "late" } } };
    const params = {
      ...{ name: "hcp_request", arguments: { method: "PATCH", path: `/workspaces/${id}`, body } },
    };
    raw.write({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
    await vi.waitUntil(() => stage.api.requests.length > arrived, { timeout: 10_000 });
    raw.child.kill("SIGTERM");
    expect(await raw.ended).toBe(0);
    expect(raw.stderr).toContain("waiting for hcp_request");
    expect(stage.api.state.get("workspaces", id)?.attributes.description).toBe("late");
  });

  it("C1: who goes away does not end what changes something, and ends what reads", async () => {
    const raw = new RawGateway(stage);
    await raw.begin();
    const arrived = stage.api.requests.length;
    stage.api.delayNext({ ms: 30_000, pathPrefix: "/workspaces" });
    const params = { name: "hcp_request", arguments: { method: "GET", path: "/workspaces/ws-1" } };
    raw.write({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
    await vi.waitUntil(() => stage.api.requests.length > arrived, { timeout: 10_000 });
    expect(await raw.close()).toBe(0);
    expect(raw.stderr).not.toContain("waiting");
  });
});
