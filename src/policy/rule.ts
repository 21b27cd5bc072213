// A rule of policy, and what it looks at. Rules only raise the floor: no rule allows what would be asked.

import type { Effect } from "./decide.ts";
import type { Environment } from "./environment.ts";
import type { Impact } from "./operation.ts";

/**
 * One thing that an operation does to something, in words that rules compare: one for a request, one
 * for each command that a shell's text would run, one for each object of a manifest, one for each
 * change of a plan, besides the operation itself.
 */
export interface Subject {
  readonly kind: "hcp" | "command" | "terraform" | "kubectl";
  /** `DELETE`, `run`, `plan`, `apply`, `destroy`, `replace`, `get`, `scale`, … */
  readonly action: string;
  readonly impact: Impact;
  /** `workspaces`, `commands`, `kubernetes:pods`, `terraform:aws_db_instance`. */
  readonly class: string;
  /** The resource's own name or id: a pod's name, a plan's address, a program's base name. */
  readonly name: string;
  /** What it is in: an organization, a namespace, a Terraform workspace. */
  readonly scope: string;
  /** A kubectl context, or a hostname. */
  readonly place: string;
  /** A command's arguments, those of bundled short flags apart (`-rf` is `-r` and `-f`), or none. */
  readonly arguments: readonly string[];
}

/** Which subjects a rule is about: all of what is given must match; a list matches if one of it does. */
export interface RuleConditions {
  readonly environments?: readonly Environment[];
  readonly kinds?: readonly Subject["kind"][];
  readonly impacts?: readonly Impact[];
  /** Globs, here and below. */
  readonly actions?: readonly string[];
  readonly classes?: readonly string[];
  readonly names?: readonly string[];
  readonly scopes?: readonly string[];
  readonly places?: readonly string[];
  /** Each of these must match one argument at least. */
  readonly arguments?: readonly string[];
}

/** A subject as an example writes it: what is left out is empty, and the environment is the rule's. */
export type RuleExample = Partial<Subject> & { readonly environment?: Environment };

export interface Rule extends RuleConditions {
  /** Short, of its own: `no-scale-to-zero`. */
  readonly id: string;
  readonly effect: Exclude<Effect, "allow">;
  /** One clause for people: why it is there. */
  readonly because?: string;
  /** Checked when the policy is read. */
  readonly match: readonly RuleExample[];
  readonly notMatch: readonly RuleExample[];
  /** `built in`, or a file's path; and the line, from 1, where it is a file. */
  readonly file: string;
  readonly line?: number;
}

/** Where a rule is that no file has. */
export const BUILT_IN = "built in";

/** What fired, for refusals, cards, JSON and the doctor. */
export interface FiredRule {
  readonly id: string;
  readonly effect: Exclude<Effect, "allow">;
  readonly because?: string;
  /** `/etc/holdfast/policy.yaml:12`, or `built in`. */
  readonly where: string;
}

/** What policy says to one operation. */
export interface Ruling {
  /** The floor: the strictest of the built-in one and every rule that matches. */
  readonly floor: Effect;
  /** The environments that the operation touches, the strictest first; none where policy names none. */
  readonly environments: readonly Environment[];
  /** The strictest rule that matched, the first of several. */
  readonly fired?: FiredRule;
  /** Every rule that matched. */
  readonly matched: readonly FiredRule[];
  /** Policy makes its class irreversible. */
  readonly isHardened: boolean;
  /** How many must approve. */
  readonly approvers: number;
}
