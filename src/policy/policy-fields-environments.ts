// The fields of environments and rules, as policy-fields.ts has the others.

import type { PolicyField } from "./policy-fields.ts";

const MAP = "a mapping";
const GLOBS = "a list of globs, such as [shop, shop-*]";
const GLOB = "a glob, such as shop-*";
const FLOOR = "ask or deny";
const ALL = "all that any of them names";

/** A list, and one entry of it. */
function list(
  path: string,
  is: string,
  entry: string,
  what: string,
  absent: string,
  both: string,
): PolicyField[] {
  return [
    { path, is, what, absent, both },
    { path: `${path}[]`, is: entry, what: "one entry", absent: "", both: "" },
  ];
}

const globs = (path: string, what: string, absent: string, both: string): PolicyField[] =>
  list(path, GLOBS, GLOB, what, absent, both);

const map = (path: string, what: string): PolicyField => ({
  ...{ path, is: MAP, what, absent: "", both: "" },
});

const env = (path: string): string => `environments.ENV.${path}`;
const belonging = (path: string, what: string): PolicyField[] =>
  globs(env(path), what, "none", ALL);

function floor(path: string, what: string, absent: string): PolicyField {
  return { path: env(path), is: FLOOR, what, absent, both: "deny before ask" };
}

const SAME = "the same one, or an error";
const NARROWER = "what is in each of those that name any; nothing in common is an error";

function absolute(path: string, what: string, absent: string): PolicyField {
  return { path: env(path), is: "an absolute path", what, absent, both: SAME };
}

const roots = (path: string, what: string): PolicyField[] =>
  list(
    env(path),
    "a list of absolute paths",
    "an absolute path without . and .., and without a slash at its end",
    what,
    "the directory in which the gateway was started",
    NARROWER,
  );

export const ENVIRONMENT_FIELDS: readonly PolicyField[] = [
  {
    path: "environments",
    is: "a mapping with dev, staging, prod",
    what: "what belongs to each environment, and what holds in it",
    absent: "",
    both: "",
  },
  map("environments.ENV", "one environment"),
  ...belonging("hostnames", "HCP Terraform hostnames that belong to it"),
  ...belonging(
    "organizations",
    "HCP Terraform organizations that belong to it; in a file that names hostnames too, on those only. A request that names no organization may be in any",
  ),
  ...belonging("contexts", "kubectl contexts that belong to it"),
  ...belonging(
    "workspaces",
    "Terraform and HCP Terraform workspaces that belong to it; a workspace that is known by its id alone may be any",
  ),
  floor(
    "changes",
    "what must be done, at least, about what changes something without destroying it",
    "prod: ask; dev and staging: what other rules say",
  ),
  floor("destroys", "the same, about what destroys something", "what other rules say"),
  floor("unknown", "the same, about what nobody can classify", "what other rules say"),
  {
    path: env("approvers"),
    is: "a whole number from 1 to 10",
    what: "how many distinct people must say yes, at least; more than 1 needs PostgreSQL",
    absent: "what approvals.approvers says",
    both: "the larger",
  },
  {
    path: env("plan_ttl"),
    is: "a duration such as 90s, 15m, 24h",
    what: "how long a Terraform plan may be applied after it was made, at most",
    absent: "1h, which is the most",
    both: "the shorter",
  },
  ...list(
    env("pass"),
    "a list of names of variables",
    "the name of a variable, such as AWS_PROFILE",
    "variables that terraform, kubectl and commands of the gateway are given besides the built-in ones",
    "none",
    "those that all of them name",
  ),
  map(env("protected"), "what is protected: more is asked, and more is refused, in it"),
  ...globs(
    env("protected.namespaces"),
    "namespaces in which every change is asked about, and no command runs",
    "the built-in ones",
    ALL,
  ),
  ...globs(
    env("protected.workspaces"),
    "Terraform workspaces in which every change is asked about",
    "the built-in ones",
    ALL,
  ),
  map(env("terraform"), "terraform, as the gateway runs it"),
  absolute(
    "terraform.executable",
    "the program that is run",
    "the first one on PATH that an agent cannot replace",
  ),
  ...roots("terraform.roots", "directories in which, or below which, a root module must be"),
  map(env("kubernetes"), "kubectl, as the gateway runs it"),
  absolute(
    "kubernetes.executable",
    "the program that is run",
    "the first one on PATH that an agent cannot replace",
  ),
  absolute("kubernetes.kubeconfig", "the kubeconfig", "the gateway has no cluster there"),
  {
    path: env("kubernetes.context"),
    is: "the name of a context",
    what: "the context of the kubeconfig",
    absent: "the gateway has no cluster there",
    both: SAME,
  },
  ...globs(env("kubernetes.namespaces"), "namespaces that may be touched", "any", NARROWER),
  map(env("shell"), "commands, as the gateway runs them"),
  ...roots("shell.roots", "directories in which commands may read files"),
];

const CONDITION = "whatever it is";

const condition = (path: string, is: string, entry: string, what: string): PolicyField[] =>
  list(`rules[].${path}`, is, entry, what, CONDITION, "");

const oneOf = (path: string, values: string, what: string): PolicyField[] =>
  condition(path, `a list of ${values}`, `one of ${values}`, what);

const glob = (path: string, what: string): PolicyField[] => condition(path, GLOBS, GLOB, what);

const IMPACTS = "read, change, destroy, unknown";
const KINDS = "hcp, command, terraform, kubectl";
const PLACES = "dev, staging, prod";

const EXAMPLES = [
  ["match", "examples that the rule must match; checked when the file is read"],
  ["not_match", "examples that the rule must not match; checked when the file is read"],
] as const;

const exampleField = (list: string, path: string, is: string, absent: string): PolicyField => ({
  ...{ path: `rules[].${list}[].${path}`, is, what: `its ${path}`, absent, both: "" },
});

export const RULE_FIELDS: readonly PolicyField[] = [
  ...globs(
    "irreversible",
    "classes that count as irreversible besides the built-in ones: no wildcard covers them",
    "none",
    ALL,
  ),
  {
    path: "rules",
    is: "a list of mappings with id and effect",
    what: "rules that raise what is done, at least, about an operation",
    absent: "the built-in ones",
    both: "all; an id that is there twice is an error",
  },
  {
    path: "rules[]",
    is: "a mapping with id, effect and a condition",
    what: "one rule: it is about what all of its conditions match; of a list, one entry must",
    absent: "",
    both: "",
  },
  {
    path: "rules[].id",
    is: "a short id of lower-case letters, digits and -, such as no-iam",
    what: "its name, in refusals and cards",
    absent: "an error",
    both: "",
  },
  {
    path: "rules[].effect",
    is: "ask or deny: rules only raise, and none allows",
    what: "what is done, at least",
    absent: "an error",
    both: "",
  },
  {
    path: "rules[].because",
    is: "one clause of at most 199 characters, on one line",
    what: "why, for people",
    absent: "nothing is said",
    both: "",
  },
  ...oneOf("environments", PLACES, "environments that the operation touches"),
  ...oneOf("kinds", KINDS, "kinds of operation"),
  ...oneOf("impacts", IMPACTS, "what it does to what it touches"),
  ...glob("actions", "`DELETE`, `plan`, `apply`, `destroy`, `replace`, `scale`, `run`"),
  ...glob("classes", "`workspaces`, `commands`, `terraform:aws_iam_*`, `kubernetes:secrets`"),
  ...glob("names", "an id, a plan's address, an object's name, a program's"),
  ...glob("scopes", "an organization, a Terraform workspace, a namespace"),
  ...glob("places", "a hostname, a kubectl context"),
  ...condition(
    "arguments",
    "a list of globs, each of which must match an argument",
    "a glob, such as --force*; several forms of it apart by |",
    "arguments of a command; case counts. `-rf` is `-r` and `-f` as well",
  ),
  ...EXAMPLES.flatMap(([name, what]): PolicyField[] => [
    { path: `rules[].${name}`, is: "a list of mappings", what, absent: "none", both: "" },
    {
      path: `rules[].${name}[]`,
      is: "a mapping with the words of one operation",
      what: "one example",
      absent: "",
      both: "",
    },
    exampleField(name, "environment", `one of ${PLACES}`, "the rule's first"),
    exampleField(name, "kind", `one of ${KINDS}`, "the rule's first"),
    exampleField(name, "impact", `one of ${IMPACTS}`, "the rule's first"),
    ...["action", "class", "name", "scope", "place"].map((each) =>
      exampleField(name, each, "text of at most 1000 characters", "empty"),
    ),
    exampleField(name, "arguments", "a list of words", "none"),
    exampleField(name, "arguments[]", "one word", ""),
  ]),
];
