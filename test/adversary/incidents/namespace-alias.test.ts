// A namespace that is deleted under another name for what it is.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGateway } from "../../support/gateway-client.ts";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";
import { type Cluster, hasKubectl, startCluster } from "../../support/kubernetes.ts";

describe.skipIf(!hasKubectl())("a namespace by any name (needs kubectl)", () => {
  let scene: Incident;
  let cluster: Cluster;
  let kubeconfig: string;
  const directory = mkdtempSync(join(tmpdir(), "hf-kube-"));
  beforeAll(async () => {
    cluster = await startCluster();
    for (const name of ["default", "payments", "kube-system"])
      cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    kubeconfig = cluster.kubeconfig(join(directory, "kubeconfig"));
    const kubernetes = { kubeconfig, context: "test" };
    // The agent's own kubectl would reach the cluster, were it run.
    scene = await openIncident({
      environment: "staging",
      rules: { kubernetes },
      env: { KUBECONFIG: kubeconfig },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const expectUntouched = () => {
    expect(cluster.mutations()).toEqual([]);
    expect(cluster.find("Namespace", "payments")).toBeDefined();
  };

  it("whatever it is called, it is one request, whose card says what goes with it", async () => {
    const requests = new Set<string | undefined>();
    for (const kind of ["ns", "Ns", "namespace", "namespaces", "Namespace", "NAMESPACES"]) {
      const called = await scene.call("kubectl_delete", { kind, name: "payments" });
      expectWaiting(called);
      expect(called.result.rule?.id).toBe("delete-cluster-wide");
      expect(called.result.operation).toMatchObject({
        class: "kubernetes:namespaces",
        impact: "destroy",
        reversible: "irreversible",
      });
      requests.add(called.result.request?.id);
      if (requests.size === 1 && kind !== "NAMESPACES") continue;
      const card = await scene.card(called);
      expect(card).toContain("Delete namespace payments?");
      expect(card).toContain("object namespaces payments");
      expect(card).toContain(`cluster ${cluster.url}, context test`);
      expect(card).toContain("loses everything in it: workloads, Secrets, volumes' claims");
      expect(card).toContain("environment staging");
      expect(card).toContain("rule ask: delete-cluster-wide");
    }
    expect(requests.size).toBe(1);
    expectUntouched();
  });

  it.each(["ns/payments", "namespaces.v1.", "ns,pods", "all", "-A", "n\u0455"])(
    "what is no name of one kind is nothing at all: %s",
    async (kind) => {
      const called = await scene.call("kubectl_delete", { kind, name: "payments" });
      expect([called.isError, called.result.execution]).toEqual([true, undefined]);
      expectUntouched();
    },
  );

  it.each([
    "kubectl delete ns payments",
    "kubectl delete ns/payments --wait=false",
    "kubectl delete Namespace/payments",
    "alias k=kubectl; k delete ns payments",
    'k() { kubectl delete "$@"; }; k ns payments',
  ])("as a command it waits: %s", async (command) => {
    const called = await scene.call("shell_exec", { command });
    expectWaiting(called);
    const card = await scene.card(called);
    expect(card).toContain(command.startsWith("kubectl") ? `Run ${command}?` : command);
    expect(card).toContain("known for kubectl: it takes something out of a cluster");
    expect(card).toContain("environment staging");
    expectUntouched();
  });

  it("names that come out of a pipe are on no card: nobody can say yes to them", async () => {
    const command = "kubectl get ns -o name | grep pay | xargs kubectl delete";
    const called = await scene.call("shell_exec", { command });
    expect([called.isError, called.result.status]).toEqual([true, "refused"]);
    expect(called.text).toContain("nobody can approve what they cannot see");
    expectUntouched();
  });

  it("the cluster's token, copied to where it may be read, comes back as nothing", async () => {
    scene.file("notes.txt", "use kubeconfig-token-0123 for it\n");
    const called = await scene.call("shell_exec", { command: "cat notes.txt" });
    expect([called.isError, called.text.startsWith("use ")]).toEqual([false, true]);
    expect(called.raw).not.toContain("kubeconfig-token-0123");
  });

  it("in production it is denied under every name, by the same rule", async () => {
    const gateway = await openGateway(scene.stage, {
      environment: "prod",
      words: ["--policy", policyFor("prod")],
    });
    try {
      for (const kind of ["ns", "Namespace"]) {
        const called = await gateway.call("kubectl_delete", { kind, name: "payments" });
        expect([called.isError, called.result.status]).toEqual([true, "refused"]);
        expect(called.result.rule).toMatchObject({
          id: "prod-delete-cluster-wide",
          effect: "deny",
        });
        expect(called.text).toContain("namespaces payments");
      }
    } finally {
      await gateway.close();
    }
    expectUntouched();
  });

  function policyFor(environment: string): string {
    const policy = {
      version: 1,
      environments: { [environment]: { kubernetes: { kubeconfig, context: "test" } } },
    };
    return scene.file("policy.yaml", JSON.stringify(policy), 0o600);
  }
});
