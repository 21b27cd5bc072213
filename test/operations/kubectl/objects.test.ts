import { describe, expect, it } from "vitest";
import { describeKubectl } from "../../../src/operations/kubectl/card.ts";
import { BUILT_IN_KINDS, findKind, kindsIn } from "../../../src/operations/kubectl/kinds.ts";
import {
  checkedName,
  checkedSelector,
  checkedSince,
} from "../../../src/operations/kubectl/names.ts";
import { objectsIn } from "../../../src/operations/kubectl/objects.ts";
import type { KubectlOperation } from "../../../src/policy/operation.ts";

const object = (apiVersion: string, kind: string, more: object = {}) =>
  JSON.stringify({ apiVersion, kind, metadata: { name: "x" }, ...more });
const dangerIn = (text: string, namespace = "default") => objectsIn(text, namespace)[0]?.danger;
const pod = (spec: object) => object("v1", "Pod", { spec });
const workload = (kind: string, spec: object) =>
  object("apps/v1", kind, { spec: { template: { spec } } });

describe("O1: what is not tame asks", () => {
  it.each([
    ["ClusterRole", object("rbac.authorization.k8s.io/v1", "ClusterRole"), "rights"],
    ["a CRD", object("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "kinds"],
    [
      "a webhook",
      object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
      "others",
    ],
    ["an APIService", object("apiregistration.k8s.io/v1", "APIService"), "API"],
    ["a Namespace", object("v1", "Namespace"), "labels"],
    ["a PersistentVolume", object("v1", "PersistentVolume"), "storage"],
    ["a NetworkPolicy", object("networking.k8s.io/v1", "NetworkPolicy"), "traffic"],
    ["a Deployment of another group", object("acme.dev/v1", "Deployment"), "nobody knows"],
    ["hostPath", pod({ volumes: [{ hostPath: { path: "/" } }] }), "hostPath"],
    ["hostPID", pod({ hostPID: true }), "hostPID"],
    [
      "privileged",
      pod({ initContainers: [{ securityContext: { privileged: true } }] }),
      "privileged",
    ],
    [
      "capabilities",
      pod({ containers: [{ securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }] }),
      "capab",
    ],
    [
      "a service account",
      workload("Deployment", { serviceAccountName: "admin" }),
      "service account",
    ],
    ["privileged, in a template", workload("DaemonSet", { hostNetwork: true }), "hostNetwork"],
    [
      "privileged, in a cron job",
      object("batch/v1", "CronJob", {
        spec: { jobTemplate: { spec: { template: { spec: { hostIPC: true } } } } },
      }),
      "hostIPC",
    ],
    ["externalIPs", object("v1", "Service", { spec: { externalIPs: ["8.8.8.8"] } }), "externalIPs"],
    ["another host", object("v1", "Service", { spec: { type: "ExternalName" } }), "another host"],
    ["a Secret", object("v1", "Secret", { data: { password: null } }), "cannot be read back"],
    ["another's storage", pod({ volumes: [{ name: "x", nfs: {} }] }), "nfs"],
    ["a machine of its choice", pod({ nodeName: "control-plane" }), "nodeName"],
    ["an end", pod({ activeDeadlineSeconds: 1 }), "activeDeadlineSeconds"],
    [
      "the host of Windows",
      pod({ securityContext: { windowsOptions: { hostProcess: true } } }),
      "hostProcess",
    ],
    ["procMount", pod({ containers: [{ securityContext: { procMount: "Unmasked" } }] }), "procM"],
    ["a token", object("v1", "Secret", { type: "kubernetes.io/service-account-token" }), "token"],
    [
      "owners",
      object("v1", "ConfigMap", { metadata: { name: "x", ownerReferences: [] } }),
      "owners",
    ],
    [
      "finalizers",
      object("v1", "ConfigMap", { metadata: { name: "x", finalizers: [] } }),
      "deletion",
    ],
    [
      "volumes that go with it",
      object("apps/v1", "StatefulSet", {
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } },
      }),
      "volumes",
    ],
  ])("%s", (_, text, because) => {
    expect(dangerIn(text)).toMatchObject({
      impact: "unknown",
      because: expect.stringContaining(because),
    });
  });

  it.each([{ suspend: true }, { parallelism: 0 }])("a job with %j ends what it runs", (spec) => {
    expect(dangerIn(object("batch/v1", "Job", { spec }))?.impact).toBe("destroy");
  });

  it.each([
    ["a plain pod", pod({ containers: [{ name: "a", image: "b" }] })],
    ["a pod with volumes", pod({ volumes: [{ name: "a", configMap: { name: "b" } }] })],
    ["a Deployment", object("apps/v1", "Deployment", { spec: { replicas: 1 } })],
    ["a Service", object("v1", "Service", { spec: { ports: [] } })],
  ])("%s is a change; in kube-system it asks", (_, text) => {
    expect(dangerIn(text)).toBeUndefined();
    expect(dangerIn(text, "kube-system")?.impact).toBe("unknown");
  });
});

describe("N1: the kinds of every cluster", () => {
  const nobody = async () => undefined;

  it.each(BUILT_IN_KINDS.map((each) => [`${each.plural}.${each.group}`, each] as const))(
    "%s by all of its names",
    async (_, kind) => {
      const names = [kind.plural, kind.singular, kind.kind, ...kind.shortNames];
      const full = names.map((each) => (kind.group === "" ? each : `${each}.${kind.group}`));
      for (const name of full) {
        const found = await findKind(name.toUpperCase(), nobody);
        expect(found.kind).toBe(kind);
      }
    },
  );

  it("N3: the cluster's own are told apart by their group", async () => {
    const listed = kindsIn(
      [
        "widgets   wd,w   acme.dev/v1      true    Widget",
        "widgets          example.dev/v1   false   Widget",
        "not a line of it",
      ].join("\n"),
    );
    expect(listed.map((each) => each.shortNames)).toEqual([["wd", "w"], []]);
    const found = await findKind("widgets.example.dev", async () => listed);
    expect([found.class, found.kind?.namespaced]).toEqual([
      "kubernetes:widgets.example.dev",
      false,
    ]);
    await expect(findKind("widget", async () => listed)).rejects.toMatchObject({
      code: "unusable-kind",
    });
  });
});

describe("M1, M2: names", () => {
  const kindCalled = (name: string) => BUILT_IN_KINDS.find((each) => each.kind === name);

  it.each([
    ["Pod", "web-0.a", true],
    ["Pod", "Web", false],
    ["Pod", "-f", false],
    ["Pod", "a/b", false],
    ["Pod", "a,b", false],
    ["Pod", "a b", false],
    ["Pod", "a\n", false],
    ["Pod", "", false],
    ["Namespace", "a.b", false],
    ["ClusterRole", "system:node-proxier", true],
    ["ClusterRole", "--all", false],
    ["ClusterRole", "a/b", false],
    ["CustomResourceDefinition", "certificates.cert-manager.io", true],
  ])("%s %j: %s", (kind, name, isFine) => {
    const check = () => checkedName(name, kindCalled(kind));
    if (isFine) expect(check()).toBe(name);
    else expect(check).toThrow(expect.objectContaining({ code: "unusable-name" }));
  });

  it.each(["app=web", "app==web,tier!=db", "a.b/c in (x, y),!d", "k", "env notin (a)", "a="])(
    "%s is a selector",
    (selector) => expect(checkedSelector(selector)).toBe(selector),
  );

  it.each(["", "--all", "a=b --all", "a=b;c", "a in", "=b", "-l", "a,,b", "a\n=b$(x)"])(
    "%j is none",
    (selector) => expect(() => checkedSelector(selector)).toThrow("label selector"),
  );

  it.each(["0s", "", "-5m", "5", "1d", "5m3h"])("%j is no time", (since) =>
    expect(() => checkedSince(since)).toThrow("how long ago"),
  );
});

describe("the card", () => {
  const operation = (more: Partial<KubectlOperation["kubectl"]>): KubectlOperation => ({
    kind: "kubectl",
    title: "Apply it",
    impact: "unknown",
    reversibility: "depends",
    items: 1,
    resourceClass: "kubernetes:pods",
    target: { hostname: "h", path: "/default/pods/x", id: "x" },
    kubectl: {
      verb: "apply",
      executable: "/usr/bin/kubectl",
      args: [],
      kubeconfig: "/k",
      context: "test",
      server: "https://h",
      objects: [{ class: "kubernetes:pods", name: "x", namespace: "default" }],
      environment: {},
      files: {},
      ...more,
    },
  });

  it("A2: blanks and signs that nobody would see show", () => {
    const manifest = pod({ containers: [{ args: ["a   b", " x", "c\u00a0d"] }] });
    const text = JSON.stringify(describeKubectl(operation({ manifest })).rows);
    expect(text).toContain(String.raw`a\\u0020\\u0020`);
    expect(text).toContain("u00a0");
  });

  it("A2: a manifest that does not fit, or is not what was stored beside it, cannot be approved", () => {
    const long = pod({ containers: [{ args: ["x".repeat(20_000)] }] });
    expect(describeKubectl(operation({ manifest: long })).truncated).toBe(true);
    const other = object("v1", "ConfigMap");
    expect(describeKubectl(operation({ manifest: other })).truncated).toBe(true);
    expect(describeKubectl(operation({ manifest: "not: [yaml" })).truncated).toBe(true);
  });

  it("A3: what is beyond recall is named", () => {
    const objects = [{ class: "kubernetes:namespaces", name: "team-a" }];
    const deletion = operation({ verb: "delete", objects });
    const card = describeKubectl({ ...deletion, impact: "destroy", reversibility: "irreversible" });
    expect(card.typedName).toBe("team-a");
    expect(card.rows).toContainEqual({
      label: "loses",
      text: expect.stringContaining("everything"),
    });
  });
});
