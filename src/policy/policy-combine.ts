// Several policy files, one policy: the strictest wins.
//
// S1 The combination never lets through what one of the files alone would refuse, nor lets through
//    unasked what one of them would ask about. Each file that says anything of agents is read as if it
//    were the only one, the built-in knobs included; one that says nothing of them leaves them to the
//    others.
// S2 `deny` is stricter than `allowlist`, and that than `full`. `off` and `always` are each stricter
//    than `on-miss`: `off` refuses what no entry covers, `always` asks even about what one covers.
//    Between the two neither is stricter, so both for one agent are an error.
// S3 What cannot be kept together (two stores, `off` and `always`) is an error, never a guess.

import { type AgentKnobs, type Ask, agentKnobs, type Security, strictest } from "./allowlist.ts";
import { DEFAULT_RULES } from "./default-rules.ts";
import { canonicalDigest } from "./digest.ts";
import { ENVIRONMENTS } from "./environment.ts";
import type { Policy, StorePlace, WebhookAddress } from "./policy.ts";
import { withoutPassword } from "./policy-address.ts";
import { conflict } from "./policy-conflict.ts";
import { combineEnvironments, passedByAll } from "./policy-combine-environments.ts";
import type { PolicyPart } from "./policy-part.ts";
import { digestedRules, rulesIn } from "./policy-combine-rules.ts";

/**
 * The policy of these files, in the order in which they were read; of none: the built-in one.
 *
 * @throws Failure `policy-conflict` where two cannot both be kept (S3)
 */
export function combine(parts: readonly PolicyPart[]): Policy {
  const approvals = {
    store: storeFor(parts),
    approvers: Math.max(1, ...said(parts, "approvers")),
    ...least("pendingMs", said(parts, "pendingMs")),
    ...least("usableMs", said(parts, "usableMs")),
    webhooks: webhooksOf(parts),
  };
  const environments = combineEnvironments(parts);
  const most = Math.max(
    approvals.approvers,
    ...ENVIRONMENTS.map((each) => environments[each].approvers),
  );
  if (most > 1 && approvals.store.kind !== "postgres")
    throw conflict(
      `${blamedForApprovers(parts)}: approvers is ${most}, but one file on one machine cannot tell people apart`,
      "name a PostgreSQL database in approvals.store, or write approvers: 1",
    );
  const commands = { pass: passedByAll(said(parts, "pass")), ...knobsIn(parts) };
  const irreversible = [...new Set(said(parts, "irreversible").flat())].sort();
  const rules = rulesIn(parts);
  let digest: string | undefined;
  return {
    ...{ approvals, commands, environments, irreversible },
    rules: [...DEFAULT_RULES, ...rules],
    // Only what asks a store needs it, and a nested deletion asks none.
    get digest() {
      digest ??= canonicalDigest({
        approvals: withoutSecrets(approvals),
        ...{ commands, irreversible, ofRules: digestedRules(rules, environments) },
      });
      return digest;
    },
    files: parts.map(({ file }) => file),
  };
}

function blamedForApprovers(parts: readonly PolicyPart[]): string {
  const isBlamed = ({ approvers = 1, environments = {} }: PolicyPart) =>
    approvers > 1 || Object.values(environments).some((each) => (each.approvers ?? 1) > 1);
  return parts.flatMap((part) => (isBlamed(part) ? [part.file] : [])).join(" and ");
}

function said<Key extends keyof PolicyPart>(
  parts: readonly PolicyPart[],
  key: Key,
): NonNullable<PolicyPart[Key]>[] {
  return parts.map((part) => part[key]).filter((value) => value !== undefined && value !== null);
}

const blamed = (parts: readonly PolicyPart[], key: keyof PolicyPart): string =>
  parts.flatMap((part) => (part[key] === undefined ? [] : [part.file])).join(" and ");

function least<Key extends string>(key: Key, values: readonly number[]): { [K in Key]?: number } {
  return (values.length === 0 ? {} : { [key]: Math.min(...values) }) as { [K in Key]?: number };
}

function storeFor(parts: readonly PolicyPart[]): StorePlace {
  const stores = said(parts, "store");
  const [first = { kind: "sqlite" } as const] = stores;
  if (stores.some((store) => canonicalDigest(store) !== canonicalDigest(first)))
    throw conflict(
      `${blamed(parts, "store")} name different approvals stores`,
      "leave approvals.store out of one of them",
    );
  return first;
}

function webhooksOf(parts: readonly PolicyPart[]): WebhookAddress[] {
  const all = said(parts, "webhooks").flat();
  return all.filter(({ url }, index) => all.findIndex((each) => each.url === url) === index);
}

/** S1 and S2: complete knobs for whoever any file names, and for everybody else. */
function knobsIn(parts: readonly PolicyPart[]): Pick<Policy["commands"], "agents" | "defaults"> {
  const speaking = parts.filter(
    ({ agents, defaults }) => Object.keys(agents).length > 0 || Object.keys(defaults).length > 0,
  );
  if (speaking.length === 0) return { agents: {}, defaults: {} };
  const names = [...new Set(speaking.flatMap(({ agents }) => Object.keys(agents)))].sort();
  const entries = names.map((name) => [name, strictestKnobs(speaking, name)] as const);
  const defaults = names.includes("*") ? {} : strictestKnobs(speaking, "*");
  return { agents: Object.fromEntries(entries), defaults };
}

function strictestKnobs(parts: readonly PolicyPart[], agent: string): AgentKnobs {
  const all = parts.map((part) => ({
    file: part.file,
    knobs: agentKnobs(part, agent),
  }));
  const lowest = (key: "security" | "fallback"): Security =>
    all.map(({ knobs }) => knobs[key]).reduce(strictest);
  const security = lowest("security");
  return { security, ask: strictestAsk(agent, all, security), fallback: lowest("fallback") };
}

function strictestAsk(
  agent: string,
  all: readonly { readonly file: string; readonly knobs: AgentKnobs }[],
  security: Security,
): Ask {
  const strict = all.filter(({ knobs }) => knobs.ask !== "on-miss");
  const [first] = strict;
  const other = strict.find(({ knobs }) => knobs.ask !== first?.knobs.ask);
  if (first === undefined) return "on-miss";
  if (other === undefined) return first.knobs.ask;
  // Where no command runs at all, it makes no difference.
  if (security === "deny") return "always";
  const whom = agent === "*" ? "agents that have no knobs of their own" : agent;
  throw conflict(
    `${first.file} says ask: ${first.knobs.ask} for ${whom}, ${other.file} says ask: ${other.knobs.ask}, and neither is the stricter`,
    "say the same in both, or leave one out",
  );
}

/** A changed password changes no rule, and its hash must not lie around in a database. */
function withoutSecrets(approvals: Policy["approvals"]): object {
  const { store } = approvals;
  if (store.kind === "sqlite") return approvals;
  return { ...approvals, store: { ...store, url: withoutPassword(store.url) } };
}
