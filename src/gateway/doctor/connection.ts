// A real client of a real gateway: what an agent's host is to it.
//
// N1 Everything that comes back is kept, errors of the protocol included: secrets are looked for in it.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { VERSION } from "../../version.ts";
import { RESULT_SCHEMA, type ToolResult } from "../result.ts";

/** What came of one call. */
export interface Called {
  readonly isError: boolean;
  /** The text for the model. */
  readonly text: string;
  /** The structured content; undefined where there was none of our schema. */
  readonly result?: ToolResult;
  /** Why the protocol refused the call, before any tool saw it. */
  readonly refused?: string;
}

export interface ListedTool {
  readonly name: string;
  readonly inputSchema: unknown;
}

/** What a check sees of a gateway. */
export interface Connection {
  readonly tools: () => Promise<readonly ListedTool[]>;
  readonly call: (tool: string, input: object) => Promise<Called>;
  /** All that the gateway has sent so far (N1). */
  readonly heard: () => string;
  /** Of the server's process, where it is our child. */
  readonly pid?: number;
  readonly close: () => Promise<void>;
}

const PROTOCOL = "2026-07-28";
const CALL_MS = 60_000;

const newClient = (): Client =>
  new Client(
    { name: "holdfast-doctor", version: VERSION },
    { versionNegotiation: { mode: { pin: PROTOCOL } } },
  );

export interface Serve {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Starts a gateway and connects to it over stdio. @throws Failure with what it said */
export async function connectStdio(how: Serve): Promise<Connection> {
  const { command, args, env, cwd, signal } = how;
  const transport = new StdioClientTransport({
    ...{ command, cwd, stderr: "pipe" as const },
    args: [...args],
    env: { ...env },
  });
  let said = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const client = newClient();
  try {
    await connected(client, transport, signal);
  } catch (error) {
    await client.close();
    signal.throwIfAborted();
    const why = said.trim().split("\n")[0] || (error as Error).message;
    throw new Failure("gateway-not-started", `the gateway did not start: ${why}`, {
      exitCode: EXIT.usage,
      fix: "holdfast gateway serve, with the same words, says more",
    });
  }
  const { pid } = transport;
  const connection = connectionOf(client, signal, () => said);
  return pid === null ? connection : { ...connection, pid };
}

/** Connects to a gateway that listens. */
export async function connectHttp(
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<Connection> {
  const client = newClient();
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await connected(client, new StreamableHTTPClientTransport(new URL(url), { requestInit }), signal);
  return connectionOf(client, signal, () => "");
}

/** The library's first question hears no signal, and waits for its time to pass: what closes ends it. */
async function connected(
  client: Client,
  transport: Parameters<Client["connect"]>[0],
  signal: AbortSignal,
): Promise<void> {
  const onAbort = () => void transport.close().catch(() => {});
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await client.connect(transport, { signal });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function connectionOf(client: Client, signal: AbortSignal, said: () => string): Connection {
  const heard: string[] = [];
  const options = { timeout: CALL_MS, signal };
  return {
    heard: () => `${heard.join("\n")}\n${said()}`,
    close: () => client.close(),
    tools: async () => {
      const { tools } = await client.listTools({}, options);
      heard.push(JSON.stringify(tools));
      return tools;
    },
    call: async (name, input) => {
      try {
        const answer = await client.callTool({ name, arguments: { ...input } }, options);
        heard.push(JSON.stringify(answer));
        return calledOf(answer as Answer);
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        heard.push(message);
        return { isError: true, text: message, refused: message };
      }
    },
  };
}

interface Answer {
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

function calledOf({ content = [], structuredContent, isError }: Answer): Called {
  const result = structuredContent as ToolResult | undefined;
  return {
    isError: isError === true,
    text: content.flatMap(({ text }) => text ?? []).join("\n"),
    ...(result?.schema === RESULT_SCHEMA ? { result } : {}),
  };
}
