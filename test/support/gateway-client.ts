// A real MCP client, connected to a real `holdfast gateway serve`.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { ToolResult } from "../../src/gateway/result.ts";
import { HOLDFAST, type Stage } from "./stage.ts";

export interface GatewayOptions {
  /** Default: dev. */
  readonly environment?: string;
  /** More words after `gateway serve -e ENV`: `--policy`, FILE. */
  readonly words?: readonly string[];
  /** Words of holdfast before `gateway`: `harness exec FLAGS --`, whose child the gateway then is. */
  readonly inside?: readonly string[];
  /** Added to the stage's variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the stage's directory. */
  readonly cwd?: string;
  /** Default: the current one, or what the server offers. A 2025 one is spoken as older clients do. */
  readonly protocol?: string;
}

export interface Called {
  /** All text, joined. */
  readonly text: string;
  readonly isError: boolean;
  /** The structured content. */
  readonly result: ToolResult;
  /** URIs of the resource links. */
  readonly links: readonly string[];
  /** Everything, as it came. */
  readonly raw: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
}

export interface GatewayClient {
  readonly client: Client;
  /** Calls a tool; rejects only where the protocol fails. */
  call(tool: string, input: object, options?: CallOptions): Promise<Called>;
  /** Reads a resource's text. */
  read(uri: string): Promise<string>;
  close(): Promise<void>;
}

export interface StdioGateway extends GatewayClient {
  readonly pid: number;
  /** What the server has said on stderr so far. */
  readonly stderr: string;
}

const CURRENT = "2026-07-28";

function newClient(protocol: string = CURRENT): Client {
  const info = { name: "holdfast-tests", version: "0" };
  if (protocol >= CURRENT)
    return new Client(info, { versionNegotiation: { mode: { pin: protocol } } });
  return new Client(info, { supportedProtocolVersions: [protocol] });
}

function wrap(client: Client): GatewayClient {
  return {
    client,
    call: async (tool, input, { signal, onProgress } = {}) => {
      const answer = await client.callTool(
        { name: tool, arguments: input as Record<string, unknown> },
        {
          timeout: 120_000,
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined
            ? {}
            : { onprogress: ({ message }) => onProgress(message ?? "") }),
        },
      );
      const content = answer.content ?? [];
      return {
        text: content.flatMap((each) => (each.type === "text" ? [each.text] : [])).join("\n"),
        links: content.flatMap((each) => (each.type === "resource_link" ? [each.uri] : [])),
        isError: answer.isError === true,
        result: answer.structuredContent as ToolResult,
        raw: JSON.stringify(answer),
      };
    },
    read: async (uri) => {
      const { contents } = await client.readResource({ uri });
      return contents.map((each) => ("text" in each ? each.text : "")).join("");
    },
    close: () => client.close(),
  };
}

/** Starts a gateway as an agent's host does, and connects to it over stdio. Close it when done. */
export async function openGateway(
  stage: Pick<Stage, "env" | "directory">,
  { environment = "dev", words = [], inside = [], env = {}, cwd, protocol }: GatewayOptions = {},
): Promise<StdioGateway> {
  const variables = Object.entries({ ...stage.env, ...env });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      ...(inside.length === 0 ? [] : [HOLDFAST, ...inside, process.execPath]),
      ...[HOLDFAST, "gateway", "serve", "-e", environment, ...words],
    ],
    env: Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
    cwd: cwd ?? stage.directory,
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const client = newClient(protocol);
  try {
    await client.connect(transport);
  } catch (error) {
    throw new Error(`the gateway did not answer: ${stderr}`, { cause: error });
  }
  return Object.defineProperties(
    { ...wrap(client), pid: transport.pid ?? 0, stderr },
    { stderr: { get: () => stderr } },
  );
}

/** Connects to a gateway that listens. */
export async function connectGateway(
  url: string,
  token: string,
  protocol?: string,
): Promise<GatewayClient> {
  const client = newClient(protocol);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  return wrap(client);
}
