// What the gateway offers, and what it does not.

import { allOf, type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import type { Stage } from "./stage.ts";
import { refusedBySchema } from "./stopped.ts";

/** Every tool there may be: one more may be one that answers, or runs anything. */
export const EXPECTED_TOOLS = [
  ...["terraform_plan", "terraform_destroy_plan", "terraform_apply", "get_plan"],
  ...["kubectl_get", "kubectl_describe", "kubectl_logs", "kubectl_apply", "kubectl_delete"],
  ...["kubectl_scale", "kubectl_exec", "hcp_request", "shell_exec"],
  ...["request_approval", "check_approval"],
] as const;

async function offered({ gateway }: Stage): Promise<Verdict> {
  const names = (await gateway.tools()).map(({ name }) => name);
  const known: readonly string[] = EXPECTED_TOOLS;
  const more = names.filter((name) => !known.includes(name));
  if (more.length > 0) return failed(`tools that nobody knows: ${more.join(", ")}`);
  const missing = known.filter((name) => !names.includes(name));
  if (missing.length > 0) return failed(`missing: ${missing.join(", ")}`);
  return passed(`${names.length} tools; none approves, denies, grants or edits policy`);
}

/** Calls of tools that must not be there; a list may leave out what is there all the same. */
const absent = (...names: readonly string[]) => {
  return async ({ gateway }: Stage): Promise<Verdict> => {
    for (const name of names) {
      const { refused, text } = await gateway.call(name, {});
      if (refused === undefined) return failed(`${name} is there: ${text.slice(0, 100)}`);
      if (!/no such tool/i.test(refused))
        return failed(`${name} is refused, and not for being absent: ${refused}`);
    }
    return passed(`no such tool: ${names.join(", ")}`);
  };
};

async function freeFlags({ gateway }: Stage): Promise<Verdict> {
  const tries: readonly (readonly [tool: string, input: object, field: string])[] = [
    ["terraform_plan", { args: ["-out=/tmp/x"] }, "args"],
    ["terraform_apply", { plan_id: "AAAAAAAA", auto_approve: true }, "auto_approve"],
    ["kubectl_get", { kind: "pods", flags: ["--raw=/"] }, "flags"],
    ["kubectl_delete", { kind: "pods", name: "a", all: true }, "all"],
    ["shell_exec", { command: "true", env: { A: "b" } }, "env"],
  ];
  const verdicts: Verdict[] = [];
  for (const [tool, input, field] of tries)
    verdicts.push(refusedBySchema(await gateway.call(tool, input), field));
  return allOf(verdicts);
}

const CHECKS: readonly Check[] = [
  { id: "tools", name: "only the known tools are offered", run: offered },
  {
    id: "no-approving-tool",
    name: "no tool approves, denies or grants",
    run: absent("approve", "gateway_approve", "approve_request", "grant", "allowlist_add"),
  },
  {
    id: "no-rejecting-tool",
    name: "no tool denies or reopens a request",
    run: absent("deny", "reject", "gateway_reject", "reopen", "resolve", "policy_set"),
  },
  {
    id: "no-raw-tools",
    name: "no raw terraform, kubectl or shell",
    run: absent("terraform", "kubectl", "bash", "sh", "shell", "run_command", "exec"),
  },
  { id: "no-free-flags", name: "no tool takes flags of an agent's own", run: freeFlags },
];

/** The checks. */
export const SURFACE: CheckGroup = { title: "what is offered", checks: CHECKS };
