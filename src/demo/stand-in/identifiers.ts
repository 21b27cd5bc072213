// Identifiers look like the real ones and are the same in every run: each type counts for itself,
// so a larger seed of one type does not move the identifiers of another.

import { createHash } from "node:crypto";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LENGTH = 16;

const PREFIX: Readonly<Record<string, string>> = {
  "agent-pools": "apool",
  agents: "agent",
  applies: "apply",
  "authentication-tokens": "at",
  "configuration-versions": "cv",
  "data-retention-policies": "drp",
  "notification-configurations": "nc",
  "oauth-clients": "oc",
  "oauth-tokens": "ot",
  "organization-memberships": "ou",
  plans: "plan",
  policies: "pol",
  "policy-sets": "polset",
  projects: "prj",
  "registry-modules": "mod",
  "registry-providers": "prov",
  resources: "wsr",
  "run-triggers": "rt",
  runs: "run",
  "ssh-keys": "sshkey",
  stacks: "st",
  "state-version-outputs": "wsout",
  "state-versions": "sv",
  "tag-bindings": "tb",
  tags: "tag",
  "team-projects": "tprj",
  "team-workspaces": "tws",
  teams: "team",
  users: "user",
  vars: "var",
  varsets: "varset",
  workspaces: "ws",
};

/** Hands out identifiers: `ws-` and sixteen characters, deterministic by type and order. */
export class Identifiers {
  readonly #counts = new Map<string, number>();

  next(type: string): string {
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    return `${PREFIX[type] ?? type}-${characters(`${type} ${count}`)}`;
  }
}

function characters(seed: string): string {
  const digest = createHash("sha256").update(seed).digest();
  return Array.from(digest.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join(
    "",
  );
}
