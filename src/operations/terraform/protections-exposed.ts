// What a change opens to others: to everybody, or to whoever is given all rights.
//
// O1 Only what was not so before counts: an update elsewhere in the same resource is no exposure.

import type { ResourceChange } from "./plan-document.ts";
import { isRecord, type Leaf, leavesOf, shownValue } from "./plan-values.ts";

interface Exposure {
  readonly path: RegExp;
  readonly value: RegExp;
  readonly because: string;
}

const EXPOSURES: readonly Exposure[] = [
  {
    path: /^(?!.*(?:egress|destination|route|outbound)).*(?:cidr|source|range|address|prefix|ingress|authorized|value|start_ip|end_ip)/,
    value:
      /^(?:0\.0\.0\.0|(?!10\.)[\d.]+\/0*[0-8]|[\da-f:.]*:[\da-f:.]*\/0*(?:\d|1[0-6])|\*|Internet|Any)$/i,
    because: "it is open to the whole internet",
  },
  {
    path: /(?:^|\.)(?:acl|predefined_acl|default_acl|container_access_type|access_type)$/,
    value:
      /^(?:public-?read(?:-?write)?|authenticated-?read|website|blob|container|publicRead.*)$/i,
    because: "everybody can read it",
  },
  {
    path: /(?:^|\.)(?:publicly_accessible|public_network_access(?:_enabled)?|allow_(?:nested_items_to_be_public|blob_public_access)|public_access_enabled|endpoint_public_access|map_public_ip_on_launch|enable_public_ip)$/,
    value: /^(?:true|enabled)$/i,
    because: "it can be reached from everywhere",
  },
  {
    path: /(?:^|\.)(?:members?|principal|principals?\.identifiers|entity|group|account_ids?|user_ids?)$/,
    value: /^(?:allUsers|allAuthenticatedUsers|\*|all)$/,
    because: "everybody has it",
  },
  {
    path: /(?:^|\.)(?:role|role_definition_name|policy_arn|policy_arns|managed_policy_arns|role_ref\.name|roles)$/,
    value:
      /(?:^roles\/(?:owner|editor|iam\.securityAdmin|resourcemanager\.organizationAdmin)$|^(?:Owner|Contributor|User Access Administrator)$|\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$|^cluster-admin$)/,
    because: "it gives all rights",
  },
  {
    path: /(?:^|\.)(?:verbs|resources|api_groups)$/,
    value: /^\*$/,
    because: "it gives all rights",
  },
  {
    path: /(?:^|\.)(?:privileged|host_network|host_pid|host_ipc|allow_privilege_escalation)$/,
    value: /^true$/,
    because: "what runs in it reaches the machine under it",
  },
];

const OUTWARD = /(?:_egress_rule$|^aws_route(?:_|$)|_route$|^aws_network_acl$)/;

/** A rule that says itself that it is about what goes out, or that it forbids. */
const isOutward = ({ type, change: { after } }: ResourceChange): boolean =>
  OUTWARD.test(type) ||
  (isRecord(after) &&
    ((/^(?:aws_security_group_rule)$/.test(type) && after.type === "egress") ||
      /^(?:EGRESS|Outbound)$/.test(String(after.direction)) ||
      after.access === "Deny"));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Of actions and principals: all, or all of what hands out rights. */
const WIDE = /^(?:[*?]+(?::[*?]+)?|(?:iam|sts|organizations):[*?]+)$/i;

const isWide = (value: unknown): boolean =>
  listOf(value).some((each) => typeof each === "string" && WIDE.test(each));

/** An element of a policy, whose names count in any case. */
function element(of: unknown, name: string): unknown {
  if (!isRecord(of)) return undefined;
  return Object.entries(of).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** What is too wide in a policy document of AWS, or in what has the same form. */
function policyFindings(text: string): readonly string[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  const found: string[] = [];
  for (const statement of listOf(element(document, "statement"))) {
    if (!/^allow$/i.test(String(element(statement, "effect")))) continue;
    if (isWide(element(statement, "action")) || element(statement, "notaction") !== undefined)
      found.push("allows every action");
    const principal = element(statement, "principal");
    const named = isRecord(principal) ? Object.values(principal).flatMap(listOf) : principal;
    if (isWide(named) || element(statement, "notprincipal") !== undefined)
      found.push("allows everybody");
  }
  return found;
}

function findingsIn(leaves: readonly Leaf[], isRuleOutward: boolean): readonly string[] {
  return leaves.flatMap(({ path, value }) => {
    const text = String(value);
    if (typeof value === "string" && /^\s*\{/.test(value))
      return policyFindings(value).map((each) => `${path} ${each}`);
    return EXPOSURES.filter(
      (each, index) =>
        !(index === 0 && isRuleOutward) && each.path.test(path) && each.value.test(text),
    ).map(({ because }) => `${path} is ${shownValue(value)}: ${because}`);
  });
}

/** What it opens, as evidence (O1). */
export function exposuresOf(resource: ResourceChange): readonly string[] {
  const { change } = resource;
  const isRuleOutward = isOutward(resource);
  const before = findingsIn(leavesOf(change.before, change.before_sensitive), isRuleOutward);
  const after = findingsIn(leavesOf(change.after, change.after_sensitive), isRuleOutward);
  return [...new Set(after.filter((each) => !before.includes(each)))];
}

/** Attributes that decide who gets in. */
const DECIDES =
  /(?:policy|policy_document|policy_data|acl|members?|role|policy_arn|cidr_blocks|(?:^|\.)(?:cidr_ipv[46]|source_ranges|source_address_prefix(?:es)?|remote_ip_prefix|(?:start|end)_ip_address|authorized_networks(?:\.value)?|authorized_ip_ranges|publicly_accessible|public_network_access(?:_enabled)?|public_access_enabled|endpoint_public_access|map_public_ip_on_launch|principal|entity))$/;

/** The same, but filled in by providers where nobody says them: when something is made, that is no news. */
const FILLED_IN = /(?:^|\.)(?:ingress|security_rule|managed_policy_arns)$/;

/**
 * Those of them that are known only after apply, or not shown.
 *
 * @param isNew whether what a provider fills in by itself may be among the marked ones
 */
export function unknownAccess(marked: readonly string[], isNew: boolean): readonly string[] {
  return marked.filter((path) => DECIDES.test(path) || (!isNew && FILLED_IN.test(path)));
}
