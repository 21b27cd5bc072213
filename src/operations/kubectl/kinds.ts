// The kinds of object that every cluster has, under all the names that kubectl takes for them.
//
// N1 Whatever a kind is called (singular, plural, short, by its Kind, with group and version), it is
//    the same kind, and kubectl is told its plural and group, which name nothing else.
// N2 What is no name of one kind (a list, a path, `all`, a subresource) is refused.
// N3 A kind that is not in the table is what the cluster itself says that it is; what nobody can say
//    is of class unknown.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

/** One kind of object. */
export interface Kind {
  /** Lower case: `deployments`. */
  readonly plural: string;
  readonly singular: string;
  /** As in a manifest: `Deployment`. */
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

/** Asks the cluster which kinds it has; undefined: it could not say, or not all of it. */
export type ListKinds = () => Promise<readonly Kind[] | undefined>;

/** A kind as it was found, and what it is called. */
export interface FoundKind {
  /** Undefined: nobody could say what it is (N3). */
  readonly kind?: Kind;
  /** `kubernetes:deployments`, `kubernetes:certificates.cert-manager.io`, `unknown`. */
  readonly class: `kubernetes:${string}` | "unknown";
  /** What kubectl is told: `deployments.apps`. */
  readonly word: string;
}

// Group, then `kind plural short,short` each; `~` before a kind that has no namespace. The singular is
// the kind in lower case.
const TABLE: Readonly<Record<string, string>> = {
  "": `Binding bindings; ~ComponentStatus componentstatuses cs; ConfigMap configmaps cm;
    Endpoints endpoints ep; Event events ev; LimitRange limitranges limits; ~Namespace namespaces ns;
    ~Node nodes no; PersistentVolumeClaim persistentvolumeclaims pvc;
    ~PersistentVolume persistentvolumes pv; Pod pods po; PodTemplate podtemplates;
    ReplicationController replicationcontrollers rc; ResourceQuota resourcequotas quota;
    Secret secrets; ServiceAccount serviceaccounts sa; Service services svc`,
  "admissionregistration.k8s.io": `
    ~MutatingWebhookConfiguration mutatingwebhookconfigurations;
    ~ValidatingWebhookConfiguration validatingwebhookconfigurations;
    ~ValidatingAdmissionPolicy validatingadmissionpolicies;
    ~ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings;
    ~MutatingAdmissionPolicy mutatingadmissionpolicies;
    ~MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings`,
  "apiextensions.k8s.io": "~CustomResourceDefinition customresourcedefinitions crd,crds",
  "apiregistration.k8s.io": "~APIService apiservices",
  apps: `ControllerRevision controllerrevisions; DaemonSet daemonsets ds; Deployment deployments deploy;
    ReplicaSet replicasets rs; StatefulSet statefulsets sts`,
  autoscaling: "HorizontalPodAutoscaler horizontalpodautoscalers hpa",
  batch: "CronJob cronjobs cj; Job jobs",
  "certificates.k8s.io": "~CertificateSigningRequest certificatesigningrequests csr",
  "coordination.k8s.io": "Lease leases",
  "discovery.k8s.io": "EndpointSlice endpointslices",
  "events.k8s.io": "Event events",
  "flowcontrol.apiserver.k8s.io": `~FlowSchema flowschemas;
    ~PriorityLevelConfiguration prioritylevelconfigurations`,
  "networking.k8s.io": `Ingress ingresses ing; ~IngressClass ingressclasses;
    NetworkPolicy networkpolicies netpol; ~IPAddress ipaddresses ip; ~ServiceCIDR servicecidrs`,
  "node.k8s.io": "~RuntimeClass runtimeclasses",
  policy:
    "PodDisruptionBudget poddisruptionbudgets pdb; ~PodSecurityPolicy podsecuritypolicies psp",
  "rbac.authorization.k8s.io": `~ClusterRoleBinding clusterrolebindings; ~ClusterRole clusterroles;
    RoleBinding rolebindings; Role roles`,
  "scheduling.k8s.io": "~PriorityClass priorityclasses pc",
  "storage.k8s.io": `~CSIDriver csidrivers; ~CSINode csinodes; CSIStorageCapacity csistoragecapacities;
    ~StorageClass storageclasses sc; ~VolumeAttachment volumeattachments;
    ~VolumeAttributesClass volumeattributesclasses vac`,
};

/** Every kind of the table. */
export const BUILT_IN_KINDS: readonly Kind[] = Object.entries(TABLE).flatMap(([group, text]) =>
  text.split(";").map((line) => kindFrom(group, line.trim())),
);

function kindFrom(group: string, line: string): Kind {
  const [name = "", plural = "", short] = line.split(/\s+/);
  const kind = name.replace("~", "");
  const shortNames = short?.split(",") ?? [];
  const singular = kind.toLowerCase();
  return { plural, singular, kind, group, namespaced: !name.startsWith("~"), shortNames };
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const VERSION = /^v\d+((alpha|beta)\d+)?$/;

interface TypedKind {
  readonly name: string;
  /** Undefined: none was given. */
  readonly group?: string;
}

/**
 * The kind that somebody means (N1). The table is looked at first; `list` only where it is not there.
 *
 * @throws Failure `unusable-kind` (N2), `unknown-kind` for what the cluster says that it does not have
 */
export async function findKind(typed: string, list: ListKinds): Promise<FoundKind> {
  const meant = typedKind(typed);
  const [builtIn] = BUILT_IN_KINDS.filter((each) => isMeant(meant, each));
  if (builtIn !== undefined) return foundKind(builtIn);
  const listed = await list();
  const word = typed.toLowerCase();
  if (listed === undefined) return { class: "unknown", word };
  const found = listed.filter((each) => isMeant(meant, each));
  const names = [...new Set(found.map(wordOf))];
  const [only] = found;
  if (only === undefined) throw missing(typed);
  if (names.length === 1) return foundKind(only);
  throw new Failure("unusable-kind", `${typed}: it may be ${names.join(" or ")}`, {
    exitCode: EXIT.usage,
    fix: `write which one: ${names[0]}`,
  });
}

/** The kind of a manifest's object, by the table only: what is not in it is of class unknown. */
export function kindOfObject(apiVersion: string, kind: string): FoundKind {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const found = BUILT_IN_KINDS.find((each) => each.kind === kind && each.group === group);
  if (found !== undefined) return foundKind(found);
  return { class: "unknown", word: group === "" ? kind : `${kind}.${group}` };
}

/** The kind, with its class and its word. */
export function foundKind(kind: Kind): FoundKind {
  const isBuiltIn = BUILT_IN_KINDS.includes(kind);
  const word = wordOf(kind);
  return { kind, class: `kubernetes:${isBuiltIn ? kind.plural : word}`, word };
}

const wordOf = ({ plural, group }: Kind): string => (group === "" ? plural : `${plural}.${group}`);

function isMeant({ name, group }: TypedKind, each: Kind): boolean {
  if (group !== undefined && group !== each.group) return false;
  const names = [each.plural, each.singular, each.kind.toLowerCase(), ...each.shortNames];
  return names.includes(name);
}

/** `Deployment`, `deploy`, `deployments.apps`, `deployments.v1.apps`, `pods.v1` (N2). */
function typedKind(typed: string): TypedKind {
  const labels = typed.toLowerCase().split(".");
  const [name = "", ...rest] = labels;
  if (name === "all" || typed.length > 253 || !labels.every((each) => LABEL.test(each)))
    throw unusable(typed, name);
  if (rest.length === 0) return { name };
  const group = VERSION.test(rest[0] ?? "") ? rest.slice(1) : rest;
  return { name, group: group.join(".") };
}

function unusable(typed: string, name: string): Failure {
  const [kind, object] = typed.split("/");
  const fix =
    object !== undefined && kind !== "" && object !== ""
      ? `give the kind and the name apart: kind ${JSON.stringify(kind)}, name ${JSON.stringify(object)}`
      : "give one kind, such as pods, deployments.apps or certificates.cert-manager.io";
  const why = name === "all" ? "it stands for several kinds" : "it is not the name of one kind";
  return new Failure("unusable-kind", `kind ${JSON.stringify(typed.slice(0, 80))}: ${why}`, {
    exitCode: EXIT.usage,
    fix,
  });
}

function missing(typed: string): Failure {
  return new Failure("unknown-kind", `${typed}: the cluster has no kind of that name`, {
    exitCode: EXIT.notFound,
    fix: "look at how it is spelled; a kind of your own may need its group: PLURAL.GROUP",
  });
}

/**
 * The kinds in what `kubectl api-resources --no-headers` prints. A line that is not understood is left
 * out. Columns: name, short names (may be missing), API version, whether namespaced, kind.
 */
export function kindsIn(table: string): Kind[] {
  return table.split("\n").flatMap((line) => {
    const found = /^(\S+)\s+(?:(\S+)\s+)?(\S+)\s+(true|false)\s+(\S+)/.exec(line);
    if (found === null) return [];
    const [, plural = "", short, apiVersion = "", namespaced, kind = ""] = found;
    const slash = apiVersion.indexOf("/");
    const group = slash === -1 ? "" : apiVersion.slice(0, slash);
    const shortNames = short?.split(",") ?? [];
    const singular = kind.toLowerCase();
    return [{ plural, singular, kind, group, namespaced: namespaced === "true", shortNames }];
  });
}
