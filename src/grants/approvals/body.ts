// The one column of JSON: what was asked, as the gate gave it. It comes back through a schema, for
// whoever wrote the row need not have been us.

import * as z from "zod";
import { ENVIRONMENTS } from "../../policy/environment.ts";
import { CONSEQUENCES, PLAN_ACTIONS } from "../../policy/planned-change.ts";
import type { NewRequest, Requester } from "../../policy/approval.ts";
import type { Names } from "./facts.ts";
import { malformed } from "./failures.ts";

/** What is kept as JSON; the columns beside it are what statements compare. */
export interface Body extends Pick<NewRequest, "operation" | "card" | "reason"> {
  readonly requester: Omit<Requester, "scope" | "session">;
  /**
   * How the audit log names the operation, where that is not in its own words: whoever filed it knew a
   * secret of theirs in it, and whoever moves it later does not.
   */
  readonly recorded?: Names;
}

const words = z.record(z.string(), z.string());

const base = {
  title: z.string(),
  impact: z.enum(["read", "change", "destroy", "unknown"]),
  reversibility: z.enum(["reversible", "irreversible", "depends"]),
  items: z.number(),
  resourceClass: z.string(),
  target: z.strictObject({
    hostname: z.string(),
    organization: z.string().optional(),
    path: z.string(),
    id: z.string().optional(),
  }),
  served: z.enum(ENVIRONMENTS).optional(),
};

const request = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.array(z.tuple([z.string(), z.string()])),
  headers: words,
  body: z.string().optional(),
});

const command = z.strictObject({
  executable: z.string(),
  calledAs: z.string().optional(),
  typed: z.string(),
  args: z.array(z.string()),
  cwd: z.string(),
  environment: words,
  files: words,
  agent: z.string(),
  unbindable: z.enum(["interpreter", "wrapper", "not-resolved"]).optional(),
  replaceable: z.literal(true).optional(),
  within: z.array(z.array(z.string())).optional(),
});

const terraform = z.looseObject({
  action: z.enum(["plan", "apply"]),
  executable: z.string(),
  directory: z.string(),
  workspace: z.string(),
  options: z.looseObject({
    destroy: z.boolean(),
    refreshOnly: z.boolean(),
    targets: z.array(z.string()),
    replace: z.array(z.string()),
    variables: words,
  }),
  environment: words,
  files: words,
  plan: z
    .looseObject({
      id: z.string(),
      digest: z.string(),
      expiresAt: z.string(),
      changes: z.array(
        z.looseObject({
          address: z.string(),
          type: z.string(),
          action: z.enum(PLAN_ACTIONS),
          consequence: z.enum(CONSEQUENCES),
          evidence: z.array(z.string()),
        }),
      ),
    })
    .optional(),
});

const kubectl = z.looseObject({
  verb: z.enum(["get", "describe", "logs", "apply", "delete", "scale", "exec"]),
  executable: z.string(),
  args: z.array(z.string()),
  kubeconfig: z.string(),
  context: z.string(),
  server: z.string(),
  objects: z.array(
    z.strictObject({ class: z.string(), name: z.string(), namespace: z.string().optional() }),
  ),
  environment: words,
  files: words,
});

const recorded = z.object({ operation: z.string(), target: z.string() }).optional();

const BODY = z.object({
  recorded,
  operation: z.discriminatedUnion("kind", [
    z.looseObject({ ...base, kind: z.literal("hcp"), name: z.string().optional(), request }),
    z.looseObject({ ...base, kind: z.literal("command"), command }),
    z.looseObject({ ...base, kind: z.literal("terraform"), terraform }),
    z.looseObject({ ...base, kind: z.literal("kubectl"), kubectl }),
  ]),
  card: z.looseObject({
    question: z.string(),
    rows: z.array(z.looseObject({ label: z.string(), text: z.string() })),
    unknown: z.array(z.string()),
    typedName: z.string().optional(),
    truncated: z.boolean().optional(),
  }),
  reason: z.string(),
  requester: z.looseObject({
    pid: z.number(),
    lineage: z.string(),
    agent: z.string().optional(),
    user: z.string(),
    machine: z.string(),
    said: z.string().optional(),
  }),
});

/** Reads the column. @throws Failure `approvals-malformed`, naming the request */
export function readBody(text: unknown, place: string, id: string): Body {
  try {
    return BODY.parse(JSON.parse(String(text))) as unknown as Body;
  } catch (error) {
    throw malformed(place, `request ${id} is not one of ours`, error);
  }
}

/** What the column says of how the audit log names its operation. The column is one that was read before. */
export function recordedIn(text: unknown): Names | undefined {
  return recorded.parse(JSON.parse(String(text)).recorded);
}

export function writeBody(
  { operation, card, reason, requester }: NewRequest,
  names?: Names,
): string {
  const { scope: _, session: __, ...rest } = requester;
  const more = names === undefined ? {} : { recorded: names };
  return JSON.stringify({ operation, card, reason, requester: rest, ...more } satisfies Body);
}
