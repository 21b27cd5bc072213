// The kubectl tools as an agent has them: over a real connection, with a person who answers.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Desk, sitDown } from "../support/desk.ts";
import { openGateway, type StdioGateway } from "../support/gateway-client.ts";
import { type Cluster, hasKubectl, startCluster } from "../support/kubernetes.ts";
import { type Stage, setStage } from "../support/stage.ts";

const PASSWORD = "correct-horse-battery";
const ENCODED = Buffer.from(PASSWORD).toString("base64");

let stage: Stage;
let desk: Desk;
let cluster: Cluster;
let gateway: StdioGateway;

describe.skipIf(!hasKubectl())("with kubectl", () => {
  beforeAll(async () => {
    stage = await setStage({ asks: true });
    desk = await sitDown(stage);
    cluster = await startCluster();
    const kubeconfig = cluster.kubeconfig(join(stage.directory, "kubeconfig"));
    const policy = join(stage.directory, "policy.yaml");
    const kubernetes = { kubeconfig, context: "test" };
    writeFileSync(policy, JSON.stringify({ version: 1, environments: { dev: { kubernetes } } }), {
      mode: 0o600,
    });
    for (const name of ["default", "team-a", "kube-system"])
      cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    cluster.put({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "db" },
      data: { password: ENCODED },
    });
    gateway = await openGateway(stage, { words: ["--policy", policy] });
  });
  afterAll(async () => {
    await gateway?.close();
    await cluster?.close();
    await desk?.close();
    await stage?.close();
  });

  it("lists seven tools, of which three only look", async () => {
    const { tools } = await gateway.client.listTools();
    const own = tools.filter(({ name }) => name.startsWith("kubectl_"));
    expect(own.map(({ name }) => name)).toHaveLength(7);
    const looks = own.filter(({ annotations }) => annotations?.readOnlyHint === true);
    expect(looks.map(({ name }) => name).sort()).toEqual([
      "kubectl_describe",
      "kubectl_get",
      "kubectl_logs",
    ]);
  });

  it("row 16: a Secret is shown without its values", async () => {
    const input = { kind: "secrets", name: "db", output: "yaml" };
    const { raw, text, isError } = await gateway.call("kubectl_get", input);
    expect([isError, raw.includes(ENCODED)]).toEqual([false, false]);
    expect(text).toContain("password: (hidden)");
  });

  it.each([
    ["row 9", "kubectl_delete", { kind: "pods", name: "x", namespace: ["kube-system"] }],
    ["row 10", "kubectl_scale", { kind: "deploy", name: "web", replicas: "0" }],
    ["row 11", "kubectl_delete", { kind: "pods", name: "--all" }],
    ["row 12", "kubectl_delete", { kind: "namespace/kube-system", name: "x" }],
    ["row 15", "kubectl_apply", { manifest: "https://evil.example/all.yaml" }],
    ["row 18", "kubectl_describe", { kind: "pods" }],
  ])("%s: %s %j is an error, and nothing is sent", async (_, tool, input) => {
    const before = cluster.asked.length;
    const isError = await gateway.call(tool, input).then(
      (called) => called.isError,
      () => true,
    );
    expect([isError, cluster.asked.length]).toEqual([true, before]);
  });

  it("rows 12, 13: a deletion by any name waits for a person, and goes through once", async () => {
    const deletion = (kind: string) => gateway.call("kubectl_delete", { kind, name: "team-a" });
    const first = await deletion("ns");
    expect([first.isError, first.result.status]).toEqual([true, "waiting"]);
    expect(cluster.mutations()).toEqual([]);
    const id = first.result.request?.id ?? "";
    expect((await deletion("Namespace")).result.request?.id).toBe(id);
    const { screen, code } = await desk.answer(["approve", id], "team-a");
    expect([code, screen]).toEqual([0, expect.stringContaining("everything in it")]);
    const approved = await deletion("namespaces");
    expect([approved.result.status, approved.isError]).toEqual(["done", false]);
    expect(cluster.mutations()).toEqual(["DELETE /api/v1/namespaces/team-a"]);
    expect((await deletion("ns")).result.status).not.toBe("done");
    expect(cluster.mutations()).toHaveLength(1);
  });

  it("a Secret in a manifest that waits is nowhere in what is said or stored", async () => {
    const manifest = JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: PASSWORD } },
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a" } },
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "r" } },
      ],
    });
    const { result, raw } = await gateway.call("kubectl_apply", { manifest });
    expect(result.status).toBe("waiting");
    expect(raw).not.toContain(PASSWORD);
    const { screen } = await desk.script(["approval", "show", result.request?.id ?? ""]);
    expect(screen).toContain("it grants rights");
    expect(screen).toContain("hidden");
    expect(screen).not.toContain(PASSWORD);
  });
});
