// "Always": what an entry of the allowlist is, and the knobs that policy has for each agent.

/** One standing yes: one command shape, bound to its arguments. */
export interface AllowlistEntry {
  readonly id: string;
  /** Glob over the absolute path of the executable: `*` and `?` stay within a segment, `**` is one. */
  readonly pattern: string;
  /** What the arguments must be; without it: any. */
  readonly argPattern?: string;
  /** Who made it: a person by hand, or `approve --always`. */
  readonly origin: "added" | "approved";
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string;
}

export const SECURITY = ["deny", "allowlist", "full"] as const;
/** `deny`: no command runs; `allowlist`: what an entry covers or a person allows; `full`: any that is not known to destroy. */
export type Security = (typeof SECURITY)[number];

export const ASK = ["off", "on-miss", "always"] as const;
/** When a person is asked: never, when no entry covers the command, or every time. */
export type Ask = (typeof ASK)[number];

/** The knobs of one agent. */
export interface AgentKnobs {
  readonly security: Security;
  readonly ask: Ask;
  /** What `security` is lowered to where nobody can be asked. */
  readonly fallback: Security;
}

export const BUILT_IN_KNOBS: AgentKnobs = {
  security: "allowlist",
  ask: "on-miss",
  fallback: "deny",
};

/** What the gate knows about one command (decide.ts). */
export interface CommandFact {
  readonly knobs: AgentKnobs;
  /** The entry that covers exactly this command; undefined: none does. */
  readonly entry?: Pick<AllowlistEntry, "id" | "pattern" | "argPattern">;
}

/** The stricter of two: `deny` before `allowlist` before `full`. */
export function strictest(one: Security, other: Security): Security {
  return SECURITY.indexOf(one) < SECURITY.indexOf(other) ? one : other;
}
