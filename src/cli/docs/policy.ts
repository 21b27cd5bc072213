// docs/policy.md: every field of a policy file, from the table that errors come from too.

import { POLICY_FIELDS, type PolicyField } from "../../policy/policy-fields.ts";
import { dangerousVariables } from "../../policy/policy-variables.ts";
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

function row({ path, is, what, absent, both }: PolicyField): string[] {
  return [code(path), plain(is), plain(what), plain(absent), plain(both)];
}

/** The page. */
export function policyPage(): string {
  return page([
    "# Policy",
    GENERATED,
    "Policy asks for more, waits for less, and names who is told. Of two files the strictest wins. It loosens one thing alone, and only where every file that speaks of agents says so: `full` (as `security`, or as `fallback` where nobody can be asked) lets an agent run commands that are not known to destroy. No field of it allows a deletion.",
    "It is read from `/etc/holdfast/policy.yaml`, then from `policy.yaml` in the configuration directory ([places](places.md)), each time that something is decided. A file that is not there says nothing. A file in the project's directory is never read: whoever writes there is whom policy is for.",
    "## Example",
    block(EXAMPLE_POLICY.split("\n"), "yaml"),
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
    "A policy that cannot be read, trusted or understood refuses whatever would need it, with exit code 7, and says which file and line, and what to do:",
    "- a key or a value that is not in the table, a key that is there twice, anchors, aliases, tags, directives, several documents: strict YAML 1.2, and nothing that is skipped\n- a file, or its directory, that belongs to anybody but you or root, or that others can write to\n- a symbolic link as the user's own file\n- a database's password in a file that others can read",
    "## Variables that are passed to no command",
    "What these hold decides which code runs, or with which arguments, whatever the command line says. `commands.pass` may not name them, in upper or lower case:",
    table(
      ["because", "variables"],
      dangerousVariables().map(([why, names]) => [plain(why), names.map(code).join(", ")]),
    ),
  ]);
}
