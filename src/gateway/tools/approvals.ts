// The tools for asking a person, and for hearing what they said. None of them answers anything.
//
// N1 An agent sees what it asked for itself; any other id is as if it were not there.
// N2 Its words go to the person as its words, and nothing rests on them.

import * as z from "zod";
import { findOwnRequest } from "../../gate/own-requests.ts";
import { type ApprovalRequest, REQUEST_STATES } from "../../policy/approval.ts";
import { requestWords } from "../../policy/command-line.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { visible } from "../../system/terminal-text.ts";
import type { ProposingTool, RecordTool, ToolContext, ToolOutput } from "../tool.ts";

const asking = z.strictObject({
  tool: z.string().max(64).describe("The tool that would be called: terraform_apply"),
  arguments: z.record(z.string(), z.unknown()).describe("Exactly what it would be called with."),
  reason: z
    .string()
    .min(1)
    .max(500)
    .describe("Why, for the person who answers. They see it marked as unverified."),
});

type Asking = z.output<typeof asking>;

const checking = z.strictObject({
  request_id: z
    .string()
    .regex(
      /^[A-Za-z2-7]{4,6}$/,
      "must be the id of a request as a result named it: four to six letters and digits from 2 to 7",
    )
    .describe("The id that a result named: K7QF"),
});

const answer = z.strictObject({
  id: z.string(),
  status: z.enum(REQUEST_STATES),
  expiresAt: z.string(),
  title: z.string(),
  line: z.string(),
  digest: z.string(),
  answers: z.array(
    z.strictObject({
      verdict: z.enum(["approve", "deny"]),
      at: z.string(),
      typed: z.string().describe("What a person typed."),
    }),
  ),
});

const STANDS: Readonly<Record<(typeof REQUEST_STATES)[number], string>> = {
  pending: "waits for an answer",
  approved: "is approved",
  denied: "was denied",
  expired: "has expired",
  withdrawn: "was withdrawn",
  revoked: "was approved, and that was taken back",
  executing: "is being carried out",
  succeeded: "was carried out",
  failed_no_effect: "was carried out, and failed without effect",
  unknown: "was begun, and its outcome is unknown",
};

const WHAT_NOW: Readonly<Record<(typeof REQUEST_STATES)[number], string>> = {
  pending: "nobody has answered yet; show the person the id, and do something else meanwhile",
  approved: "approved: make the same call again, with the same arguments; it is good once",
  denied: "a person said no, and it lasts: do not try another way",
  expired: "it has expired: make the call again to ask again",
  withdrawn: "it is not asked any more: make the call again to ask again",
  revoked: "a person took the approval back: make the call again to ask again",
  executing: "look again later",
  succeeded: "it is used up; to do it again, make the call again, which asks again",
  failed_no_effect: "nothing was changed; to try again, make the call again, which asks again",
  unknown: "do not try it again: it is refused until a person has found out what came of it",
};

async function check(
  { request_id }: z.output<typeof checking>,
  { env, home, processes, policyFile, rehearsal }: ToolContext,
): Promise<ToolOutput> {
  const found = await findOwnRequest(request_id, { env, home, processes }, policyFile, rehearsal);
  if (found === undefined)
    throw new Failure("no-request", `no request ${request_id.toUpperCase()} of yours`, {
      exitCode: EXIT.notFound,
      fix: "use the id that a result of this gateway named",
    });
  return outputOf(found);
}

function outputOf({
  id,
  state,
  expiresAt,
  operation,
  digest,
  decisions,
}: ApprovalRequest): ToolOutput {
  const line = visible(requestWords(operation));
  const answers = decisions.map(({ verdict, at }) => ({
    ...{ verdict, at },
    typed: `holdfast ${verdict} ${id}`,
  }));
  const until = state === "pending" || state === "approved" ? `, until ${expiresAt}` : "";
  return {
    text: `request ${id} ${STANDS[state]}${until}: ${line}\n${WHAT_NOW[state]}`,
    structured: { id, status: state, expiresAt, title: operation.title, line, digest, answers },
  };
}

const READS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

const requestApproval: ProposingTool<typeof asking> = {
  name: "request_approval",
  title: "Ask a person",
  description:
    "Asks a person for one call of another tool, with your reason, without making it. The person sees what the gateway knows of the call, and your reason as yours. Once approved, make exactly that call. Where no person is needed it says so.",
  input: asking,
  output: z.strictObject({}),
  annotations: { ...READS, readOnlyHint: false },
  proposes: ({ tool, arguments: input, reason }: Asking) => ({ tool, input, reason }),
};

const checkApproval: RecordTool<typeof checking> = {
  name: "check_approval",
  title: "Has a person answered?",
  description: "Says how one of your own requests stands. It answers nothing itself.",
  input: checking,
  output: answer,
  annotations: READS,
  look: check,
};

/** request_approval and check_approval. */
export const APPROVAL_TOOLS = [requestApproval, checkApproval] as unknown as readonly (
  | ProposingTool
  | RecordTool
)[];
