// One line of the stdio transport, checked before the protocol sees it.
//
// F1 Whatever comes is answered as JSON-RPC says, and never ends the server: -32700 for what is no
//    JSON, -32600 for what is no message. What cannot be answered by its id is answered by none.
// F2 Bounded: so deep, and so many to a batch.

import type { JSONRPCMessage } from "@modelcontextprotocol/server";

export interface FrameError {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
}

export type Frame =
  | { readonly kind: "message"; readonly message: JSONRPCMessage }
  | { readonly kind: "batch"; readonly frames: readonly Frame[] }
  | { readonly kind: "error"; readonly error: FrameError };

const MOST_DEEP = 64;
const MOST_BATCHED = 64;

const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

/** An answer to what was no message. */
export function frameError(
  code: "parse" | "invalid",
  message: string,
  id: FrameError["id"] = null,
): Extract<Frame, { kind: "error" }> {
  const number = code === "parse" ? PARSE_ERROR : INVALID_REQUEST;
  return { kind: "error", error: { jsonrpc: "2.0", id, error: { code: number, message } } };
}

/** Reads one line, without its line break. */
export function readFrame(bytes: Uint8Array): Frame {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return frameError("parse", "not JSON in UTF-8");
  }
  if (isTooDeep(value)) return frameError("invalid", "too deep");
  if (!Array.isArray(value)) return messageFrame(value);
  if (value.length === 0) return frameError("invalid", "an empty batch");
  if (value.length > MOST_BATCHED) return frameError("invalid", "too many messages in one batch");
  return { kind: "batch", frames: value.map(messageFrame) };
}

function messageFrame(value: unknown): Frame {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return frameError("invalid", "a message is an object");
  const { jsonrpc, id, method, params, result, error } = value as Record<string, unknown>;
  const known = isId(id) ? id : null;
  if (jsonrpc !== "2.0") return frameError("invalid", 'jsonrpc must be "2.0"', known);
  if (id !== undefined && !isId(id))
    return frameError("invalid", "id must be a string or a whole number");
  if (method === undefined && (result !== undefined || error !== undefined))
    return { kind: "message", message: value as JSONRPCMessage };
  if (typeof method !== "string") return frameError("invalid", "method must be a string", known);
  if (
    params !== undefined &&
    (typeof params !== "object" || params === null || Array.isArray(params))
  )
    return frameError("invalid", "params must be an object", known);
  return { kind: "message", message: value as JSONRPCMessage };
}

const isId = (id: unknown): id is string | number =>
  (typeof id === "string" && id.length <= 256) || Number.isSafeInteger(id);

function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEEP) return true;
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null ? Object.values(each) : [],
    );
  }
  return false;
}
