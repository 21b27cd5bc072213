// docs/reasons.md: every reason that the gate gives, with what it says of an example.

import type { CommandOperation, HcpOperation, Operation } from "../../policy/operation.ts";
import {
  type Reason,
  type ReasonContext,
  REASONS,
  reasonText,
  remediesOf,
} from "../../policy/reason.ts";
import { requestLine } from "../../gate/report.ts";
import { anchor, block, code, GENERATED, page, plain, table } from "./markdown.ts";

const DELETE_WORKSPACE: HcpOperation = {
  kind: "hcp",
  name: "deleteWorkspace",
  title: "Delete workspace",
  impact: "destroy",
  resourceClass: "workspaces",
  reversibility: "irreversible",
  items: 1,
  target: { hostname: "app.terraform.io", path: "/workspaces/ws-8ZkQ", id: "ws-8ZkQ" },
  request: { method: "DELETE", path: "/api/v2/workspaces/ws-8ZkQ", query: [], headers: {} },
};

const READ_WORKSPACE: HcpOperation = {
  ...DELETE_WORKSPACE,
  name: "getWorkspace",
  title: "Get workspace",
  impact: "read",
  request: { ...DELETE_WORKSPACE.request, method: "GET" },
};

const UNKNOWN: HcpOperation = {
  kind: "hcp",
  title: "DELETE /widgets/w-1",
  impact: "unknown",
  resourceClass: "unknown",
  reversibility: "irreversible",
  items: 1,
  target: { hostname: "app.terraform.io", path: "/widgets/w-1" },
  request: { method: "DELETE", path: "/api/v2/widgets/w-1", query: [], headers: {} },
};

const COMMAND: CommandOperation = {
  kind: "command",
  title: "Run make",
  impact: "unknown",
  resourceClass: "commands",
  reversibility: "depends",
  items: 1,
  target: { hostname: "localhost", path: "/usr/bin/make" },
  command: {
    executable: "/usr/bin/make",
    typed: "make",
    args: ["clean"],
    cwd: "/srv/payments",
    environment: {},
    files: {},
    agent: "main",
  },
};

/** The operation of the example, where it is not the deletion of a workspace. */
const OPERATIONS: Readonly<Partial<Record<Reason, Operation>>> = {
  "not-destructive": READ_WORKSPACE,
  "unknown-class": UNKNOWN,
  allowlisted: COMMAND,
  "agent-unrestricted": COMMAND,
  "agent-denied": COMMAND,
  "allowlist-miss": COMMAND,
};

/** What the example's own case adds to the text. */
const DETAILS: Readonly<Partial<Record<Reason, string>>> = {
  "no-session": "there is no terminal",
  "not-reversible": "it manages 42 resources",
  "other-hostname": "tfe.example.com",
  "other-organization": "acme",
  "budget-spent": "0 of 10 left",
  detached: "4242",
  sandboxed: "EPERM",
  "environment-changed": "HOLDFAST_CONFIG_DIR",
  "record-refused": "the record is open to other users",
  "store-refused": "the approvals store cannot be reached",
  allowlisted: "AB2Q",
};

/** The reasons that name a request. */
const REQUESTS: readonly Reason[] = ["approved", "denied", "executing", "outcome-unknown"];

function contextOf(reason: Reason): ReasonContext {
  const detail = DETAILS[reason];
  return {
    operation: OPERATIONS[reason] ?? DELETE_WORKSPACE,
    session: "7KQF2M",
    ...(REQUESTS.includes(reason) ? { request: "K7QF" } : {}),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** The page. */
export function reasonsPage(): string {
  const reasons = Object.keys(REASONS) as Reason[];
  return page([
    "# Reasons",
    GENERATED,
    "Every decision of the gate has one of these codes: refusals print it in brackets, `--json` has it as `reason`.",
    table(
      ["reason", "effect", "when"],
      reasons.map((reason) => [
        `[${code(reason)}](${anchor(reason)})`,
        REASONS[reason].effect,
        plain(REASONS[reason].when),
      ]),
    ),
    ...reasons.flatMap(reasonBlocks),
  ]);
}

function reasonBlocks(reason: Reason): string[] {
  const { effect, when } = REASONS[reason];
  const context = contextOf(reason);
  const remedies = remediesOf(reason, context);
  const width = Math.max(0, ...remedies.map((remedy) => remedy.for.length));
  return [
    `## ${reason}`,
    `**${effect}**. ${plain(when)}`,
    `For example, of ${code(requestLine(context.operation))}:`,
    block([
      `why  ${reasonText(reason, context)} [${reason}]`,
      ...remedies.map((remedy) => `  ${remedy.for.padEnd(width)}  ${remedy.command}`),
    ]),
  ];
}
