// What changes of one plan mean together that none of them means alone.
//
// L1 It only raises: what is destroyed with its backup, its replica or its protection is unrecoverable,
//    and the evidence names the other address.

import { isDestruction, type PlannedChange } from "../../policy/planned-change.ts";
import type { ResourceChange } from "./plan-document.ts";
import { isRecord, type Leaf, leavesOf } from "./plan-values.ts";
import { protectionsOff } from "./protections.ts";

/** One change, as Terraform says it and as we judged it. */
export interface JudgedChange {
  readonly resource: ResourceChange;
  readonly planned: PlannedChange;
}

/** A copy of what it names. */
const BACKUP = /(?:snapshot|backup|recovery|archive|_ami$|_image$)/;

/** Keeps copies of many things without naming any. */
const VAULT = /(?:backup_vault|recovery_services_vault)$/;

/** Keeps what it names from being destroyed. */
const GUARD = /(?:vault_lock|object_lock|management_lock|_lien$)/;

/** Attributes of a replica that name what it is a replica of. */
const REPLICA_OF =
  /^(?:replicate_source_db|replication_source_identifier|source_db_cluster_identifier|master_instance_name|creat(?:e|ion)_source_server_id|source_server_id|global_replication_group_id|global_cluster_identifier|replication_configuration\..*|primary_cluster_name)$/;

/** What others call it by. */
const NAMES =
  /^(?:id|arn|self_link|name|identifier|cluster_identifier|bucket|resource_id|replication_group_id)$/;

const SHORTEST_NAME = 3;

/** Enough of one name: more evidence of the same kind tells a person no more. */
const MOST_MENTIONS = 8;

/** Who names something, and what that means for it. */
interface Mention {
  readonly by: JudgedChange;
  readonly evidence: string;
}

type Index = ReadonlyMap<string, readonly Mention[]>;

const textsOf = ({ resource: { change } }: JudgedChange): readonly Leaf[] =>
  leavesOf(change.before, change.before_sensitive).filter(
    ({ value }) => typeof value === "string" && value.length >= SHORTEST_NAME,
  );

const namesOf = (change: JudgedChange): ReadonlySet<string> =>
  new Set(
    textsOf(change)
      .filter(({ path }) => NAMES.test(path))
      .map(({ value }) => String(value)),
  );

/** Who mentions what: by its name, or by a path or an ARN that ends with it. */
function indexOf(all: readonly JudgedChange[]): Index {
  const index = new Map<string, Mention[]>();
  const add = (key: string, mention: Mention) => {
    const mentions = index.get(key) ?? [];
    const isNew = mentions.every(({ by }) => by !== mention.by);
    if (isNew && mentions.length < MOST_MENTIONS) mentions.push(mention);
    index.set(key, mentions);
  };
  for (const by of all)
    for (const { path, value } of textsOf(by)) {
      const evidence = because(by, path);
      if (evidence === undefined) continue;
      const text = String(value);
      for (const key of new Set([text, text.split(/[/:]/).at(-1) ?? text]))
        add(key, { by, evidence });
    }
  return index;
}

/** What it means for what an attribute of this one names; undefined where that is nothing. */
function because({ resource, planned }: JudgedChange, path: string): string | undefined {
  const { address, unprotects } = planned;
  if (!isDestruction(planned))
    return unprotects === undefined
      ? undefined
      : `${address} switches off ${unprotects} of it in the same plan`;
  if (REPLICA_OF.test(path)) return `its replica ${address} is destroyed with it`;
  if (GUARD.test(resource.type)) return `${address}, which protects it, is destroyed with it`;
  if (BACKUP.test(resource.type) && !VAULT.test(resource.type))
    return `its backup ${address} is destroyed with it`;
  return undefined;
}

/** What it is a replica of, where that is destroyed as well. */
function primaries(one: JudgedChange, names: ReadonlyMap<string, JudgedChange>): readonly string[] {
  return textsOf(one)
    .filter(({ path }) => REPLICA_OF.test(path))
    .map(({ value }) => names.get(String(value)))
    .filter((other) => other !== undefined && other !== one)
    .map((other) => `what it is a replica of, ${other?.planned.address}, is destroyed with it`);
}

const providerOf = ({ type }: PlannedChange): string => type.split("_")[0] ?? "";

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
  const isGone = ({ planned }: JudgedChange) =>
    isDestruction(planned) && planned.action !== "forget";
  const destroyed = new Set(all.filter(isGone));
  const vaults = [...destroyed].filter(({ planned }) => VAULT.test(planned.type));
  const mentions = indexOf(
    all.filter((each) => destroyed.has(each) || each.planned.unprotects !== undefined),
  );
  const named = new Map(
    [...destroyed].flatMap((each) => [...namesOf(each)].map((name) => [name, each] as const)),
  );
  return all.map((one) => {
    const { planned } = one;
    if (!destroyed.has(one) || planned.stateful !== true) return planned;
    const vault = vaults.find(
      (each) => each !== one && providerOf(each.planned) === providerOf(planned),
    );
    const evidence = [
      ...[...namesOf(one)]
        .flatMap((name) => mentions.get(name) ?? [])
        .filter(({ by }) => by !== one)
        .map(({ evidence }) => evidence),
      ...primaries(one, named),
      ...(vault === undefined
        ? []
        : [`${vault.planned.address}, which keeps backups, is destroyed with it`]),
      ...unprotectedMeanwhile(one.resource, drift),
    ];
    if (evidence.length === 0) return planned;
    return {
      ...planned,
      consequence: "unrecoverable",
      evidence: [...new Set([...planned.evidence, ...evidence])],
    };
  });
}
