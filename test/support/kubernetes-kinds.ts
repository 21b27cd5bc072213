// The kinds that the stand-in of a cluster has.

export interface KindOfStandIn {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly scales?: true;
}

const of =
  (group: string, version: string, namespaced: boolean) =>
  (kind: string, plural: string, ...shortNames: string[]): KindOfStandIn => ({
    ...{ group, version, namespaced, kind, plural, shortNames },
    ...(group === "apps" ? { scales: true } : {}),
  });

const core = of("", "v1", true);
const cluster = of("", "v1", false);
const apps = of("apps", "v1", true);
const rbac = of("rbac.authorization.k8s.io", "v1", true);
const clusterRbac = of("rbac.authorization.k8s.io", "v1", false);

export const KINDS: readonly KindOfStandIn[] = [
  cluster("Namespace", "namespaces", "ns"),
  cluster("PersistentVolume", "persistentvolumes", "pv"),
  core("PersistentVolumeClaim", "persistentvolumeclaims", "pvc"),
  core("Pod", "pods", "po"),
  core("Secret", "secrets"),
  core("ConfigMap", "configmaps", "cm"),
  core("Service", "services", "svc"),
  core("ServiceAccount", "serviceaccounts", "sa"),
  core("Event", "events", "ev"),
  apps("Deployment", "deployments", "deploy"),
  apps("StatefulSet", "statefulsets", "sts"),
  apps("ReplicaSet", "replicasets", "rs"),
  rbac("Role", "roles"),
  rbac("RoleBinding", "rolebindings"),
  clusterRbac("ClusterRole", "clusterroles"),
  clusterRbac("ClusterRoleBinding", "clusterrolebindings"),
  of("apiextensions.k8s.io", "v1", false)(
    "CustomResourceDefinition",
    "customresourcedefinitions",
    ...["crd", "crds"],
  ),
  of("example.dev", "v1", true)("Widget", "widgets", "wd"),
];

/** `v1`, `apps/v1`. */
export const versionOf = ({ group, version }: KindOfStandIn): string =>
  group === "" ? version : `${group}/${version}`;
