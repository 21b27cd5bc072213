// What can be got back of objects of a cluster, and of releases in one.

import { alike, LINK, type RuleTable, SETTINGS } from "./consequences-case.ts";

/** Each with the `_v1` that the provider has of most types. */
const both = (names: string): string =>
  names
    .trim()
    .split(/\s+/)
    .flatMap((each) => [`kubernetes_${each}`, `kubernetes_${each}_v1`])
    .join(" ");

export const KUBERNETES: RuleTable = {
  ...alike(both("namespace"), {
    stateful: true,
    destroy: [
      {
        consequence: "unrecoverable",
        because: "all that is in it is deleted with it, its volumes included",
      },
    ],
  }),
  ...alike(both("persistent_volume_claim"), {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "only its volume's reclaim policy tells whether the data stays",
      },
    ],
  }),
  ...alike(both("persistent_volume"), {
    stateful: true,
    destroy: [
      {
        when: { "spec.0.persistent_volume_reclaim_policy": "Retain" },
        consequence: "recoverable with effort",
        because: "the disk stays",
      },
      { consequence: "unrecoverable", because: "the disk may be deleted with it" },
    ],
  }),
  ...alike(both("stateful_set"), {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "only its retention policy tells whether its volumes stay",
      },
    ],
  }),
  ...alike(both("secret"), {
    stateful: true,
    destroy: [{ consequence: "unrecoverable", because: "its values are shown nowhere" }],
    update: [
      { attribute: "data", consequence: "needs review", because: "what was there is overwritten" },
    ],
  }),
  ...alike(both("config_map"), {
    destroy: [
      { consequence: "recoverable with effort", because: "what it holds stands in the state" },
    ],
  }),
  ...alike("kubernetes_manifest kubectl_manifest", {
    destroy: [{ consequence: "needs review", because: "it may be any object" }],
    update: [
      { attribute: "manifest", consequence: "needs review", because: "it may be any object" },
      { attribute: "object", consequence: "needs review", because: "it may be any object" },
    ],
    create: { consequence: "needs review", evidence: ["it may be any object"] },
  }),
  ...alike(both("storage_class network_policy pod_disruption_budget resource_quota limit_range"), {
    destroy: [{ consequence: "needs review", because: "it protects or limits something else" }],
  }),
  ...alike(
    both(
      "role role_binding cluster_role cluster_role_binding horizontal_pod_autoscaler labels annotations",
    ),
    LINK,
  ),
  ...alike(
    both("deployment daemonset daemon_set service ingress service_account cron_job job pod"),
    SETTINGS,
  ),
  ...alike("kubernetes_horizontal_pod_autoscaler_v2 kubernetes_cron_job", SETTINGS),
  helm_release: {
    stateful: true,
    destroy: [
      {
        consequence: "needs review",
        because: "only its chart tells which objects and volumes go with it",
      },
    ],
    update: [
      ...["chart", "version", "values", "set", "repository"].map((attribute) => ({
        attribute,
        consequence: "needs review" as const,
        because: "only its chart tells what that does",
      })),
    ],
    create: {
      consequence: "needs review",
      evidence: ["only its chart tells which objects it makes, and what its hooks run"],
    },
  },
};
