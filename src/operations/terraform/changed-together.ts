// What changes of one plan mean together that none of them means alone.
//
// L1 It only raises: what is destroyed with its backup, its replica or its protection is unrecoverable,
//    and the evidence names the other address.

import { isDestruction, type PlannedChange } from "../../policy/planned-change.ts";
import type { ResourceChange } from "./plan-document.ts";
import { isRecord, leavesOf } from "./plan-values.ts";
import { protectionsOff } from "./protections.ts";
import { isStateful } from "./stateful.ts";

/** One change, as Terraform says it and as we judged it. */
export interface JudgedChange {
  readonly resource: ResourceChange;
  readonly planned: PlannedChange;
}

const BACKUP =
  /(?:snapshot|backup|recovery|_ami$|_image$|replication_configuration|replication_configuration_template|versioning|object_lock|dlm_lifecycle|archive)/;

/** Keeps backups of many things without naming any. */
const VAULT = /(?:backup_vault|recovery_services_vault|backup_plan|backup_selection|backup_policy)/;

/** Keeps something else from being destroyed, or from being opened. */
const GUARD =
  /(?:_lock$|vault_lock|object_lock|_versioning$|public_access_block|deletion_protection|management_lock|lien|organizations_policy|pod_disruption_budget)/;

/** Attributes of a replica that name what it is a replica of. */
const REPLICA_OF =
  /^(?:replicate_source_db|replication_source_identifier|source_db_cluster_identifier|master_instance_name|creat(?:e|ion)_source_server_id|source_server_id|global_replication_group_id|global_cluster_identifier|replication_configuration\..*|replica_configuration\..*|primary_cluster_name)$/;

/** What others call it by. */
const NAMES =
  /^(?:id|arn|self_link|name|identifier|cluster_identifier|bucket|resource_id|replication_group_id|instance_id|volume_id)$/;

const SHORTEST_NAME = 3;

function namesOf({ change }: ResourceChange): ReadonlySet<string> {
  const names = leavesOf(change.before, change.before_sensitive)
    .filter(({ path, value }) => NAMES.test(path) && typeof value === "string")
    .map(({ value }) => String(value));
  return new Set(names.filter((each) => each.length >= SHORTEST_NAME));
}

/** Whether an attribute of one names the other. */
function points(
  { change }: ResourceChange,
  names: ReadonlySet<string>,
  path: (path: string) => boolean,
): boolean {
  return leavesOf(change.before, change.before_sensitive).some(
    (leaf) =>
      path(leaf.path) &&
      typeof leaf.value === "string" &&
      (names.has(leaf.value) || names.has(leaf.value.split("/").at(-1) ?? "")),
  );
}

const providerOf = ({ type }: ResourceChange): string => type.split("_")[0] ?? "";

/** Why the two together are worse for the first; undefined where they are not. */
function together(
  { resource, planned }: JudgedChange,
  other: JudgedChange,
  names: ReadonlySet<string>,
): string | undefined {
  const { type } = other.resource;
  const at = other.planned.address;
  const isNamed = points(other.resource, names, () => true);
  if (points(other.resource, names, (path) => REPLICA_OF.test(path)))
    return `its replica ${at} is destroyed with it`;
  if (points(resource, namesOf(other.resource), (path) => REPLICA_OF.test(path)))
    return `what it is a replica of, ${at}, is destroyed with it`;
  const isSameProvider = providerOf(resource) === providerOf(other.resource);
  if (isSameProvider && VAULT.test(type) && planned.stateful === true && !VAULT.test(resource.type))
    return `${at}, which keeps backups, is destroyed with it`;
  if (BACKUP.test(type) && isNamed && !BACKUP.test(resource.type))
    return `its backup ${at} is destroyed with it`;
  if (GUARD.test(type) && isNamed) return `${at}, which protects it, is destroyed with it`;
  return undefined;
}

/** A protection that another change of the plan takes off it. */
function unprotectedBy(
  other: JudgedChange,
  names: ReadonlySet<string>,
  own: string,
): string | undefined {
  const { unprotects, address } = other.planned;
  if (unprotects === undefined || isDestruction(other.planned) || address === own) return undefined;
  return points(other.resource, names, () => true)
    ? `${address} switches off ${unprotects} of it in the same plan`
    : undefined;
}

/** A protection that was switched off outside of Terraform, since it last ran. */
function unprotectedMeanwhile(
  { address, deposed }: ResourceChange,
  drift: readonly ResourceChange[],
): readonly string[] {
  return drift
    .filter((each) => each.address === address && each.deposed === deposed)
    .filter(({ change }) => isRecord(change.after))
    .flatMap(protectionsOff)
    .map(({ name }) => `${name} was switched off outside of Terraform before`);
}

/** The changes, raised where several together are worse (L1). */
export function changedTogether(
  all: readonly JudgedChange[],
  drift: readonly ResourceChange[],
): readonly PlannedChange[] {
  const destroyed = all.filter(
    ({ planned }) => planned.action === "delete" || planned.action === "replace",
  );
  const relevant = all.filter(
    ({ resource, planned }) =>
      planned.unprotects !== undefined ||
      (isDestruction(planned) &&
        (planned.stateful === true || BACKUP.test(resource.type) || GUARD.test(resource.type))),
  );
  return all.map((one) => {
    if (!destroyed.includes(one) || !(isStateful(one.resource) || one.planned.stateful))
      return one.planned;
    const names = namesOf(one.resource);
    const found = relevant
      .filter((other) => other !== one)
      .flatMap((other) => [
        isDestruction(other.planned) ? together(one, other, names) : undefined,
        unprotectedBy(other, names, one.planned.address),
      ])
      .filter((each) => each !== undefined);
    const evidence = [...found, ...unprotectedMeanwhile(one.resource, drift)];
    if (evidence.length === 0) return one.planned;
    return {
      ...one.planned,
      consequence: "unrecoverable",
      evidence: [...new Set([...one.planned.evidence, ...evidence])],
    };
  });
}
