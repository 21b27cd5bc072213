// Every reason that the gate gives, once. Text, JSON, Markdown and docs/reasons.md come from here.

import type { Answers } from "./approvable.ts";
import { operationLine, requestWords, shellWord } from "./command-line.ts";
import type { Effect } from "./decide.ts";
import { isHarmless, type Operation } from "./operation.ts";
import { BUILT_IN, type FiredRule } from "./rule.ts";

/** What the text of a reason may mention. Everything is optional but the operation. */
export interface ReasonContext {
  readonly operation: Operation;
  /** The short, public id of the session concerned. */
  readonly session?: string;
  /** What this particular case adds: a variable's name, a hostname, a file. Already one line. */
  readonly detail?: string;
  /** The id of the request concerned: the one that blocks, or the one that waits for a person. */
  readonly request?: string;
  /** What a person could answer to the request that waits (policy/approval.ts). */
  readonly answers?: Answers;
}

/** One way on, and the command for it: it works as printed. */
export interface Remedy {
  readonly for: string;
  readonly command: string;
}

interface ReasonInfo {
  readonly effect: Effect;
  /** One sentence for the documentation: when this reason is given. */
  readonly when: string;
  /** One clause for the `why` line of a refusal. */
  readonly text: (context: ReasonContext) => string;
  readonly remedies: (context: ReasonContext) => Remedy[];
  /**
   * Whether an approval or an allowlist entry could allow it all the same, and a request is filed.
   * Not where something is not what it should be, nor where a person has just said no.
   */
  readonly liftable?: true;
  /** Whether adding the class to the running session would lift it. */
  readonly widenable?: true;
}

const inSession = (context: ReasonContext): string =>
  context.session === undefined ? "the session" : `session ${context.session}`;

const classOf = ({ operation }: ReasonContext): string =>
  operation.resourceClass === "unknown" ? "an unknown class" : operation.resourceClass;

const unmatched = ({ kind }: Operation): string =>
  kind === "hcp"
    ? "no known request matches it"
    : kind === "kubectl"
      ? "nobody knows what an object of its kind does"
      : "what it would run was not found, or cannot be told";

/** Why a person has to be asked at all. */
function whyAsked(operation: Operation): string {
  const { kind, resourceClass } = operation;
  if (isHarmless(operation)) return "a rule of policy asks";
  if (resourceClass === "unknown") return unmatched(operation);
  if (kind === "hcp") return `${resourceClass} need a person's yes`;
  if (operation.impact === "destroy") return "it destroys, and needs a person's yes";
  if (operation.kind === "terraform" && operation.terraform.foreign !== undefined)
    return `planning here may run more than terraform (${operation.terraform.foreign}), so it needs a person's yes`;
  return kind === "terraform"
    ? "nobody can tell all that it would do, so it needs a person's yes"
    : "what it does cannot be told from its words, so it needs a person's yes";
}

/** No remedy where no line can make the operation again. */
function remedy(purpose: string, command: string | undefined): Remedy[] {
  return command === undefined ? [] : [{ for: purpose, command }];
}

/**
 * The line for a person's own terminal. A command needs no gate there; one of the gateway's has a
 * directory of its own, where that person may not stand.
 */
function handLine(operation: Operation): string | undefined {
  if (operation.kind === "command") {
    const words = requestWords(operation);
    return operation.served === undefined
      ? words
      : `cd ${shellWord(operation.command.cwd)} && ${words}`;
  }
  if (operation.kind === "kubectl" && operation.kubectl.input === undefined)
    return requestWords(operation);
  return operationLine(operation);
}

function byHand({ operation }: ReasonContext): Remedy[] {
  // Where nothing was found, a person would find nothing either.
  if (operation.kind === "command" && operation.command.unbindable === "not-resolved") return [];
  return remedy("by hand", handLine(operation));
}

function newSession({ operation }: ReasonContext): Remedy[] {
  if (operation.resourceClass === "unknown" || operation.kind !== "hcp") return [];
  const words = ["holdfast", "harness", "exec", `--allow-delete=${operation.resourceClass}`, "--"];
  return remedy("in a session", operationLine(operation, words));
}

/** Inside a session nothing can start a wider one, so only a person's own terminal is left. */
const sessionOrByHand = (context: ReasonContext): Remedy[] => [
  ...(context.session === undefined ? newSession(context) : []),
  ...byHand(context),
];

const listRequests = (): Remedy[] => [{ for: "requests", command: "holdfast approval list" }];

/** Commands about the request that blocks. */
function aboutRequest(
  { request }: ReasonContext,
  commands: (id: string) => readonly (readonly [purpose: string, command: string])[],
): Remedy[] {
  if (request === undefined) return listRequests();
  return commands(request).map(([purpose, command]) => ({ for: purpose, command }));
}

const named = ({ request }: ReasonContext): string =>
  request === undefined ? "a request" : `request ${request}`;

const listSessions = (): Remedy[] => [{ for: "live sessions", command: "holdfast session list" }];
const diagnose = (): Remedy[] => [{ for: "diagnose", command: "holdfast doctor" }];
const none = (): Remedy[] => [];

/** The table. Its order is the order of the documentation. */
export const REASONS = {
  "not-destructive": {
    effect: "allow",
    when: "The operation reads, or changes something without destroying anything.",
    text: () => "it destroys nothing",
    remedies: none,
  },
  granted: {
    effect: "allow",
    when: "A live session that the caller descends from covers the operation.",
    text: (context) => `${inSession(context)} grants ${classOf(context)}`,
    remedies: none,
  },
  confirmed: {
    effect: "allow",
    when: "A person at the terminal said yes to this very operation.",
    text: () => "confirmed at the terminal",
    remedies: none,
  },
  approved: {
    effect: "allow",
    when: "A person approved exactly this operation, once, and the approval has not been used or expired.",
    text: (context) => `${named(context)} was approved, for this once`,
    remedies: none,
  },
  allowlisted: {
    effect: "allow",
    when: "An allowlist entry covers the command with exactly these arguments, and it is not known to destroy.",
    text: ({ detail }) => `allowlist entry${detail ? ` ${detail}` : ""} covers it`,
    remedies: none,
  },
  "agent-unrestricted": {
    effect: "allow",
    when: "Policy lets this agent run any command that is not known to destroy (security: full).",
    text: () => "policy lets this agent run any command that is not known to destroy",
    remedies: none,
  },
  "needs-confirmation": {
    effect: "ask",
    when: "The operation is destructive or unknown, and a person is at the terminal.",
    text: () => "a person decides",
    remedies: none,
  },
  denied: {
    effect: "deny",
    when: "A person said no to this operation, or to another one on the same resource; it lasts until a person reopens it.",
    text: (context) => `a person said no to it (${named(context)})`,
    remedies: (context) =>
      aboutRequest(context, (id) => [
        ["the answer", `holdfast approval show ${id}`],
        ["ask again", `holdfast approval reopen ${id}`],
      ]),
  },
  executing: {
    effect: "deny",
    when: "An attempt at this operation, or at another one on the same resource, is under way.",
    text: (context) => `an attempt at it is under way (${named(context)})`,
    remedies: (context) =>
      aboutRequest(context, (id) => [["the attempt", `holdfast approval show ${id}`]]),
  },
  "outcome-unknown": {
    effect: "deny",
    when: "An attempt at this operation may have happened; nothing is tried again until a person says what became of it.",
    text: (context) =>
      `an attempt at it may have happened (${named(context)}), and nothing is tried twice`,
    remedies: (context) =>
      aboutRequest(context, (id) => [
        ["look", `holdfast approval show ${id}`],
        ["it did", `holdfast approval resolve ${id} --happened --evidence 'what you saw'`],
        [
          "it did not",
          `holdfast approval resolve ${id} --did-not-happen --evidence 'what you saw'`,
        ],
      ]),
  },
  "policy-denied": {
    effect: "deny",
    when: "A rule of policy denies the operation: no answer, grant or entry lifts it.",
    text: ({ detail }) => `policy denies it${detail ? `: ${detail}` : ""}`,
    // A rule that names no environment holds in each of them.
    remedies: ({ operation }) => [
      { for: "the rules", command: `holdfast policy show -e ${operation.served ?? "prod"}` },
    ],
  },
  "agent-denied": {
    effect: "deny",
    when: "Policy lets this agent run no commands at all (security: deny).",
    text: ({ detail }) => `policy lets this agent run no commands${detail ? `: ${detail}` : ""}`,
    remedies: byHand,
  },
  "allowlist-miss": {
    effect: "deny",
    when: "No allowlist entry covers the command, and policy has nobody asked for this agent (ask: off).",
    text: () => "no allowlist entry covers it, and policy has nobody asked for this agent",
    remedies: byHand,
  },
  "store-refused": {
    effect: "deny",
    when: "The approvals store, the allowlist, the policy or the audit log cannot be used or trusted.",
    text: ({ detail }) => detail ?? "a store cannot be trusted",
    remedies: diagnose,
  },
  "no-session": {
    effect: "deny",
    liftable: true,
    when: "The operation is destructive or unknown, there is no session, and nobody can be asked.",
    text: ({ operation, detail }) =>
      `${whyAsked(operation)}${detail ? `, and nobody can be asked here: ${detail}` : ""}`,
    remedies: sessionOrByHand,
  },
  "unknown-class": {
    effect: "deny",
    liftable: true,
    when: "No known request matches the path, and no session grant covers what is unknown.",
    text: ({ operation }) =>
      isHarmless(operation)
        ? "a rule of policy asks, and no session covers it"
        : `${unmatched(operation)}, and no session covers what is unknown`,
    remedies: byHand,
  },
  "class-not-granted": {
    effect: "deny",
    liftable: true,
    widenable: true,
    when: "The session does not grant the class.",
    text: (context) =>
      context.operation.kind !== "hcp"
        ? `it needs a person's yes of its own: no session grants ${classOf(context)}`
        : `${inSession(context)} does not grant ${classOf(context)}`,
    remedies: sessionOrByHand,
  },
  "not-reversible": {
    effect: "deny",
    liftable: true,
    widenable: true,
    when: "Only a wildcard could cover the operation, and what it destroys cannot be recreated.",
    text: (context) =>
      `${inSession(context)} grants what is reversible; this is not${context.detail ? `: ${context.detail}` : ""}`,
    remedies: sessionOrByHand,
  },
  "other-hostname": {
    effect: "deny",
    liftable: true,
    when: "The session was granted for another hostname.",
    text: (context) =>
      `${inSession(context)} is for ${context.detail ?? "another hostname"}, not ${context.operation.target.hostname}`,
    remedies: sessionOrByHand,
  },
  "other-organization": {
    effect: "deny",
    liftable: true,
    when: "The session was granted for another organization, or the target's could not be established.",
    text: (context) =>
      `${inSession(context)} is for one organization${context.detail ? ` (${context.detail})` : ""}; the target is in ${context.operation.target.organization ?? "one that could not be established"}`,
    remedies: sessionOrByHand,
  },
  "budget-spent": {
    effect: "deny",
    liftable: true,
    when: "The session may delete no more: its --max-deletes is used up, or too small for the request.",
    text: (context) =>
      `${inSession(context)} has too little of its budget left${context.detail ? `: ${context.detail}` : ""}`,
    remedies: sessionOrByHand,
  },
  expired: {
    effect: "deny",
    liftable: true,
    when: "The session's time is up. Its command may run on, without the grant.",
    text: (context) => `${inSession(context)} has expired`,
    remedies: sessionOrByHand,
  },
  revoked: {
    effect: "deny",
    liftable: true,
    when: "Somebody revoked the session. Its command may run on, without the grant.",
    text: (context) => `${inSession(context)} was revoked`,
    remedies: sessionOrByHand,
  },
  stale: {
    effect: "deny",
    liftable: true,
    when: "This process was started inside a session that has ended.",
    text: (context) =>
      `${inSession(context)}, which this process was started in, has ended${context.detail ? `: ${context.detail}` : ""}`,
    remedies: sessionOrByHand,
  },
  "not-live": {
    effect: "deny",
    liftable: true,
    when: "The session's host does not answer, or what answers is not the host.",
    text: (context) =>
      `${inSession(context)} is not live${context.detail ? `: ${context.detail}` : ""}`,
    remedies: sessionOrByHand,
  },
  "not-a-descendant": {
    effect: "deny",
    liftable: true,
    when: "The caller has the session's token but was not started by its command.",
    text: (context) =>
      `this process was not started inside ${inSession(context)}; its token alone grants nothing`,
    remedies: sessionOrByHand,
  },
  detached: {
    effect: "deny",
    liftable: true,
    when: "The caller was started from the session but no longer descends from it (a daemon, tmux, a remote runner).",
    text: (context) =>
      `this process has come loose from ${inSession(context)} (a daemon, tmux or a remote runner): run harness exec inside it, or let a person adopt its process${context.detail ? ` ${context.detail}` : ""}`,
    remedies: (context) => [
      ...(context.detail && context.session
        ? [
            {
              for: "this session",
              command: `holdfast session adopt ${context.detail} --session ${context.session}`,
            },
          ]
        : []),
      ...byHand(context),
    ],
  },
  sandboxed: {
    effect: "deny",
    liftable: true,
    when: "The operating system forbids the caller to reach the session's socket.",
    text: (context) =>
      `a sandbox keeps this process from ${inSession(context)}${context.detail ? `: ${context.detail}` : ""}`,
    remedies: byHand,
  },
  "environment-changed": {
    effect: "deny",
    when: "A HOLDFAST_ variable differs from the session's own, or an inner session was left out.",
    text: (context) =>
      `${context.detail ?? "a HOLDFAST_ variable"} differs from what ${inSession(context)} was started with`,
    remedies: byHand,
  },
  "record-refused": {
    effect: "deny",
    when: "The session's record is unreadable, malformed, or not safely ours.",
    text: ({ detail }) => detail ?? "the session's record cannot be trusted",
    remedies: () => [...listSessions(), ...diagnose()],
  },
  "unsupported-platform": {
    effect: "deny",
    when: "Session grants need Unix sockets and process lineage; on Windows use WSL.",
    text: () => "session grants do not work on this platform; on Windows use WSL",
    remedies: byHand,
  },
  declined: {
    effect: "deny",
    when: "A person at the terminal did not confirm.",
    text: ({ detail }) => detail ?? "declined at the prompt",
    remedies: none,
  },
} as const satisfies Record<string, ReasonInfo>;

export type Reason = keyof typeof REASONS;

/** The reason's effect. */
export function effectOf(reason: Reason): Effect {
  return REASONS[reason].effect;
}

/** Whether an approval or an allowlist entry could lift a refusal for this reason. */
export function isLiftable(reason: Reason): boolean {
  const info: ReasonInfo = REASONS[reason];
  return info.liftable === true;
}

/** Whether `approve --session` could lift a refusal for this reason. */
export function isWidenable(reason: Reason): boolean {
  const info: ReasonInfo = REASONS[reason];
  return info.widenable === true;
}

/** Who could allow it, and what to do until then: for whoever is refused. */
export function adviceOf(reason: Reason, rule?: FiredRule): string {
  if (reason !== "policy-denied")
    return "Only a person can allow this. Show them this; do not try another way.";
  const isBuiltIn = rule?.where === BUILT_IN;
  const what = isBuiltIn ? "Nothing lifts this rule" : "No answer lifts this, only another policy";
  return `${what}. Show a person this; do not try another way.`;
}

/** The clause that says why, for people. Names in it are escaped by whoever prints it. */
export function reasonText(reason: Reason, context: ReasonContext): string {
  const info: ReasonInfo = REASONS[reason];
  return info.text(context);
}

/** The ways on, each with a command that works as printed. A request that waits comes first. */
export function remediesOf(reason: Reason, context: ReasonContext): Remedy[] {
  const info: ReasonInfo = REASONS[reason];
  const { request, answers } = context;
  if (request === undefined || answers === undefined) return info.remedies(context);
  const approve = `holdfast approve ${request}`;
  return [
    { for: "once", command: approve },
    ...(answers.session && context.session !== undefined
      ? [{ for: "this session", command: `${approve} --session` }]
      : []),
    ...(answers.always ? [{ for: "always", command: `${approve} --always` }] : []),
    ...info.remedies(context),
  ];
}
