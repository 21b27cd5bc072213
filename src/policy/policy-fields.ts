// Every field of a policy file, once: what a value must be, what is meant where it is absent, and what
// counts where two files name it. Errors, suggestions and docs/policy.md come from here.

import { ENVIRONMENTS } from "./environment.ts";
import { ENVIRONMENT_FIELDS, RULE_FIELDS } from "./policy-fields-environments.ts";

export interface PolicyField {
  /** From the top; `[]` for the items of a list, `NAME` for an agent, `ENV` for an environment. */
  readonly path: string;
  /** What the value must be: completes `write …`. */
  readonly is: string;
  readonly what: string;
  /** What counts where no file has it. */
  readonly absent: string;
  /** What counts where two files have it. */
  readonly both: string;
}

const KNOBS = [
  {
    path: "security",
    is: "one of deny, allowlist, full",
    what: "which commands may run: none; what an allowlist entry covers or a person allows; any that is not known to destroy",
    absent: "allowlist",
    both: "deny before allowlist before full",
  },
  {
    path: "ask",
    is: "one of off, on-miss, always",
    what: "when a person is asked: never, when no entry covers the command, or every time",
    absent: "on-miss",
    both: "off or always before on-miss; off against always is an error",
  },
  {
    path: "fallback",
    is: "one of deny, allowlist, full",
    what: "what security is lowered to where nobody can be asked",
    absent: "deny",
    both: "deny before allowlist before full",
  },
] as const;

const MAP = "a mapping";

/** The table. Its order is the order of the documentation. */
export const POLICY_FIELDS: readonly PolicyField[] = [
  { path: "version", is: "1", what: "the version of the format", absent: "an error", both: "" },
  { path: "approvals", is: MAP, what: "requests to a person", absent: "", both: "" },
  {
    path: "approvals.store",
    is: "sqlite, or a mapping with postgres",
    what: "where requests are kept",
    absent: "sqlite: a file in the configuration directory",
    both: "the same one, or an error",
  },
  {
    path: "approvals.store.postgres",
    is: "a URL like postgres://agent@db.example.com/holdfast",
    what: "the database",
    absent: "an error",
    both: "",
  },
  {
    path: "approvals.store.password_file",
    is: "an absolute path",
    what: "a file of mode 0600 with the password, where the URL has none",
    absent: "no password, or the URL's",
    both: "",
  },
  {
    path: "approvals.approvers",
    is: "a whole number from 1 to 10",
    what: "how many distinct people must say yes; more than 1 needs PostgreSQL",
    absent: "1",
    both: "the larger",
  },
  {
    path: "approvals.wait_for_answer",
    is: "a duration such as 90s, 15m, 24h",
    what: "how long a request may wait for its answer, at most",
    absent: "the built-in time",
    both: "the shorter",
  },
  {
    path: "approvals.use_within",
    is: "a duration such as 90s, 15m, 24h",
    what: "how long an approval may be used, at most",
    absent: "the built-in time",
    both: "the shorter",
  },
  {
    path: "approvals.webhooks",
    is: "a list of at most 20 mappings with url and secret_file",
    what: "who is told of a new request",
    absent: "nobody",
    both: "all, in order; for the same URL the first",
  },
  {
    path: "approvals.webhooks[]",
    is: "a mapping with url and secret_file",
    what: "one address",
    absent: "",
    both: "",
  },
  {
    path: "approvals.webhooks[].url",
    is: "an https:// URL",
    what: "where to; http:// on loopback only",
    absent: "an error",
    both: "",
  },
  {
    path: "approvals.webhooks[].secret_file",
    is: "an absolute path",
    what: "a file of mode 0600 with the key that signs what is sent",
    absent: "an error",
    both: "",
  },
  {
    path: "approvals.webhooks[].after",
    is: "a duration such as 90s, 15m, 24h",
    what: "how long to wait for an answer before telling this one",
    absent: "at once",
    both: "",
  },
  { path: "commands", is: MAP, what: "commands run through the gate", absent: "", both: "" },
  {
    path: "commands.pass",
    is: "a list of names of variables",
    what: "variables that commands are given besides the built-in ones",
    absent: "none",
    both: "those that both name",
  },
  {
    path: "commands.pass[]",
    is: "the name of a variable, such as AWS_PROFILE",
    what: "one name",
    absent: "",
    both: "",
  },
  {
    path: "commands.defaults",
    is: MAP,
    what: "the knobs of agents that have none of their own",
    absent: "",
    both: "",
  },
  ...KNOBS.map((knob) => ({ ...knob, path: `commands.defaults.${knob.path}` })),
  {
    path: "commands.agents",
    is: "a mapping from agents to their knobs",
    what: "the knobs of each agent, by its id; * for any that is not named",
    absent: "",
    both: "",
  },
  { path: "commands.agents.NAME", is: MAP, what: "the knobs of one agent", absent: "", both: "" },
  ...KNOBS.map((knob) => ({ ...knob, path: `commands.agents.NAME.${knob.path}` })),
  ...ENVIRONMENT_FIELDS,
  ...RULE_FIELDS,
];

/** A place in a file, as the table writes it. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[]`;
    if (name === "commands.agents") return `${name}.NAME`;
    if (name === "environments") return `${name}.ENV`;
    return name === "" ? String(part) : `${name}.${String(part)}`;
  }, "");
}

/** The field at a place; undefined where there is none. */
export function fieldAt(path: readonly PropertyKey[]): PolicyField | undefined {
  const name = fieldPath(path);
  return POLICY_FIELDS.find((field) => field.path === name);
}

/** The keys that are known at a place. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  if (fieldPath(path) === "environments") return [...ENVIRONMENTS];
  const prefix = path.length === 0 ? "" : `${fieldPath(path)}.`;
  return POLICY_FIELDS.flatMap((field) => {
    const key = field.path.startsWith(prefix) ? field.path.slice(prefix.length) : "";
    return key === "" || /[.[]/.test(key) ? [] : [key];
  });
}
