// Rows 9 to 18 of the attacks that a gateway must survive, at the tools themselves.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { operationDigest } from "../../src/policy/digest.ts";
import { describeKubectl } from "../../src/operations/kubectl/card.ts";
import {
  carriedOut,
  type KubectlYard,
  openKubectlYard,
  toolNamed,
} from "../support/kubectl-yard.ts";
import { hasKubectl } from "../support/kubernetes.ts";

const PASSWORD = "correct-horse-battery";
const ENCODED = Buffer.from(PASSWORD).toString("base64");

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" } };
const SECRET = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db" },
  data: { password: ENCODED },
};
const BINDING = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "everyone-is-admin" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
};

let yard: KubectlYard;
let asked: number;

describe.skipIf(!hasKubectl())("with kubectl", () => {
  beforeAll(async () => {
    yard = await openKubectlYard();
    const { cluster } = yard;
    for (const name of ["default", "kube-system", "team-a"])
      cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    cluster.put({
      ...SECRET,
      metadata: {
        name: "db",
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
            ...SECRET,
            stringData: { password: PASSWORD },
          }),
        },
      },
    });
    cluster.put({
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/service-account-token",
      metadata: { name: "robot", annotations: { "kubernetes.io/service-account.name": "x" } },
      data: { token: ENCODED },
    });
    cluster.put({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { replicas: 3 },
    });
    cluster.put({ apiVersion: "example.dev/v1", kind: "Widget", metadata: { name: "cog" } });
    cluster.setLogs("web-0", "one\ntwo\nthree\n");
  });
  afterAll(() => yard?.close());
  beforeEach(() => {
    asked = yard.cluster.asked.length;
  });

  const untouched = () => expect(yard.cluster.asked.length).toBe(asked);
  const apply = (...documents: object[]) => ({
    manifest: documents.map((each) => JSON.stringify(each)).join("\n---\n"),
  });

  describe("row 9: a namespace is text, or nothing happens", () => {
    it.each([[["kube-system"]], [7], [null], [{ name: "kube-system" }], ["kube-system,default"]])(
      "%j",
      async (namespace) => {
        const found = await yard.refusal("kubectl_delete", { kind: "pods", name: "a", namespace });
        expect(found).toMatch(/^(schema|unusable-name)$/);
        untouched();
      },
    );

    it("one that policy does not have here is refused by name", async () => {
      const kubernetes = { ...yard.context().rules.kubernetes, namespaces: ["team-*"] };
      const more = { rules: { kubernetes } };
      const get = (namespace?: string) =>
        yard.refusal("kubectl_get", { kind: "pods", namespace }, more);
      expect(await get("team-a")).toBe("none");
      expect(await get("kube-system")).toBe("other-namespace");
      expect(await get()).toBe("other-namespace");
      const own = { kind: "ns", name: "kube-system" };
      expect(await yard.refusal("kubectl_delete", own, more)).toBe("other-namespace");
    });
  });

  describe("row 10: a number of replicas is a number", () => {
    it.each([["0"], [[0]], [null], [1.5], [-1], [true]])("%j", async (replicas) => {
      const input = { kind: "deployment", name: "web", replicas };
      expect(await yard.refusal("kubectl_scale", input)).toBe("schema");
    });

    it("0 destroys, more is a change", async () => {
      const scale = async (replicas: number) =>
        (await yard.call("kubectl_scale", { kind: "deploy", name: "web", replicas })).operation;
      expect([(await scale(0)).impact, (await scale(2)).impact]).toEqual(["destroy", "change"]);
      untouched();
    });

    it("0 in a manifest destroys as well", async () => {
      const none = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
      const impact = async (spec: object) =>
        (await yard.call("kubectl_apply", apply({ ...none, spec }))).operation.impact;
      expect(await impact({ replicas: 0 })).toBe("destroy");
      expect(await impact({ replicas: "0" })).toBe("destroy");
      expect(await impact({ replicas: 2 })).toBe("change");
      expect(await impact({})).toBe("change");
    });
  });

  describe("row 11: nothing that is given can be a flag", () => {
    it.each([
      ["kubectl_delete", { kind: "pods", name: "--all" }],
      ["kubectl_delete", { kind: "pods", name: "--namespace=kube-system" }],
      ["kubectl_delete", { kind: "--all", name: "x" }],
      ["kubectl_get", { kind: "pods", name: "--server=https://evil.example" }],
      ["kubectl_get", { kind: "--raw=/api/v1/namespaces/kube-system/secrets" }],
      ["kubectl_get", { kind: "pods", namespace: "--context=prod" }],
      ["kubectl_get", { kind: "pods", selector: "--all-namespaces" }],
      ["kubectl_logs", { pod: "-f" }],
      ["kubectl_logs", { pod: "deployment/web" }],
      ["kubectl_logs", { pod: "web-0", since: "--all-containers" }],
      ["kubectl_logs", { pod: "web-0", container: "--all-containers" }],
      ["kubectl_exec", { pod: "--container=x", command: ["ls"] }],
      ["kubectl_exec", { pod: "web-0", command: "ls -l" }],
      ["kubectl_exec", { pod: "web-0", command: [] }],
      ["kubectl_describe", { kind: "pods", name: "-h" }],
      ["kubectl_scale", { kind: "deploy", name: "--replicas=0", replicas: 3 }],
      ["kubectl_get", { kind: "pods", flags: ["--all-namespaces"] }],
      ["kubectl_delete", { kind: "pods", selector: "app=web" }],
    ])("%s %j", async (tool, input) => {
      expect(await yard.refusal(tool, input)).not.toBe("none");
      untouched();
    });

    it("a command's own flags stay behind --", async () => {
      const command = ["sh", "-c", "--server=https://evil.example"];
      const { operation } = await yard.call("kubectl_exec", { pod: "web-0", command });
      const { args } = operation.kubectl;
      expect(args.slice(args.indexOf("exec"))).toEqual(["exec", "web-0", "--", ...command]);
      expect(operation.impact).toBe("unknown");
    });

    it("every call names the pinned kubeconfig and context, and its namespace", async () => {
      const env = {
        ...yard.context().env,
        KUBECONFIG: "/evil",
        KUBECTL_KUBERC: "true",
        HTTPS_PROXY: "http://evil.example",
      };
      const call = await yard.call("kubectl_get", { kind: "pods" }, { env });
      const { args, environment } = call.operation.kubectl;
      expect(args.slice(0, 3)).toEqual([
        `--kubeconfig=${yard.kubeconfig}`,
        "--context=test",
        "--namespace=default",
      ]);
      expect(Object.keys(environment).sort()).toEqual(["HOME", "PATH"]);
    });
  });

  describe("row 12: one kind, whatever it is called", () => {
    it.each([
      ["namespaces", "kubernetes:namespaces"],
      ["ns", "kubernetes:namespaces"],
      ["Namespace", "kubernetes:namespaces"],
      ["persistentvolumes", "kubernetes:persistentvolumes"],
      ["pv", "kubernetes:persistentvolumes"],
      ["secrets", "kubernetes:secrets"],
      ["SECRET", "kubernetes:secrets"],
      ["crd", "kubernetes:customresourcedefinitions"],
      ["Deployment", "kubernetes:deployments"],
      ["deployments.apps", "kubernetes:deployments"],
      ["deployments.v1.apps", "kubernetes:deployments"],
      ["wd", "kubernetes:widgets.example.dev"],
      ["Widget", "kubernetes:widgets.example.dev"],
      ["widgets.v1.example.dev", "kubernetes:widgets.example.dev"],
    ])("%s is %s", async (kind, expected) => {
      const { operation } = await yard.call("kubectl_delete", { kind, name: "one" });
      expect([operation.resourceClass, operation.impact]).toEqual([expected, "destroy"]);
    });

    it("two names of one object are one operation", async () => {
      const digest = async (kind: string) =>
        operationDigest((await yard.call("kubectl_delete", { kind, name: "team-a" })).operation);
      expect(await digest("ns")).toBe(await digest("Namespaces"));
      expect(await digest("ns")).not.toBe(await digest("pv"));
    });

    it.each([
      "namespace/kube-system",
      "pods,secrets",
      "all",
      "pods/log",
      "pods secrets",
      "",
      "..",
      "ns --all",
    ])("%j is no kind", async (kind) => {
      const found = await yard.refusal("kubectl_delete", { kind, name: "x" });
      expect(found).toMatch(/^(schema|unusable-kind)$/);
      untouched();
    });

    it("what the cluster does not have is refused; what it cannot say is unknown", async () => {
      const input = { kind: "gadgets", name: "x" };
      expect(await yard.refusal("kubectl_delete", input)).toBe("unknown-kind");
      yard.cluster.failing = { path: /^\/apis\/example\.dev/, status: 503 };
      try {
        const { operation } = await yard.call("kubectl_delete", input);
        expect([operation.resourceClass, operation.impact]).toEqual(["unknown", "unknown"]);
        const secretly = await yard.call("kubectl_get", { kind: "gadgets" });
        expect(secretly.operation.impact).toBe("unknown");
      } finally {
        yard.cluster.failing = undefined;
      }
    });
  });

  describe("rows 13, 14: every object of a manifest counts, and it goes to stdin", () => {
    it.each([
      [
        "another namespace",
        apply({ ...CONFIG_MAP, metadata: { name: "x", namespace: "kube-system" } }),
      ],
      [
        "another namespace in a list",
        apply({
          apiVersion: "v1",
          kind: "List",
          items: [{ ...SECRET, metadata: { name: "x", namespace: "kube-system" } }],
        }),
      ],
      ["generateName", apply({ ...CONFIG_MAP, metadata: { generateName: "x-" } })],
      ["no name", apply({ ...CONFIG_MAP, metadata: {} })],
      ["no kind", apply({ apiVersion: "v1", metadata: { name: "x" } })],
      ["items that are no list", apply({ ...CONFIG_MAP, items: [BINDING] })],
      ["one object twice", apply(CONFIG_MAP, { ...CONFIG_MAP, data: { a: "b" } })],
      ["nothing", { manifest: "---\n# nothing\n---\n" }],
    ])("%s is refused", async (_, input) => {
      expect(await yard.refusal("kubectl_apply", input)).toBe("unusable-manifest");
      untouched();
    });

    it("a binding behind a harmless object, in a list in a list, needs a person", async () => {
      const list = (...items: object[]) => ({ apiVersion: "v1", kind: "List", items });
      const input = apply(CONFIG_MAP, list(list(BINDING)));
      const { operation } = await yard.call("kubectl_apply", input);
      expect(operation.impact).toBe("unknown");
      expect(operation.kubectl.objects).toEqual([
        { class: "kubernetes:configmaps", name: "settings", namespace: "default" },
        { class: "kubernetes:clusterrolebindings", name: "everyone-is-admin" },
      ]);
      const card = describeKubectl(operation);
      expect(card.truncated).toBeUndefined();
      expect(JSON.stringify(card.rows)).toContain("it grants rights");
    });

    it("a harmless manifest is applied as it was read", async () => {
      const text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: 'yes'}\n";
      const execution = await yard.run("kubectl_apply", { manifest: text });
      expect(execution.outcome).toBe("succeeded");
      expect(execution.output.text).toContain("configmap/settings");
      expect(yard.cluster.find("ConfigMap", "settings")?.data).toEqual({ a: "yes" });
    });

    it("a kind of one's own is of class unknown", async () => {
      const widget = { apiVersion: "example.dev/v1", kind: "Widget", metadata: { name: "x" } };
      const { operation } = await yard.call("kubectl_apply", apply(widget));
      expect([operation.resourceClass, operation.impact]).toEqual(["unknown", "unknown"]);
    });
  });

  it.each([["https://evil.example/all.yaml"], ["/etc/passwd"], ["./manifest.yaml"], ["-"]])(
    "row 15: %s is no manifest",
    async (manifest) => {
      expect(await yard.refusal("kubectl_apply", { manifest })).toBe("unusable-manifest");
      untouched();
    },
  );

  describe("row 16: the values of Secrets never leave", () => {
    const forms = ["table", "wide", "name", "json", "yaml"];
    it.each([
      ...forms.map((output) => ["kubectl_get", { kind: "secrets", output }] as const),
      ...forms.map((output) => ["kubectl_get", { kind: "secret", name: "db", output }] as const),
      ["kubectl_describe", { kind: "secret", name: "db" }],
      ["kubectl_describe", { kind: "secrets", name: "robot" }],
      ["kubectl_get", { kind: "Secret", selector: "!x", output: "json" }],
    ] as const)("%s %j", async (tool, input) => {
      const { output, outcome } = await yard.run(tool, input);
      expect(outcome).toBe("succeeded");
      expect(JSON.stringify(output.text)).not.toContain(PASSWORD);
      expect(output.text).not.toContain(ENCODED);
      expect(output.text).toMatch(/db|robot/);
    });

    it("those of a manifest are in no operation and on no card", async () => {
      const input = apply({ ...SECRET, stringData: { other: PASSWORD } });
      const { operation, secrets } = await yard.call("kubectl_apply", input);
      const stored = JSON.stringify([operation, describeKubectl(operation)]);
      expect(stored).not.toContain(PASSWORD);
      expect(stored).not.toContain(ENCODED);
      expect(stored).toContain("(hidden, ");
      expect(secrets).toContain(PASSWORD);
      expect(secrets).toContain("kubeconfig-token-0123");
    });
  });

  it.each(["client", "server"])("row 17: a dry run (%s) is a look", async (dry_run) => {
    const { operation } = await yard.call("kubectl_apply", { ...apply(BINDING), dry_run });
    expect(operation.impact).toBe("read");
    const { outcome } = await yard.run("kubectl_apply", { ...apply(BINDING), dry_run });
    expect(outcome).toBe("succeeded");
    expect(yard.cluster.find("ClusterRoleBinding", "everyone-is-admin")).toBeUndefined();
  });

  describe("row 18: what is asked for is what is run", () => {
    it.each([
      [0, ""],
      [1, "three"],
      [2, "two\nthree"],
    ])("tail %i", async (tail, expected) => {
      const { output } = await yard.run("kubectl_logs", { pod: "web-0", tail });
      expect(output.text.trim().replace("(nothing was printed)", "")).toBe(expected);
    });

    it.each([
      ["kubectl_get", {}],
      ["kubectl_describe", { kind: "pods" }],
      ["kubectl_logs", {}],
    ])("%s %j lacks something", async (tool, input) =>
      expect(await yard.refusal(tool, input)).toBe("schema"),
    );
  });

  describe("what is carried out", () => {
    it("a deletion, once; then there is nothing to delete", async () => {
      yard.cluster.put({ ...CONFIG_MAP, metadata: { name: "gone" } });
      const input = { kind: "cm", name: "gone" };
      expect((await yard.run("kubectl_delete", input)).outcome).toBe("succeeded");
      expect(yard.cluster.find("ConfigMap", "gone")).toBeUndefined();
      const again = await yard.run("kubectl_delete", input);
      expect(again.outcome).toBe("failed_no_effect");
      expect(again.error?.message).toContain("NotFound");
    });

    it("scaling", async () => {
      const input = { kind: "deployments", name: "web", replicas: 0 };
      expect((await yard.run("kubectl_scale", input)).outcome).toBe("succeeded");
      expect(yard.cluster.find("Deployment", "web")?.spec.replicas).toBe(0);
    });

    it("a command in a pod, which this cluster refuses", async () => {
      const input = { pod: "web-0", command: ["ls", "-l", "--all"] };
      const { outcome } = await yard.run("kubectl_exec", input);
      expect(outcome).toBe("failed_no_effect");
      const exec = yard.cluster.asked.findLast((each) => each.path.endsWith("/exec"));
      expect(exec?.query.getAll("command")).toEqual(["ls", "-l", "--all"]);
    });

    it("Z2: where no connection was made, nothing was done", async () => {
      const rules = {
        kubernetes: {
          kubeconfig: yard.yard.path("kubeconfig-nowhere"),
          context: "test",
          namespaces: [],
        },
      };
      const text = readFileSync(yard.kubeconfig, "utf8");
      const nowhere = text.replaceAll(/(https?:\/\/127\.0\.0\.1):\d+/g, "$1:1");
      yard.yard.file("kubeconfig-nowhere", nowhere);
      for (const [tool, input] of [
        ["kubectl_apply", apply(CONFIG_MAP)],
        ["kubectl_scale", { kind: "deployments.apps", name: "web", replicas: 2 }],
        ["kubectl_exec", { pod: "web-0", command: ["ls"] }],
      ] as const) {
        const { outcome, error } = await yard.run(tool, input, { rules });
        expect([tool, outcome]).toEqual([tool, "failed_no_effect"]);
        expect(error?.message).toMatch(/refused/);
        expect(error?.fix).toContain("whether the cluster is up");
      }
    });

    it("Z2: an answer that is an error of the server's own leaves the outcome unknown", async () => {
      yard.cluster.failing = { path: /configmaps\/x$/, status: 500, method: "DELETE" };
      try {
        const { outcome } = await yard.run("kubectl_delete", { kind: "cm", name: "x" });
        expect(outcome).toBe("unknown");
      } finally {
        yard.cluster.failing = undefined;
      }
    });

    it("Z1: a kubeconfig that was swapped after the decision is not used", async () => {
      const call = await yard.call("kubectl_delete", { kind: "ns", name: "team-a" });
      yard.cluster.kubeconfig(yard.kubeconfig, { token: "another-token" });
      try {
        const before = yard.cluster.asked.length;
        const { outcome, error } = await carriedOut(call);
        expect([outcome, error?.code]).toEqual(["failed_no_effect", "call-changed"]);
        expect(yard.cluster.asked.length).toBe(before);
        const now = await yard.call("kubectl_delete", { kind: "ns", name: "team-a" });
        expect(operationDigest(now.operation)).not.toBe(operationDigest(call.operation));
      } finally {
        yard.cluster.kubeconfig(yard.kubeconfig);
      }
    });

    it("the same call twice is the same operation, in another gateway too", async () => {
      const input = { ...apply(SECRET, CONFIG_MAP), namespace: "team-a" };
      const digest = async () =>
        operationDigest((await yard.call("kubectl_apply", input)).operation);
      expect(await digest()).toBe(await digest());
    });
  });

  it.each(["kubeconfig", "context"])(
    "without a %s in the policy there is no cluster",
    async (field) => {
      const { [field as "context"]: _, ...kubernetes } = yard.context().rules.kubernetes;
      const refused = yard.call("kubectl_get", { kind: "pods" }, { rules: { kubernetes } });
      await expect(refused).rejects.toMatchObject({ code: "no-cluster", fix: /kubernetes\./ });
    },
  );

  it("no tool takes a kubeconfig, a context, a server or a file", () => {
    for (const name of ["kubectl_get", "kubectl_apply", "kubectl_exec"])
      for (const field of ["kubeconfig", "context", "server", "file", "filename", "args"]) {
        const input = { kind: "pods", pod: "a", command: ["a"], manifest: "a", [field]: "x" };
        expect(toolNamed(name).input.safeParse(input).success).toBe(false);
      }
  });
});
