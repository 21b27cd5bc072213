// The tool for HCP Terraform: one request, through the same gate as `holdfast api`.

import * as z from "zod";
import { prepareHcp } from "../../gate/executors/hcp.ts";
import { describe, type HcpAccess, openHcpAccess } from "../../hcp/access.ts";
import { failureFromResponse } from "../../hcp/failures.ts";
import { grantFacts } from "../../operations/hcp/grant-facts.ts";
import { toOperation } from "../../operations/hcp/to-operation.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { HcpOperation } from "../../policy/operation.ts";
import { VERSION } from "../../version.ts";
import type { GatedCall, GatedTool, ToolContext, ToolExecution, ToolOutput } from "../tool.ts";

const input = z.strictObject({
  method: z
    .enum(["GET", "POST", "PATCH", "PUT", "DELETE"])
    .describe("The HTTP method; anything but GET may need a person."),
  path: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^\//, "must start with /: /workspaces/ws-8ZkQ")
    .describe("The path below /api/v2, without a query: /workspaces/ws-8ZkQ"),
  query: z.record(z.string().max(256), z.string().max(4096)).optional(),
  body: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .describe("The JSON document to send."),
});

const output = z.strictObject({
  status: z.int().optional(),
  body: z.unknown().optional(),
});

type Input = z.output<typeof input>;

async function call(asked: Input, context: ToolContext): Promise<GatedCall<HcpOperation>> {
  const { env, home, environment } = context;
  checkFilled(asked.path);
  const access = openHcpAccess({ env, home, version: VERSION });
  try {
    const found = await toOperation(
      {
        method: asked.method,
        path: asked.path,
        query: Object.entries(asked.query ?? {}),
        headers: [],
        ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      },
      { baseUrl: access.address.baseUrl, lookUps: access.lookUps },
    );
    const operation: HcpOperation = { ...found, served: environment };
    const secrets: string[] = [];
    return {
      operation,
      secrets,
      describe: () => describe(operation, access),
      lookUp: (needs) => grantFacts(operation, needs, access.lookUps),
      prepare: async () => {
        secrets.push((await access.options()).token);
        return operation.impact === "read" && asked.method === "GET"
          ? () => read(operation, access, context)
          : change(operation, access);
      },
      close: access.close,
    };
  } catch (error) {
    access.close();
    throw error;
  }
}

/** @throws Failure for a `{placeholder}`: `holdfast api` fills some of them, nobody does here */
function checkFilled(path: string): void {
  const placeholder = /\{[^{}/]*\}/.exec(path)?.[0];
  if (placeholder === undefined) return;
  throw new Failure(
    "placeholder",
    `path: ${placeholder} is a placeholder, and none is filled here`,
    {
      exitCode: EXIT.usage,
      fix:
        placeholder === "{organization}"
          ? "write the organization's name in its place; GET /organizations lists them"
          : "write the name or id in its place",
    },
  );
}

async function change(
  operation: HcpOperation,
  access: HcpAccess,
): Promise<() => Promise<ToolExecution>> {
  // Once sent it is not called back: whoever cancels would not know what came of it.
  const send = await prepareHcp(operation, access.options);
  return async () => {
    const { outcome, response, error } = await send();
    return {
      outcome,
      output: outputOf(response?.status, response?.body ?? ""),
      ...(response === undefined ? {} : { response: { status: response.status } }),
      ...(error === undefined ? {} : { error }),
    };
  };
}

async function read(
  { request }: HcpOperation,
  access: HcpAccess,
  { signal, progress }: ToolContext,
): Promise<ToolExecution> {
  const { createReader } = await import("../../hcp/read.ts");
  const reader = createReader({
    ...(await access.options()),
    signal,
    onRetry: ({ because, waitMs }) => progress(`${because}: again in ${waitMs} ms`),
  });
  try {
    const response = await reader.fetch({ ...request, method: "GET" });
    const { status } = response;
    const isGood = status >= 200 && status <= 299;
    return {
      outcome: isGood ? "succeeded" : "failed_no_effect",
      response: { status },
      output: outputOf(status, response.body.toString("utf8")),
      ...(isGood ? {} : { error: failureFromResponse(request, response) }),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { outcome: "failed_no_effect", error, output: outputOf(undefined, "") };
  } finally {
    reader.close();
  }
}

function outputOf(status: number | undefined, text: string): ToolOutput {
  const known = status === undefined ? {} : { status };
  const isNothing = text === "" && status !== undefined;
  try {
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    return {
      text: isNothing ? `answered ${status}, without a body` : text,
      structured: { ...known, ...(body === undefined ? {} : { body }) },
    };
  } catch {
    return { text, structured: known };
  }
}

/** hcp_request. */
export const HCP_TOOLS: readonly GatedTool[] = [
  {
    name: "hcp_request",
    title: "HCP Terraform request",
    description:
      "Makes one request to the HCP Terraform API. Reads and changes that destroy nothing go through, unless policy says otherwise; what destroys, or is not known, waits for a person: the result is then an error with the id of the request, and the same call goes through once it is approved.",
    input,
    output,
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    },
    call: (asked, context) => call(asked as Input, context),
  },
];
