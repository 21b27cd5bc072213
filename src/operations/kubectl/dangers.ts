// What an object of a manifest may do beyond being there. What is not known to be tame asks.
//
// O1 Tame kinds are listed; every other kind is of unknown impact. An object of a tame kind that
//    grants rights, reaches the machine below, stops what runs or lets others be deleted is not tame.

import type { Impact } from "../../policy/operation.ts";
import { below, listIn, objectIn, textIn } from "./json.ts";
import type { Json, JsonObject } from "./manifest.ts";

/** What applying does, and why it is more than a change: one clause. */
export interface Danger {
  readonly impact: Exclude<Impact, "read" | "change">;
  readonly because: string;
}

/** What decides on an object: its class, its namespace, and all of it. */
export interface Applied {
  readonly class: string;
  readonly namespace?: string;
  readonly body: JsonObject;
}

const TAME: ReadonlySet<string> = new Set(
  `configmaps cronjobs daemonsets deployments horizontalpodautoscalers ingresses jobs limitranges
   persistentvolumeclaims poddisruptionbudgets pods replicasets replicationcontrollers resourcequotas
   secrets serviceaccounts services statefulsets`
    .split(/\s+/)
    .map((each) => `kubernetes:${each}`),
);

/** Why a kind is not tame, where there is more to say than that nobody knows it. */
const BECAUSE: Readonly<Record<string, string>> = {
  roles: "it grants rights",
  clusterroles: "it grants rights",
  rolebindings: "it grants rights",
  clusterrolebindings: "it grants rights",
  certificatesigningrequests: "it asks for a certificate that grants rights",
  customresourcedefinitions: "it changes which kinds the cluster has",
  apiservices: "it answers for a part of the API",
  mutatingwebhookconfigurations: "it sees and changes what others send",
  validatingwebhookconfigurations: "it sees and refuses what others send",
  namespaces: "its labels decide what may run in it",
  nodes: "it decides what may run on a machine",
  persistentvolumes: "it reaches storage outside the namespace",
  storageclasses: "it decides what becomes of released storage",
  networkpolicies: "it decides which traffic passes",
  endpoints: "it decides where traffic goes",
  endpointslices: "it decides where traffic goes",
  priorityclasses: "what has it may push others out",
};

/** Namespaces that are part of the cluster itself. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  "kube-system",
  "kube-public",
  "kube-node-lease",
]);

/** Whether a namespace belongs to the cluster itself. */
export function isOfTheCluster(namespace: string | undefined): boolean {
  return namespace !== undefined && OF_THE_CLUSTER.has(namespace);
}

/** What applying it may do beyond a change; undefined: nothing (O1). */
export function dangerOf({ class: kind, namespace, body }: Applied): Danger | undefined {
  if (kind === "unknown") return unknown("nobody knows what an object of that kind does");
  if (!TAME.has(kind)) {
    const name = kind.slice("kubernetes:".length);
    return unknown(BECAUSE[name] ?? "what an object of that kind does cannot be told");
  }
  if (isOfTheCluster(namespace)) return unknown(`${namespace} is part of the cluster itself`);
  const metadata = objectIn(body.metadata) ?? {};
  if ("ownerReferences" in metadata) return unknown("it is deleted with its owners");
  if ("finalizers" in metadata) return unknown("it sets what holds up its deletion");
  return stops(kind, body) ?? grants(kind, body) ?? podDanger(kind, body);
}

const unknown = (because: string): Danger => ({ impact: "unknown", because });
const destroys = (because: string): Danger => ({ impact: "destroy", because });

/** What is scaled to nothing is stopped, whichever way it is said. */
function stops(kind: string, body: JsonObject): Danger | undefined {
  const replicas = below(body, "spec", "replicas");
  if (kind !== "kubernetes:pods" && replicas !== undefined && !isPositive(replicas))
    return destroys("it is scaled to nothing: all its pods end");
  const least = below(body, "spec", "minReplicas");
  if (kind === "kubernetes:horizontalpodautoscalers" && least !== undefined && !isPositive(least))
    return destroys("it may scale to nothing: all pods end");
  const ended = endsPods(kind, objectIn(body.spec) ?? {});
  if (ended !== undefined) return ended;
  const claims = objectIn(below(body, "spec", "persistentVolumeClaimRetentionPolicy")) ?? {};
  if (Object.values(claims).includes("Delete"))
    return unknown("its volumes are deleted with it: persistentVolumeClaimRetentionPolicy");
  return undefined;
}

/** Jobs and pods end what they run at once, or after a time. */
function endsPods(kind: string, spec: JsonObject): Danger | undefined {
  if (kind === "kubernetes:jobs") {
    if (spec.suspend !== undefined && spec.suspend !== null && spec.suspend !== false)
      return destroys("it is suspended: all its pods end");
    if (spec.parallelism !== undefined && !isPositive(spec.parallelism))
      return destroys("it is scaled to nothing: all its pods end");
  }
  const isTimed = kind === "kubernetes:jobs" || kind === "kubernetes:pods";
  return isTimed && "activeDeadlineSeconds" in spec
    ? unknown("what runs in it is ended after a time: activeDeadlineSeconds")
    : undefined;
}

/** What leaves it to a default is positive: `null` is as good as nothing. */
const isPositive = (value: Json): boolean =>
  value === null || (typeof value === "number" && value > 0);

function grants(kind: string, body: JsonObject): Danger | undefined {
  if (kind === "kubernetes:secrets") {
    const type = textIn(body.type);
    if (
      type === "kubernetes.io/service-account-token" ||
      type?.startsWith("bootstrap.kubernetes.io/")
    )
      return unknown("it becomes a token that grants rights");
    return unknown("it may replace values that cannot be read back");
  }
  if (kind === "kubernetes:services" && below(body, "spec", "type") === "ExternalName")
    return unknown("it sends what is meant for it to another host: externalName");
  if (kind === "kubernetes:services" && below(body, "spec", "externalIPs") !== undefined)
    return unknown("its externalIPs take traffic that is meant for others");
  return undefined;
}

const POD_TEMPLATES: readonly (readonly string[])[] = [
  ["spec"],
  ["spec", "template", "spec"],
  ["spec", "jobTemplate", "spec", "template", "spec"],
];

function podDanger(kind: string, body: JsonObject): Danger | undefined {
  const paths = kind === "kubernetes:pods" ? POD_TEMPLATES.slice(0, 1) : POD_TEMPLATES.slice(1);
  for (const path of paths) {
    const pod = objectIn(below(body, ...path));
    const because = pod === undefined ? undefined : podReason(pod);
    if (because !== undefined) return unknown(because);
  }
  return undefined;
}

function podReason(pod: JsonObject): string | undefined {
  const isSet = (name: string) => name in pod && pod[name] !== false && pod[name] !== null;
  const host = ["hostNetwork", "hostPID", "hostIPC"].find(isSet);
  if (host !== undefined) return `its pod shares the machine's own: ${host}`;
  const account = textIn(pod.serviceAccountName) ?? textIn(pod.serviceAccount);
  if (account !== undefined && account !== "default")
    return `its pod acts with the rights of the service account ${account}`;
  if (isSet("priorityClassName")) return "its pod may push others out: priorityClassName";
  if (isSet("nodeName")) return "its pod goes to a machine past the scheduler: nodeName";
  const volumes = (listIn(pod.volumes) ?? []).flatMap((each) => Object.keys(objectIn(each) ?? {}));
  if (volumes.includes("hostPath")) return "its pod reaches the machine's own files: hostPath";
  const source = volumes.find((each) => each !== "name" && !VOLUMES.has(each));
  if (source !== undefined) return `its pod reaches storage outside the namespace: ${source}`;
  if (isSetIn(below(pod, "securityContext", "windowsOptions", "hostProcess")))
    return "its pod shares the machine's own: hostProcess";
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap(
    (name) => listIn(pod[name]) ?? [],
  );
  return containers.map(containerReason).find((each) => each !== undefined);
}

/** Volumes of the namespace, or of the pod alone. */
const VOLUMES: ReadonlySet<string> = new Set(
  "configMap downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split(
    " ",
  ),
);

const isSetIn = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && value !== false;

function containerReason(container: Json): string | undefined {
  const security = objectIn(below(container, "securityContext")) ?? {};
  if (isSetIn(security.privileged)) return "its container is privileged";
  if (isSetIn(security.allowPrivilegeEscalation)) return "its container may become privileged";
  if (isSetIn(below(security, "windowsOptions", "hostProcess")))
    return "its container shares the machine's own: hostProcess";
  if (isSetIn(security.procMount)) return "its container sees the machine's own: procMount";
  const added = listIn(below(security, "capabilities", "add")) ?? [];
  return added.length > 0 ? "its container is given capabilities" : undefined;
}
