// What every tool gives back as structured content: one schema, for the gateway's whole life.
//
// S1 Only `done` is a success. Whatever else came of a call is an error to the protocol, so that no
//    agent takes a request that waits, a program that says it failed, or an outcome that nobody knows,
//    for done. One call asks for a request and nothing else: request_approval.

import * as z from "zod";
import { ENVIRONMENTS } from "../policy/environment.ts";

export const RESULT_SCHEMA = "holdfast.tool-result.v1";

export const STATUSES = [
  /** Carried out, and it succeeded. */
  "done",
  /** Carried out to its end, and the program says that it failed: what it did until then, it did. */
  "exited",
  /** Carried out, and it failed without effect. */
  "failed",
  /** Carried out, and nobody knows what came of it. */
  "unknown",
  /** Nothing was done: a request waits for a person. The same call goes through once it is approved. */
  "waiting",
  /** Nothing was done, and asking again changes nothing. */
  "refused",
  /** The call could not be made into an operation, or could not be begun. */
  "error",
] as const;

const remedy = z.strictObject({
  for: z.string().describe("What it is for, in a word or two."),
  command: z.string().describe("What a person types. It is not for the agent to run."),
});

const rule = z.strictObject({
  id: z.string(),
  effect: z.enum(["ask", "deny"]),
  where: z.string().describe("The file and line of the rule, or `built in`."),
  because: z.string().optional(),
});

const operation = z.strictObject({
  kind: z.string(),
  class: z.string(),
  title: z.string(),
  line: z.string().describe("What would be done, on one line."),
  impact: z.enum(["read", "change", "destroy", "unknown"]),
  reversible: z.enum(["reversible", "irreversible", "depends"]),
  target: z.strictObject({
    hostname: z.string(),
    organization: z.string().optional(),
    path: z.string(),
    id: z.string().optional(),
  }),
  digest: z.string().describe("SHA-256 of what will run: an approval is for exactly this."),
});

const request = z.strictObject({
  id: z.string(),
  status: z.string(),
  expiresAt: z.string().optional(),
});

const truncated = z.strictObject({
  text: z.string().optional().describe("URI of the whole text, as a resource."),
  output: z.string().optional().describe("URI of the whole `output`, as JSON."),
});

const error = z.strictObject({
  code: z.string(),
  message: z.string(),
  fix: z.string().optional(),
});

/**
 * The schema of a tool's structured content.
 *
 * @param output the tool's own part
 */
export function resultSchema<Output extends z.ZodType>(output: Output) {
  return z.strictObject({
    schema: z.literal(RESULT_SCHEMA),
    tool: z.string(),
    environment: z.enum(ENVIRONMENTS),
    status: z.enum(STATUSES),
    effect: z.enum(["allow", "ask", "deny"]).optional().describe("What the gate decided."),
    reason: z.string().optional().describe("Why, as a code: see docs/reasons.md."),
    text: z.string().describe("The same for people, in one clause."),
    rule: rule.optional().describe("The rule of policy that fired, where one did."),
    operation: operation.optional(),
    request: request.optional().describe("The request that waits, or that says so."),
    remedies: z.array(remedy),
    execution: z
      .strictObject({
        outcome: z.enum(["succeeded", "failed_no_effect", "unknown"]),
        status: z.int().optional(),
      })
      .optional(),
    output: output.optional().describe("The tool's own result."),
    truncated: truncated.optional(),
    error: error.optional(),
  });
}

/** What stands in a tool's structured content; `output` is the tool's own. */
export type ToolResult = z.output<ReturnType<typeof resultSchema<z.ZodUnknown>>>;

/** What goes back to the client, before it is redacted and bounded. */
export interface CallResult {
  /** For the model to read. */
  readonly text: string;
  readonly structured: ToolResult;
  /** S1; a request that was asked for and is filed is none. */
  readonly isError: boolean;
}
