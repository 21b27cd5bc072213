// Rows 9 to 18: the kubectl tools, with the real kubectl and a cluster's stand-in that keeps every
// request. Nothing has happened where it was asked to change nothing and holds what it held.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Attacked,
  attackGateway,
  type Ear,
  listenFor,
  told,
} from "../../support/attacked-gateway.ts";
import type { Called, StdioGateway } from "../../support/gateway-client.ts";
import { type Cluster, hasKubectl, startCluster } from "../../support/kubernetes.ts";

const PASSWORD = "correct-horse-battery";
const ENCODED = Buffer.from(PASSWORD).toString("base64");
const TOKEN = "kubeconfig-token-0123";

const configMap = (name: string, more = "") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {a: b}\n`;
const BINDING = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}]
`;
const indented = (text: string) => text.trimEnd().replaceAll("\n", "\n    ");
const listOf = (...texts: string[]) =>
  `apiVersion: v1\nkind: List\nitems:\n${texts.map((each) => `  - ${indented(each)}\n`).join("")}`;

describe.skipIf(!hasKubectl())("with kubectl (needs kubectl)", () => {
  let place: Attacked;
  let cluster: Cluster;
  let ear: Ear;
  let dev: StdioGateway;
  let prod: StdioGateway;
  beforeAll(async () => {
    place = await attackGateway();
    cluster = await startCluster();
    ear = await listenFor();
    const kubeconfig = cluster.kubeconfig(join(place.stage.directory, "kubeconfig"));
    const kubernetes = { kubeconfig, context: "test" };
    const environments = { dev: { kubernetes }, prod: { kubernetes } };
    const words = ["--policy", place.policy("kubectl.yaml", { environments })];
    [dev, prod] = await Promise.all([
      place.open({ words }),
      place.open({ words, environment: "prod" }),
    ]);
    for (const name of ["default", "team-a", "kube-system"])
      cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    for (const namespace of ["default", "kube-system"]) {
      const metadata = { name: "web", namespace };
      cluster.put({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 3 } });
      const spec = { containers: [{ name: "main", image: "x" }] };
      cluster.put({ apiVersion: "v1", kind: "Pod", metadata, spec });
      const applied = {
        "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
          kind: "Secret",
          stringData: { password: PASSWORD },
        }),
        "example.dev/copy": `it is ${ENCODED}, or ${PASSWORD}`,
      };
      const annotated = { name: "db", namespace, annotations: applied };
      const secret = { apiVersion: "v1", kind: "Secret", data: { password: ENCODED } };
      cluster.put({ ...secret, metadata: annotated });
      const data = { note: `it says ${TOKEN}` };
      cluster.put({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "n", namespace },
        data,
      });
    }
    cluster.put({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "pv-1" } });
    for (const kind of ["PersistentVolumeClaim", "Widget"])
      cluster.put({
        ...{ apiVersion: kind === "Widget" ? "example.dev/v1" : "v1", kind },
        metadata: { name: "one", namespace: "default" },
      });
    cluster.setLogs("talks", "first\nlast\n");
  });
  afterAll(async () => {
    await ear?.close();
    await cluster?.close();
    await place?.close();
  });

  /** Calls, and shows that nothing was changed by it, nor anybody else asked. */
  const harmless = async (gateway: StdioGateway, tool: string, input: object): Promise<Called> => {
    const before = [cluster.mutations(), cluster.names()];
    const called = await gateway.call(tool, input);
    expect([cluster.mutations(), cluster.names(), ear.heard]).toEqual([...before, []]);
    expect(cluster.find("Deployment", "web")?.spec.replicas).toBe(3);
    for (const secret of [PASSWORD, ENCODED, TOKEN]) expect(called.raw).not.toContain(secret);
    return called;
  };
  /** The same, and not even the cluster was asked. */
  const refused = async (tool: string, input: object, code: string) => {
    const before = cluster.asked.length;
    const called = await harmless(
      dev,
      tool,
      JSON.parse(JSON.stringify(input).replaceAll("URL", ear.url)),
    );
    expect(told(called)).toMatchObject({ isError: true, status: "error", code });
    expect(called.result.error?.fix).not.toBe("");
    expect(cluster.asked.length).toBe(before);
  };
  const waits = { isError: true, status: "waiting", reason: "no-session" };
  const denied = { isError: true, status: "refused", reason: "policy-denied" };

  it.each([
    ["kubectl_delete", { kind: "pods", name: "web", namespace: ["kube-system"] }],
    ["kubectl_apply", { manifest: configMap("a"), namespace: ["kube-system"] }],
    ["kubectl_scale", { kind: "deploy", name: "web", replicas: 2, namespace: ["kube-system"] }],
    ["kubectl_exec", { pod: "web", command: ["id"], namespace: ["kube-system"] }],
    ["kubectl_get", { kind: "pods", namespace: { toString: "kube-system" } }],
    ["kubectl_delete", { kind: ["namespaces"], name: "team-a" }],
  ])("row 9: %s with a list for a text (%j) is refused by the schema", (tool, input) =>
    refused(tool, input, "invalid-input"),
  );

  it("row 9: a namespace in other letters, or with blanks, is no other name for a protected one", async () => {
    for (const namespace of [
      "Kube-System",
      " kube-system",
      "kube-system ",
      "kube-system\n",
      "kube-system/x",
    ])
      await refused("kubectl_delete", { kind: "pods", name: "web", namespace }, "unusable-name");
  });

  it.each([["0"], [[0]], [[]], [null], [0.5], [-1], [false], [""], ["0x0"], [{}]])(
    "row 10: replicas given as %j is refused by the schema, and 0 needs a person",
    async (replicas) => {
      await refused("kubectl_scale", { kind: "deploy", name: "web", replicas }, "invalid-input");
    },
  );

  it("row 10: scaling to 0 waits for a person, in prod as well, and is denied where it is protected", async () => {
    const input = { kind: "deploy", name: "web", replicas: 0 };
    for (const gateway of [dev, prod])
      expect(told(await harmless(gateway, "kubectl_scale", input))).toMatchObject({
        ...waits,
        rule: "scale-to-zero",
      });
    const there = { ...input, namespace: "kube-system" };
    expect(told(await harmless(prod, "kubectl_scale", there))).toMatchObject({
      ...denied,
      rule: "protected-scale-to-zero",
    });
  });

  it.each([
    ["kubectl_delete", { kind: "pods", name: "--all" }, "unusable-name"],
    ["kubectl_delete", { kind: "pods", name: "--namespace=kube-system" }, "unusable-name"],
    ["kubectl_delete", { kind: "pods", name: "--server=URL" }, "unusable-name"],
    ["kubectl_delete", { kind: "pods", name: "--context=prod" }, "unusable-name"],
    ["kubectl_get", { kind: "--raw=/api/v1/namespaces/kube-system/secrets" }, "unusable-kind"],
    ["kubectl_logs", { pod: "-f" }, "unusable-name"],
    ["kubectl_get", { kind: "pods", selector: "--all-namespaces" }, "unusable-selector"],
    ["kubectl_get", { kind: "pods", output: "jsonpath={.items}" }, "invalid-input"],
    ["kubectl_get", { kind: "pods", namespace: "--server=URL" }, "unusable-name"],
    ["kubectl_logs", { pod: "web", container: "--insecure-skip-tls-verify" }, "unusable-name"],
    ["kubectl_logs", { pod: "web", since: "1s --server=URL" }, "unusable-duration"],
    ["kubectl_exec", { pod: "-it", command: ["id"] }, "unusable-name"],
    ["kubectl_describe", { kind: "pods", name: "web --server=URL" }, "unusable-name"],
    ["kubectl_scale", { kind: "deploy", name: "--all", replicas: 1 }, "unusable-name"],
    ["kubectl_get", { kind: "pods", args: ["--server=URL"] }, "invalid-input"],
    ["kubectl_get", { kind: "pods", context: "other" }, "invalid-input"],
    ["kubectl_get", { kind: "pods", kubeconfig: "/tmp/x" }, "invalid-input"],
  ])("row 11: a flag in %s %j is refused: %s", refused);

  it("row 11: what the kubeconfig has as its current context and namespace counts for nothing", async () => {
    const { result } = await harmless(dev, "kubectl_get", { kind: "pods" });
    expect(result.output).toMatchObject({ context: "test", namespace: "default" });
    expect(cluster.asked.at(-1)?.path).toBe("/api/v1/namespaces/default/pods");
  });

  it.each([
    ["namespaces", "team-a", "delete-cluster-wide"],
    ["ns", "team-a", "delete-cluster-wide"],
    ["Namespace", "team-a", "delete-cluster-wide"],
    ["NAMESPACES", "team-a", "delete-cluster-wide"],
    ["persistentvolumes", "pv-1", "delete-cluster-wide"],
    ["pv", "pv-1", "delete-cluster-wide"],
    ["crd", "widgets.example.dev", "delete-cluster-wide"],
    [
      "customresourcedefinitions.apiextensions.k8s.io",
      "widgets.example.dev",
      "delete-cluster-wide",
    ],
    ["pvc", "one", undefined],
    ["secrets", "db", undefined],
    ["wd", "one", undefined],
  ])("row 12: %s %s is what it is by any name: its deletion waits", async (kind, name, rule) => {
    const called = await harmless(dev, "kubectl_delete", { kind, name });
    expect(told(called)).toMatchObject({ ...waits, rule });
    const there = await harmless(prod, "kubectl_delete", { kind, name });
    expect(told(there)).toMatchObject(
      rule === undefined ? waits : { ...denied, rule: "prod-delete-cluster-wide" },
    );
  });

  it.each([
    [{ kind: "namespace/kube-system", name: "x" }, "unusable-kind"],
    [{ kind: "namespaces/team-a", name: "team-a" }, "unusable-kind"],
    [{ kind: "crd", name: "--all" }, "unusable-name"],
    [{ kind: "pods,secrets", name: "web" }, "unusable-kind"],
    [{ kind: "all", name: "web" }, "unusable-kind"],
    [{ kind: "pods", name: "web,db" }, "unusable-name"],
    [{ kind: "pods", name: "pods/web" }, "unusable-name"],
    [{ kind: "pods" }, "invalid-input"],
    [{ kind: "pods", selector: "a=b" }, "invalid-input"],
  ])("row 12: no more than one object of one kind: %j is refused: %s", (input, code) =>
    refused("kubectl_delete", input, code),
  );

  it("row 12: an unknown kind is asked about, and cannot be taken for a known one", async () => {
    const called = await harmless(dev, "kubectl_delete", { kind: "gadgets", name: "one" });
    expect([called.isError, called.result.status === "done"]).toEqual([true, false]);
  });

  it.each([
    ["alone", configMap("a"), "kube-system", "protected-namespaces"],
    ["a binding for everybody", BINDING, undefined, undefined],
    ["a binding behind something tame", `${configMap("a")}---\n${BINDING}`, undefined, undefined],
    ["a binding in a List", listOf(configMap("a"), BINDING), undefined, undefined],
    [
      "a binding in a List in a List",
      listOf(configMap("a"), listOf(BINDING)),
      undefined,
      undefined,
    ],
    [
      "a kind that nobody knows",
      "apiVersion: x.dev/v1\nkind: Y\nmetadata: {name: y}\n",
      undefined,
      undefined,
    ],
  ])("row 13: what a manifest holds is looked at: %s", async (_, manifest, namespace, rule) => {
    const input = { manifest, ...(namespace === undefined ? {} : { namespace }) };
    expect(told(await harmless(dev, "kubectl_apply", input))).toMatchObject({ ...waits, rule });
  });

  it.each([
    ["a namespace of its own", configMap("a", ", namespace: kube-system")],
    [
      "one of its own in a List",
      listOf(configMap("b"), configMap("a", ", namespace: kube-system")),
    ],
    [
      "one that is there twice",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default, namespace: kube-system}\n",
    ],
    ["an alias", `a: &x {namespace: kube-system}\n${configMap("a")}`],
    [
      "a name that does not exist yet",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n",
    ],
    ["no kind", "apiVersion: v1\nmetadata: {name: a}\n"],
    ["a List without items", "apiVersion: v1\nkind: List\n"],
    ["JSON and more", `{"apiVersion":"v1"} ${configMap("a")}`],
  ])("row 13: a manifest with %s is refused", async (_, manifest) => {
    const called = await harmless(dev, "kubectl_apply", { manifest });
    expect(told(called)).toMatchObject({
      ...{ isError: true, status: "error" },
      code: expect.stringMatching(/^(unusable-manifest|unreadable-yaml)$/),
    });
  });

  it("row 13: a merge key, which some readers would follow, moves nothing to another namespace", async () => {
    const manifest =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {<<: {namespace: kube-system}, name: merged}\n";
    await dev.call("kubectl_apply", { manifest });
    expect(cluster.find("ConfigMap", "merged", "kube-system")).toBeUndefined();
    expect(cluster.mutations().join()).not.toContain("kube-system");
  });

  it("row 14: a manifest is applied: what was understood is what arrives", async () => {
    const called = await dev.call("kubectl_apply", { manifest: configMap("fresh") });
    expect(told(called)).toMatchObject({ isError: false, status: "done" });
    expect(cluster.mutations().at(-1)).toBe("POST /api/v1/namespaces/default/configmaps");
    expect(cluster.find("ConfigMap", "fresh")?.data).toEqual({ a: "b" });
  });

  it.each([
    [{ manifest: "URL/all.yaml" }, "unusable-manifest"],
    [{ manifest: "/etc/passwd" }, "unusable-manifest"],
    [{ manifest: "-" }, "unusable-manifest"],
    [{ file: "URL/all.yaml" }, "invalid-input"],
    [{ file: "/etc/passwd" }, "invalid-input"],
    [{ manifest: configMap("a"), file: "/etc/passwd" }, "invalid-input"],
    [{ manifest: configMap("a"), filename: "-" }, "invalid-input"],
  ])("row 15: a manifest is text, no URL and no path: %j is refused: %s", (input, code) =>
    refused("kubectl_apply", input, code),
  );

  it.each([
    ["kubectl_get", { kind: "secrets", name: "db", output: "json" }],
    ["kubectl_get", { kind: "secrets", name: "db", output: "yaml" }],
    ["kubectl_get", { kind: "Secret", output: "yaml" }],
    ["kubectl_get", { kind: "secrets", output: "wide" }],
    ["kubectl_get", { kind: "secrets.v1.", output: "json" }],
    ["kubectl_describe", { kind: "secrets", name: "db" }],
  ])(
    "row 16: %s %j shows no value of a Secret, nor a copy in its annotations",
    async (tool, input) => {
      const called = await harmless(dev, tool, { ...input, namespace: "kube-system" });
      expect(called.result.status === "done" || called.result.error?.code === "unusable-kind").toBe(
        true,
      );
    },
  );

  it("rows 6, 16: the kubeconfig's own token is found wherever a cluster says it", async () => {
    for (const [tool, input] of [
      ["kubectl_get", { kind: "cm", name: "n", output: "yaml" }],
      ["kubectl_describe", { kind: "cm", name: "n" }],
      ["kubectl_get", { kind: "cm", name: TOKEN }],
    ] as const) {
      const called = await harmless(dev, tool, input);
      expect(called.raw).toContain("[redacted]");
    }
  });

  it.each([["client"], ["server"]])(
    "row 17: dry_run=%s changes nothing and needs nobody, in prod as well",
    async (dry_run) => {
      const before = cluster.names();
      const called = await prod.call("kubectl_apply", { manifest: configMap("dry"), dry_run });
      expect(told(called)).toMatchObject({ isError: false, status: "done" });
      expect(cluster.names()).toEqual(before);
      const really = await harmless(prod, "kubectl_apply", { manifest: configMap("dry") });
      expect(told(really)).toMatchObject({ ...waits, rule: "prod-changes" });
      await refused("kubectl_apply", { manifest: configMap("a"), dry_run: "yes" }, "invalid-input");
      await refused("kubectl_apply", { manifest: configMap("a"), dry_run: false }, "invalid-input");
    },
  );

  it("row 18: tail 0 is no lines, and what is missing is no word `undefined`", async () => {
    const none = await harmless(dev, "kubectl_logs", { pod: "talks", tail: 0 });
    expect([none.result.status, none.text.includes("last")]).toEqual(["done", false]);
    expect(cluster.asked.at(-1)?.query.get("tailLines")).toBe("0");
    const last = await harmless(dev, "kubectl_logs", { pod: "talks", tail: 1 });
    expect([last.text.includes("last"), last.text.includes("first")]).toEqual([true, false]);
    for (const [tool, input] of [
      ["kubectl_get", {}],
      ["kubectl_describe", { kind: "pods" }],
      ["kubectl_logs", {}],
      ["kubectl_scale", { kind: "deploy", name: "web" }],
      ["kubectl_exec", { pod: "web" }],
      ["kubectl_exec", { pod: "web", command: [] }],
      ["kubectl_apply", {}],
    ] as const)
      await refused(tool, input, "invalid-input");
  });

  it("rows 9 to 18: a command in a pod waits, and in a protected namespace no yes would do", async () => {
    const input = { pod: "web", command: ["--", "id"] };
    expect(told(await harmless(dev, "kubectl_exec", input))).toMatchObject({
      ...waits,
      rule: "kubectl-exec",
    });
    const there = { ...input, namespace: "kube-system" };
    expect(told(await harmless(dev, "kubectl_exec", there))).toMatchObject({
      ...denied,
      rule: "protected-exec",
    });
  });
});
