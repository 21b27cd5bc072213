// docs/policy.md: every field of a policy file, from the table that errors come from too.

import { DEFAULT_RULES } from "../../policy/default-rules.ts";
import { ENVIRONMENTS } from "../../policy/environment.ts";
import { POLICY_FIELDS, type PolicyField } from "../../policy/policy-fields.ts";
import { dangerousVariables, gatewaysVariables } from "../../policy/policy-variables.ts";
import type { Rule } from "../../policy/rule.ts";
import { isInForce } from "../../policy/rule-match.ts";
import { block, code, GENERATED, page, plain, table } from "./markdown.ts";

/** Read by the tests too: it is taken as it stands. */
export const EXAMPLE_POLICY = `version: 1
approvals:
  store:
    postgres: postgres://agent@db.example.com/holdfast
    password_file: /home/me/.config/holdfast/db-password
  approvers: 1
  wait_for_answer: 24h
  use_within: 15m
  webhooks:
    - url: https://hooks.example.com/holdfast
      secret_file: /home/me/.config/holdfast/hook-secret
    - url: https://pager.example.com/holdfast
      secret_file: /home/me/.config/holdfast/pager-secret
      after: 10m
commands:
  pass: [AWS_PROFILE]
  defaults: {security: allowlist, ask: on-miss, fallback: deny}
  agents:
    claude-code: {security: allowlist}
    "*": {ask: always}`;

/** Read by the tests too. */
export const EXAMPLE_ENVIRONMENTS = `version: 1
environments:
  dev:
    contexts: [minikube, kind-*]
    organizations: [acme-dev]
    kubernetes: {kubeconfig: /home/me/.kube/config, context: minikube}
  prod:
    hostnames: [app.terraform.io]
    organizations: [acme, acme-*]
    contexts: ["*-prod"]
    workspaces: ["*-prod"]
    changes: ask
    destroys: ask
    unknown: deny
    plan_ttl: 30m
    pass: [AWS_PROFILE, AWS_REGION]
    protected: {namespaces: [payments], workspaces: [payments-*]}
    terraform: {executable: /usr/bin/terraform, roots: [/srv/infrastructure]}
    kubernetes:
      executable: /usr/bin/kubectl
      kubeconfig: /etc/holdfast/prod.kubeconfig
      context: payments-prod
      namespaces: [payments, shop-*]
    shell: {roots: [/srv/infrastructure]}
irreversible: [vars, "workspace-*", "terraform:aws_db_*"]`;

/** Read by the tests too. */
export const EXAMPLE_RULES = `version: 1
rules:
  - id: no-iam
    effect: deny
    because: who may do what is changed by people
    kinds: [terraform]
    classes: ["terraform:aws_iam_*"]
    match:
      - {class: "terraform:aws_iam_role", action: update, name: aws_iam_role.ci}
    not_match:
      - {class: "terraform:aws_instance", action: update, name: aws_instance.web}
  - id: no-force-push
    effect: deny
    environments: [dev, staging, prod]
    kinds: [command]
    names: [git]
    arguments: [push, "--force*|-f"]
    match: [{name: git, arguments: [push, --force-with-lease]}]
    not_match: [{name: git, arguments: [push]}]
  - id: secrets-are-read-by-people
    effect: ask
    environments: [prod]
    kinds: [kubectl]
    classes: ["kubernetes:secrets"]
    scopes: [payments]`;

function ruleRow(rule: Rule): string[] {
  const { id, effect, because = "" } = rule;
  const where = ENVIRONMENTS.filter((each) => isInForce(rule, [each]));
  return [code(id), effect, where.join(", "), plain(because), conditionsText(rule)];
}

const CONDITIONS = [
  "kinds",
  "impacts",
  "actions",
  "classes",
  "names",
  "scopes",
  "arguments",
] as const;

/** Long lists stand elsewhere in full: `holdfast policy show`. */
const MOST_SHOWN = 8;

function conditionsText(rule: Rule): string {
  return CONDITIONS.flatMap((name) => {
    const values = (rule[name] ?? []).flatMap((each) =>
      name === "arguments" ? each.split("|") : [each],
    );
    if (values.length === 0) return [];
    const shown = values.slice(0, MOST_SHOWN).map((each) => (each === "" ? "none" : code(each)));
    const more = values.length > MOST_SHOWN ? `, and ${values.length - MOST_SHOWN} more` : "";
    return [`${name}: ${shown.join(", ")}${more}`];
  }).join("; ");
}

function row({ path, is, what, absent, both }: PolicyField): string[] {
  return [code(path), plain(is), plain(what), plain(absent), plain(both)];
}

/** The page. */
export function policyPage(): string {
  return page([
    "# Policy",
    GENERATED,
    "Policy asks for more, waits for less, and names who is told. Of two files the strictest wins. It loosens one thing alone, and only where every file that speaks of agents says so: `full` (as `security`, or as `fallback` where nobody can be asked) lets an agent run commands that are not known to destroy. No field and no rule of it allows a deletion.",
    "It is read from `/etc/holdfast/policy.yaml`, then from `policy.yaml` in the configuration directory ([places](places.md)), then from the file that `--policy` names, each time that something is decided. A file that is not there says nothing. A file in the project's directory is never read: whoever writes there is whom policy is for.",
    "`holdfast policy check FILE` reads a file and says whether it is a policy; `holdfast policy show -e prod` prints what holds, and where each rule comes from. For editors there is a JSON Schema: [policy.schema.json](policy.schema.json), named in the first line of a file as `# yaml-language-server: $schema=PATH`.",
    "## Example",
    block(EXAMPLE_POLICY.split("\n"), "yaml"),
    "## Environments",
    "There are three: `dev`, `staging` and `prod`. An operation is in the one that a gateway was started for, and in every one that it belongs to; where it is in several, the rules of all of them hold. Without either it is in none, and only rules that name no environment hold.",
    block(EXAMPLE_ENVIRONMENTS.split("\n"), "yaml"),
    "What may be in an environment is in it: a request to HCP Terraform that names no organization may be in any of `organizations`, a workspace that is known by its id alone, or not named at all (a run, a variable), any of `workspaces`. A file that names both `hostnames` and `organizations` means those organizations on those hosts.",
    "## Rules",
    "A rule raises what is done about an operation, to `ask` or to `deny`; none lowers it, so the order of rules makes no difference. It is about what all of its conditions match, of each list one entry at least. An operation that does several things is looked at once for each: the objects of a manifest, the changes of a plan, the commands in a shell's text and behind a wrapper.",
    block(EXAMPLE_RULES.split("\n"), "yaml"),
    "In a glob `*` stands for any text, slashes and dots included, and `?` for one character. Case counts in `arguments` alone. `match` and `not_match` are checked when the file is read: a rule that does not do what its examples say is an error. What an example leaves out is the rule's own first environment, kind and impact, and otherwise empty.",
    "`irreversible` makes classes irreversible that would not be. It adds to the built-in ones and takes none away.",
    "## Built-in rules",
    "They hold besides the rules of files. Those about commands hold where a gateway serves; what a person types after `holdfast gate` is theirs to approve. `holdfast policy show -e ENV` prints them with all that they are about.",
    table(["rule", "at least", "in", "because", "about"], DEFAULT_RULES.map(ruleRow)),
    "A field of an environment that is a floor (`changes`, `destroys`, `unknown`) or a list of what is protected stands for rules too: `changes: deny` below `prod` is the rule `prod-changes`, `protected.namespaces` the rules `prod-protected-namespaces`, `prod-protected-exec` and, in prod, `prod-protected-scale-to-zero`. A refusal names them with file and line.",
    "## Fields",
    table(
      ["field", "is", "what", "where it is absent", "where two files have it"],
      POLICY_FIELDS.map(row),
    ),
    "[Notifications](notifications.md) says what a webhook is sent, and when.",
    "An agent's id is what `--agent` says; commands that say none are `main`'s. It is a label, not proof of who runs a command. A field that an agent's own knobs leave out comes from `*`, then from `defaults`, then from the built-in ones.",
    "## Two files",
    "The strictest wins. For the knobs of agents each file that has any is read as if it were the only one, with the built-in knobs for what it leaves out, and of the answers the strictest counts; a file without knobs leaves them to the other.",
    "`off` and `always` are each stricter than `on-miss`: `off` refuses what no entry covers, `always` asks even about what one covers. Between the two neither is stricter, so one file with `off` and another with `always` for the same agent is an error. So are two different stores.",
    "An approval is good under the policy that it was given under: when policy changes, what was approved and not used yet must be asked for again. A changed password changes nothing.",
    "## What is refused",
    "A policy that cannot be read, trusted or understood refuses whatever would need it, with exit code 7, and says which file and line, and what to do. About a file that `--policy` names it is exit code 1, also where the file is missing:",
    "- a rule without a condition, with an id that another rule has, or that does not do what its examples say; a class that nothing has\n- a key or a value that is not in the table, a key that is there twice, anchors, aliases, tags, directives, several documents: strict YAML 1.2, and nothing that is skipped\n- a file, or its directory, that belongs to anybody but you or root, or that others can write to\n- a symbolic link as the user's own file\n- a database's password in a file that others can read",
    "## Variables that are passed to no command",
    "What these hold decides which code runs, or with which arguments, whatever the command line says. `commands.pass` may not name them, in upper or lower case:",
    table(
      ["because", "variables"],
      dangerousVariables().map(([why, names]) => [plain(why), names.map(code).join(", ")]),
    ),
    "`pass` of an environment may not name these either:",
    table(
      ["because", "variables"],
      gatewaysVariables().map(([why, names]) => [plain(why), names.map(code).join(", ")]),
    ),
  ]);
}
