// Protections that a change switches off, of whatever type: attributes are called alike everywhere.
//
// P1 What is known only after apply, or may not be shown, counts as switched off wherever it was not
//    so before.

import type { Consequence } from "../../policy/planned-change.ts";
import type { Verdict } from "./consequences-case.ts";
import type { ResourceChange } from "./plan-document.ts";
import { type Leaf, leavesOf, markedPaths, type Scalar, shownValue } from "./plan-values.ts";

/** What a change does to one protection. */
export interface Unprotects extends Verdict {
  /** `deletion_protection`. */
  readonly name: string;
}

type Worse = "off" | "on" | "less" | "leaves" | "none";

interface Protection {
  /** Of the path, without positions: `versioning.enabled`. */
  readonly path: RegExp;
  /** When it goes off, goes on, shrinks, leaves a value, or goes to 0. */
  readonly worse: Worse;
  readonly values?: RegExp;
  readonly because: string;
  /** With 0 what was kept so far is deleted at once. */
  readonly dropsAtZero?: true;
}

const DELETES = "it can be destroyed then";
const FOR_GOOD = "what it destroys from now on is gone for good";
const OPEN = "it can be opened to everybody then";

const PROTECTIONS: readonly Protection[] = [
  {
    path: /(?:^|[._])(?:(?:deletion|termination|delete|destroy)_protection(?:_enabled)?|disable_api_(?:termination|stop)|purge_protection_enabled|protect_from_(?:deletion|scale_in)|prevent_(?:deletion|destroy))$/,
    worse: "off",
    because: DELETES,
  },
  {
    path: /(?:^|\.)(?:deletion_protection|delete_protection_state|deletion_policy|removal_policy|persistent_volume_reclaim_policy|reclaim_policy)$/,
    worse: "leaves",
    values: /^(?:ACTIVE|DELETE_PROTECTION_ENABLED|PREVENT|ABANDON|RETAIN)$/i,
    because: DELETES,
  },
  {
    path: /(?:^|\.)(?:skip_final_(?:snapshot|backup)|force_(?:destroy|delete)|delete_automated_backups|delete_contents_on_destroy|delete_on_termination|auto_delete|bypass_governance_retention|skip_destroy_protection)$/,
    worse: "on",
    because: FOR_GOOD,
  },
  {
    path: /(?:^|\.)(?:backup_retention_(?:period|days)|snapshot_retention_limit|automated_snapshot_retention_period|automatic_backup_retention_days)$/,
    worse: "less",
    dropsAtZero: true,
    because: "older backups are deleted",
  },
  {
    path: /(?:^|[._])(?:retention(?:_(?:in_)?(?:days|hours|period|seconds|limit|duration|policy))?|deletion_window_in_days|recovery_window_in_days|soft_delete_retention_days|transaction_log_retention_days|retained_backups|destroy_scheduled_duration)(?:\.[a-z_]+)?$/,
    worse: "less",
    because: "less is kept, or for a shorter time",
  },
  {
    path: /(?:^|\.)(?:block_public_acls|block_public_policy|ignore_public_acls|restrict_public_buckets|uniform_bucket_level_access|http_tokens_required)$/,
    worse: "off",
    because: OPEN,
  },
  {
    path: /(?:^|\.)public_access_prevention$/,
    worse: "leaves",
    values: /^enforced$/,
    because: OPEN,
  },
  {
    path: /(?:^|\.)(?:(?:storage_|kms_)?encrypted|(?:at_rest|transit|encryption_at_rest|infrastructure)_encryption(?:_enabled|_mode)?|encryption_enabled|enable_https_traffic_only|https_traffic_only_enabled|require_ssl|ssl_enforcement_enabled)$/,
    worse: "off",
    because: "what it holds or sends is no longer encrypted",
  },
  {
    path: /(?:^|\.)(?:kms_key_(?:id|arn|name|self_link)|sse_algorithm|default_kms_key_name|kms_master_key_id|key_vault_key_id)$/,
    worse: "leaves",
    values: /./,
    because: "it is encrypted with another key, or with none",
  },
  {
    path: /(?:^|\.)(?:enable_logging|enable_log_file_validation|is_multi_region_trail|include_global_service_events|enable_key_rotation|object_lock_enabled|multi_az|enable_flow_logs|recording|copy_tags_to_snapshot|enable_rbac_authorization)$/,
    worse: "off",
    because: "what it guards or records is not any more",
  },
  {
    path: /(?:version|recover|backup|log(?:s|ging)?\b|audit|encrypt|protect|retention|rotation|lock|guard|detect|monitor|replicat|soft_delete)[a-z_]*(?:\.[a-z_]+)*\.?_?(?:enabled|enable|is_enabled)$/,
    worse: "off",
    because: "what it guards or records is not any more",
  },
  {
    path: /(?:^|\.)versioning_configuration\.status$/,
    worse: "leaves",
    values: /^Enabled$/,
    because: FOR_GOOD,
  },
  {
    path: /(?:^|\.)(?:replicas|desired_(?:count|size|capacity)|node_count|instance_count|num_nodes|target_size)$/,
    worse: "none",
    because: "nothing of it runs then",
  },
  {
    path: /^(?:enable|enabled|is_enabled)$/,
    worse: "off",
    because: "it does nothing any more",
  },
];

const isOn = (value: Scalar): boolean =>
  value === true || /^(?:true|enabled?|on)$/i.test(`${value}`);

const amount = (value: Scalar): number => {
  const number = Number(String(value).replace(/s$/, ""));
  return Number.isFinite(number) ? number : 0;
};

const isMore = (value: Scalar): boolean => amount(value) > 0;

/** Logs that are kept for 0 days are kept for ever. */
const kept = ({ path, value }: Leaf): number =>
  amount(value) === 0 && path.endsWith("retention_in_days")
    ? Number.POSITIVE_INFINITY
    : amount(value);

const pick = (leaves: readonly Leaf[], path: RegExp): readonly Leaf[] =>
  leaves.filter((leaf) => path.test(leaf.path));

/** Whether what `worse` counts has shrunk. */
function isWorse(
  { worse, values = /./ }: Protection,
  before: readonly Leaf[],
  after: readonly Leaf[],
): boolean {
  const count = (leaves: readonly Leaf[], isIt: (value: Scalar) => boolean) =>
    leaves.filter(({ value }) => isIt(value)).length;
  switch (worse) {
    case "off":
      return count(after, isOn) < count(before, isOn);
    case "on":
      return count(after, isOn) > count(before, isOn);
    case "leaves": {
      const now = after.map(({ value }) => value);
      return before.some(({ value }) => values.test(`${value}`) && !now.includes(value));
    }
    case "less": {
      const sum = (leaves: readonly Leaf[]) =>
        leaves.reduce((total, leaf) => total + kept(leaf), 0);
      return after.length < before.length || sum(after) < sum(before);
    }
    case "none":
      return after.length > 0 && count(before, isMore) > 0 && count(after, isMore) === 0;
  }
}

const shown = (leaves: readonly Leaf[]): string =>
  [...new Set(leaves.map(({ value }) => shownValue(value)))].slice(0, 4).join(", ") || "nothing";

/** Every protection that an update, or a replacement, switches off. */
export function protectionsOff({ change }: ResourceChange): readonly Unprotects[] {
  const before = leavesOf(change.before, change.before_sensitive);
  const after = leavesOf(change.after, change.after_sensitive);
  const unknown = markedPaths(change.after_unknown);
  const hidden = markedPaths(change.after_sensitive);
  const wasHidden = markedPaths(change.before_sensitive);
  return PROTECTIONS.flatMap((protection) => {
    const had = pick(before, protection.path);
    const has = pick(after, protection.path);
    const name = had[0]?.path ?? has[0]?.path;
    const notShown = [...unknown, ...hidden.filter((path) => !wasHidden.includes(path))].find(
      (path) => protection.path.test(path) || had.some((leaf) => leaf.path.startsWith(`${path}.`)),
    );
    if (notShown !== undefined && had.length + has.length > 0) {
      return [
        {
          name: name ?? notShown,
          consequence: "needs review" as Consequence,
          evidence: [`${notShown} is known only after apply, or not shown`],
        },
      ];
    }
    if (name === undefined || !isWorse(protection, had, has)) return [];
    const isZero = has.length === 0 || has.every(({ value }) => amount(value) === 0);
    const dropsAll = protection.dropsAtZero === true && isZero;
    return [
      {
        name,
        consequence: dropsAll ? "unrecoverable" : "needs review",
        evidence: [
          `${name} goes from ${shown(had)} to ${shown(has)}`,
          dropsAll ? "the backups that it kept are deleted" : protection.because,
        ],
      },
    ];
  });
}
