// "Always": what an entry of the allowlist is, and the knobs that policy has for each agent.

/** One standing yes: one command shape, bound to its arguments. */
export interface AllowlistEntry {
  readonly id: string;
  /** Glob over the absolute path of the executable: `*` and `?` stay within a segment, `**` is one. */
  readonly pattern: string;
  /** What the arguments must be (allowlist-arguments.ts); without it: any. */
  readonly argPattern?: string;
  /** Who made it: a person by hand, or `approve --always`. */
  readonly origin: "added" | "approved";
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** What was approved, for whoever looks through the entries (allowlist-note.ts). Matches nothing. */
  readonly note?: string;
}

/** An entry before it is in the allowlist. */
export type NewEntry = Omit<AllowlistEntry, "id" | "createdAt">;

/** Entries of agents that are not named: of every agent. */
export const ANY_AGENT = "*";

/** Whose command it is where nobody says. */
export const MAIN_AGENT = "main";

/** The allowlist as it is kept: `<config>/allowlist.json`. */
export interface Allowlist {
  readonly version: 1;
  /** Counts the changes. */
  readonly revision: number;
  /** By agent id and `*`. */
  readonly agents: Readonly<Record<string, { readonly entries: readonly AllowlistEntry[] }>>;
  /** Ids of removed entries, the latest last: no id of these ever allows anything again. */
  readonly revoked: readonly { readonly id: string; readonly at: string }[];
}

/** An entry as a person reads it in a list. */
export interface ListedEntry extends AllowlistEntry {
  /** Agent id, or `*`. */
  readonly agent: string;
  readonly lastUsedAt?: string;
  readonly lastResolvedPath?: string;
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

const AGENT_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Whether text names one agent. `*` does not: it is every agent. */
export function isAgentId(text: string): boolean {
  return AGENT_ID.test(text);
}

/** The agent that is meant: a blank id is `main`. */
export function agentIdOf(text: string | undefined): string {
  return text === undefined || text.trim() === "" ? MAIN_AGENT : text.trim();
}

/** The knobs of an agent, each from the first that says it: the agent, `*`, the defaults, the built-in ones. */
export function agentKnobs(
  commands: {
    readonly agents: Readonly<Record<string, Partial<AgentKnobs>>>;
    readonly defaults: Partial<AgentKnobs>;
  },
  agentId: string,
): AgentKnobs {
  const said = [
    own(commands.agents, agentIdOf(agentId)),
    own(commands.agents, ANY_AGENT),
    commands.defaults,
  ];
  const knob = <K extends keyof AgentKnobs>(name: K): AgentKnobs[K] =>
    said.map((knobs) => knobs?.[name]).find((value) => value !== undefined) ?? BUILT_IN_KNOBS[name];
  return { security: knob("security"), ask: knob("ask"), fallback: knob("fallback") };
}

/** The entries that can cover an agent's commands: its own first, then those of every agent. */
export function entriesFor(
  { agents }: Pick<Allowlist, "agents">,
  agentId: string,
): AllowlistEntry[] {
  return [agentIdOf(agentId), ANY_AGENT].flatMap((name) => own(agents, name)?.entries ?? []);
}

/** An agent may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
