// The protocol's side of the gateway: what it offers, and how a call comes in and goes out.
//
// M1 Input that does not match a tool's schema, and a tool that is not there, are answered as the
//    protocol says, and reach no tool.
// M2 What goes back matches the schema that was announced, or is left out.

import {
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  SdkError,
} from "@modelcontextprotocol/server";
import type { CallToolResult, ServerContext, Tool } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Gateway } from "./gateway.ts";
import { OUTPUT_TEMPLATE } from "./output-store.ts";
import { type CallResult, resultSchema } from "./result.ts";
import { runTool } from "./run-tool.ts";
import type { GatewayTool } from "./tool.ts";
import { TOOLS } from "./tools.ts";

const INSTRUCTIONS = `These tools stand between you and infrastructure. What reads, or destroys nothing, goes through, unless policy says otherwise. What destroys, or is not known, waits for a person: the result is then an error that names a request and what a person types. Show it to them as it is, and do not look for another way. Once it is approved, make exactly the same call again: it is good once. What is refused stays refused.`;

/** Between two messages about one call, in milliseconds. */
const PROGRESS_MS = 100;

/** Clients of an older revision take no links to resources. */
const LINKS_SINCE = "2025-06-18";

/** A server for one connection, or one request: all of them share the gateway. */
export function createServer(gateway: Gateway): McpServer {
  const { version, environment } = gateway;
  const mcp = new McpServer(
    { name: "holdfast", title: `holdfast gateway (${environment})`, version },
    { instructions: INSTRUCTIONS },
  );
  const { server } = mcp;
  server.registerCapabilities({ tools: {}, resources: {} });
  server.setRequestHandler("tools/list", () => ({ tools: announced() }));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const tool = TOOLS.get(params.name);
    if (tool === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "no such tool");
    const result = await callOnce(tool, params.arguments, gateway, context);
    return asProtocol(tool, result, gateway, server.getNegotiatedProtocolVersion());
  });
  server.setRequestHandler("resources/list", () => ({ resources: [] }));
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [
      {
        name: "output",
        title: "Long output",
        uriTemplate: OUTPUT_TEMPLATE,
        mimeType: "text/plain",
      },
    ],
  }));
  server.setRequestHandler("resources/read", ({ params: { uri } }) => {
    const text = gateway.outputs.read(uri);
    if (text === undefined)
      throw new ResourceNotFoundError(uri, "no such output, or not any more: make the call again");
    return { contents: [{ uri, mimeType: "text/plain", text }] };
  });
  return mcp;
}

let tools: Tool[] | undefined;

/** The same for every client: made once. */
function announced(): Tool[] {
  tools ??= [...TOOLS.values()].map(({ name, title, description, annotations, ...tool }) => ({
    ...{ name, title, description },
    annotations: { title, ...annotations },
    inputSchema: z.toJSONSchema(tool.input, { io: "input" }) as Tool["inputSchema"],
    outputSchema: z.toJSONSchema(resultSchema(tool.output)) as NonNullable<Tool["outputSchema"]>,
  }));
  return tools;
}

async function callOnce(
  tool: GatewayTool,
  input: unknown,
  gateway: Gateway,
  { mcpReq }: ServerContext,
): Promise<CallResult> {
  const running = gateway.calls.begin(tool.name, tool.annotations.readOnlyHint);
  if (running === undefined)
    throw new ProtocolError(
      ProtocolErrorCode.InternalError,
      "too many calls at a time; wait for one to end",
    );
  const onAbort = () => {
    if (isCancelled(mcpReq.signal)) running.cancel();
    else running.leave();
  };
  mcpReq.signal.addEventListener("abort", onAbort, { once: true });
  if (mcpReq.signal.aborted) onAbort();
  try {
    const progress = progressOf(mcpReq);
    const onReading = () => {
      running.isReading = true;
      if (mcpReq.signal.aborted) running.cancel();
    };
    const { signal } = running;
    return await runTool(tool, input, gateway, { signal, progress, onReading });
  } finally {
    mcpReq.signal.removeEventListener("abort", onAbort);
    running.end();
  }
}

/** Whether the client said so, and did not only go away. */
function isCancelled({ reason }: AbortSignal): boolean {
  return !(reason instanceof SdkError);
}

function progressOf({ _meta, notify }: ServerContext["mcpReq"]): (message: string) => void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    progress += 1;
    const params = { progressToken, progress, message: message.slice(0, 500) };
    // Who is not listening any more is told the result all the same, or nothing.
    notify({ method: "notifications/progress", params }).catch(() => {});
  };
}

function asProtocol(
  tool: GatewayTool,
  { text, structured, isError }: CallResult,
  { tell }: Gateway,
  version: string | undefined,
): CallToolResult {
  const { truncated } = structured;
  const links = version === undefined || version >= LINKS_SINCE ? linksOf(truncated) : [];
  return {
    content: [
      { type: "text", text },
      ...links.map(([what, uri]) => ({
        ...{ type: "resource_link" as const, uri, name: `${tool.name} ${what}` },
        ...{ description: "All of it.", mimeType: "text/plain" },
      })),
    ],
    structuredContent: matching(tool, structured, tell),
    isError,
  };
}

function linksOf(truncated: CallResult["structured"]["truncated"]): [what: string, uri: string][] {
  const { text, output } = truncated ?? {};
  return [
    ...(text === undefined ? [] : [["text", text] satisfies [string, string]]),
    ...(output === undefined ? [] : [["output", output] satisfies [string, string]]),
  ];
}

/** M2: what was done must not get lost because of how it is told. */
function matching(
  tool: GatewayTool,
  structured: CallResult["structured"],
  tell: Gateway["tell"],
): Record<string, unknown> {
  if (structured.output === undefined) return structured;
  if (tool.output.safeParse(structured.output).success) return structured;
  tell(`the output of ${tool.name} does not match its schema, and is left out`);
  const { output: _, ...rest } = structured;
  return rest;
}
