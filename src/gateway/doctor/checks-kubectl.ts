// What of a cluster waits for a person, and what is denied. Nothing of it reaches a cluster: the
// gateway's kubeconfig leads to nothing.

import { allOf, type Check, type CheckGroup, type Verdict } from "./check.ts";
import type { Stage } from "./stage.ts";
import { type Expected, failedWith, refusedBySchema, stopped } from "./stopped.ts";

type Call = readonly [tool: string, input: object];

/** All of the calls are stopped as expected. */
async function eachStopped(
  { gateway, policy }: Stage,
  calls: readonly Call[],
  expected: Expected,
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const [tool, input] of calls)
    verdicts.push(stopped(await gateway.call(tool, input), expected, policy));
  return allOf(verdicts);
}

/** Where policy allows only some namespaces, `default` may be none of them: the call is refused then. */
const ELSEWHERE = "other-namespace";

function namespaceOf({ environment, policy }: Stage): { readonly namespace: string } {
  const [first] = policy.environments[environment].kubernetes.namespaces;
  return { namespace: first?.replace(/[*?]/g, "x") ?? "default" };
}

const isProd = ({ environment }: Stage): boolean => environment === "prod";

/** In prod it is denied; elsewhere a person is asked. */
const deniedInProd = (stage: Stage, rule: string): Expected =>
  isProd(stage)
    ? { effect: "deny", rules: [`prod-${rule}`], codes: [ELSEWHERE] }
    : { effect: "ask", rules: [rule], codes: [ELSEWHERE] };

const exec = (stage: Stage) =>
  eachStopped(stage, [["kubectl_exec", { pod: "web-1", command: ["id"], ...namespaceOf(stage) }]], {
    effect: "ask",
    rules: ["kubectl-exec"],
    codes: [ELSEWHERE],
  });

const protectedExec = (stage: Stage) =>
  eachStopped(
    stage,
    [["kubectl_exec", { pod: "dns-1", command: ["id"], namespace: "kube-system" }]],
    { effect: "deny", rules: ["protected-exec"], codes: [ELSEWHERE] },
  );

const SPELLINGS = ["namespace", "namespaces", "ns", "Namespace", "NS", "namespaces.v1"];

const deleteNamespace = (stage: Stage) => {
  const { namespace: name } = namespaceOf(stage);
  const calls = SPELLINGS.map((kind): Call => ["kubectl_delete", { kind, name }]);
  return eachStopped(stage, calls, deniedInProd(stage, "delete-cluster-wide"));
};

async function deleteByPath(stage: Stage): Promise<Verdict> {
  const tries: readonly (readonly [kind: string, name: string, codes: string[]])[] = [
    ["namespace/shop", "shop", ["unusable-kind"]],
    ["all", "shop", ["unusable-kind"]],
    ["pods", "--all", ["unusable-name", "invalid-input"]],
  ];
  const verdicts: Verdict[] = [];
  for (const [kind, name, codes] of tries) {
    const input = { kind, name, ...namespaceOf(stage) };
    verdicts.push(failedWith(await stage.gateway.call("kubectl_delete", input), codes));
  }
  return allOf(verdicts);
}

const deleteVolume = (stage: Stage) =>
  eachStopped(
    stage,
    ["persistentvolume", "pv", "PersistentVolume"].map(
      (kind): Call => ["kubectl_delete", { kind, name: "disk-1" }],
    ),
    deniedInProd(stage, "delete-cluster-wide"),
  );

function configMap(namespace: string | undefined): string {
  const metadata = { name: "doctor", ...(namespace === undefined ? {} : { namespace }) };
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: {} });
}

const applyProtected = (stage: Stage) =>
  eachStopped(
    stage,
    [["kubectl_apply", { manifest: configMap(undefined), namespace: "kube-system" }]],
    { effect: "ask", rules: ["protected-namespaces"], codes: [ELSEWHERE] },
  );

const applyHidden = (stage: Stage) => {
  const list = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [{ apiVersion: "v1", kind: "List", items: [JSON.parse(configMap("kube-system"))] }],
  });
  const { namespace } = namespaceOf(stage);
  const calls = [configMap("kube-system"), list].map(
    (manifest): Call => ["kubectl_apply", { manifest, namespace }],
  );
  const codes = ["unusable-manifest", ELSEWHERE];
  return eachStopped(stage, calls, { effect: "ask", rules: ["protected-namespaces"], codes });
};

const scaleToZero = (stage: Stage) =>
  eachStopped(
    stage,
    [["kubectl_scale", { kind: "deployment", name: "web", replicas: 0, ...namespaceOf(stage) }]],
    { effect: "ask", rules: ["scale-to-zero"], codes: [ELSEWHERE] },
  );

const protectedScale = (stage: Stage) =>
  eachStopped(
    stage,
    [["kubectl_scale", { kind: "deploy", name: "dns", replicas: 0, namespace: "kube-system" }]],
    isProd(stage)
      ? { effect: "deny", rules: ["protected-scale-to-zero"], codes: [ELSEWHERE] }
      : { effect: "ask", rules: ["protected-namespaces"], codes: [ELSEWHERE] },
  );

async function scaleByText({ gateway }: Stage): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const replicas of ["0", [0], null, -1, 0.5]) {
    const input = { kind: "deployment", name: "web", replicas };
    verdicts.push(refusedBySchema(await gateway.call("kubectl_scale", input), "replicas"));
  }
  return allOf(verdicts);
}

const CHECKS: readonly Check[] = [
  { id: "exec", name: "a command in a pod waits for a person", run: exec },
  { id: "exec-protected", name: "no command in a protected namespace", run: protectedExec },
  {
    id: "delete-namespace",
    name: "no namespace goes, however it is spelled",
    run: deleteNamespace,
  },
  { id: "delete-shape", name: "no deleting by path, `all` or a flag", run: deleteByPath },
  { id: "delete-volume", name: "no volume goes unseen", run: deleteVolume },
  { id: "apply-protected", name: "applying to kube-system is stopped", run: applyProtected },
  { id: "apply-hidden", name: "so is a manifest that says kube-system", run: applyHidden },
  { id: "scale-to-zero", name: "scaling to 0 waits for a person", run: scaleToZero },
  { id: "scale-protected", name: "scaling kube-system to 0 is stopped", run: protectedScale },
  { id: "scale-schema", name: 'the schema refuses "0" for 0', run: scaleByText },
];

/** The checks. */
export const KUBECTL: CheckGroup = { title: "kubectl", checks: CHECKS };
