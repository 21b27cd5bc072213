// Rules that nothing can ever match: they would look like ones that hold.
//
// G1 Only what is impossible whatever an operation is: a glob that could match something is left alone.

import { textMatches } from "./allowlist-glob.ts";
import { PLAN_ACTIONS } from "./planned-change.ts";
import { nearest } from "./policy-problem.ts";
import type { RuleConditions, Subject } from "./rule.ts";

type Kind = Subject["kind"];

/** What is wrong, at which key of the rule, and what to write. */
export interface Impossible {
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly fix: string;
}

const ACTIONS: Readonly<Record<Kind, readonly string[]>> = {
  hcp: ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"],
  command: ["run"],
  terraform: ["plan", "apply", "destroy", ...PLAN_ACTIONS],
  kubectl: ["get", "describe", "logs", "apply", "delete", "scale", "exec"],
};
const KINDS = Object.keys(ACTIONS) as Kind[];

const hasArguments = (kind: Kind): boolean => kind === "command" || kind === "kubectl";

/** The first condition that no subject can meet; undefined: none is known. */
export function impossible(rule: RuleConditions): Impossible | undefined {
  const { arguments: wanted = [], kinds: given } = rule;
  if (wanted.length > 0 && given !== undefined && !given.some(hasArguments))
    return {
      path: ["arguments"],
      what: `only commands, and what kubectl runs in a container, have arguments, and this rule is about ${given.join(", ")}`,
      fix: "leave arguments out, or write kinds: [command]",
    };
  const kinds = (given ?? KINDS).filter((kind) => wanted.length === 0 || hasArguments(kind));
  return (
    wrongAction(rule, kinds) ??
    wrongClass(rule, kinds) ??
    (kinds.every((kind) => kind === "command") ? wrongName(rule) : undefined) ??
    wrongArgument(rule)
  );
}

function wrongAction(
  { actions = [] }: RuleConditions,
  kinds: readonly Kind[],
): Impossible | undefined {
  const known = kinds.flatMap((kind) => ACTIONS[kind]);
  const index = actions.findIndex(
    (glob) => !known.some((each) => textMatches(glob.toLowerCase(), each.toLowerCase())),
  );
  const glob = actions[index];
  if (glob === undefined) return undefined;
  const near = nearest(glob, known);
  return {
    path: ["actions", index],
    what: `no ${kinds.join(" or ")} operation has the action ${JSON.stringify(glob.slice(0, 60))}`,
    fix: near === undefined ? `write ${known.join(", ")}` : `did you mean ${near}?`,
  };
}

/** Whose class it is, as far as it begins without a glob; undefined: anybody's. */
function kindOfClass(glob: string): Kind | undefined {
  const lower = glob.toLowerCase();
  if (lower.startsWith("kubernetes:")) return "kubectl";
  if (lower.startsWith("terraform:") || lower === "terraform") return "terraform";
  if (lower === "commands") return "command";
  return /[*?:]/.test(lower) || lower === "unknown" ? undefined : "hcp";
}

function wrongClass(
  { classes = [] }: RuleConditions,
  kinds: readonly Kind[],
): Impossible | undefined {
  const index = classes.findIndex((glob) => {
    const kind = kindOfClass(glob);
    return kind !== undefined && !kinds.includes(kind);
  });
  const glob = classes[index];
  if (glob === undefined) return undefined;
  return {
    path: ["classes", index],
    what: `${JSON.stringify(glob.slice(0, 60))} is a class of ${kindOfClass(glob)}, and this rule is about ${kinds.join(", ")}`,
    fix: `write kinds: [${kindOfClass(glob)}], or another class`,
  };
}

/** A command's name is its program's base name. */
function wrongName({ names = [] }: RuleConditions): Impossible | undefined {
  const index = names.findIndex((glob) => /[ /]/.test(glob));
  const glob = names[index];
  if (glob === undefined) return undefined;
  const [program = "", ...words] = (glob.split("/").at(-1) ?? "").split(" ");
  const more = words.filter(Boolean).map((word) => JSON.stringify(word));
  const also = more.length === 0 ? "" : ` and arguments: [${more.join(", ")}]`;
  return {
    path: ["names", index],
    what: `a command's name is a program's, without directory or arguments: ${JSON.stringify(glob.slice(0, 60))}`,
    fix: `write names: [${JSON.stringify(program)}]${also}`,
  };
}

/** Programs that are given texts with blanks, which rules may be about. */
const TAKES_TEXT = /sh$|[*?]|^(?:eval|xargs|env|python|perl|ruby|node|psql|mysql|awk|ssh|su)/i;

function wrongArgument({
  arguments: wanted = [],
  names = [],
}: RuleConditions): Impossible | undefined {
  if (names.length === 0 || names.some((name) => TAKES_TEXT.test(name))) return undefined;
  const index = wanted.findIndex((entry) =>
    entry
      .split("|")
      .every((form) => /^[^\s*?]+(?: [^\s*?]+)+$/.test(form) && /(?:^| )-/.test(form)),
  );
  const entry = wanted[index];
  if (entry === undefined) return undefined;
  const words = (entry.split("|")[0] ?? "").split(" ").map((word) => JSON.stringify(word));
  return {
    path: ["arguments", index],
    what: `each entry is compared with one argument, and ${JSON.stringify(entry.slice(0, 60))} is ${words.length}`,
    fix: `write ${words.length} entries: [${words.join(", ")}]`,
  };
}
