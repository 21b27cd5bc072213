// The rows that show what will be sent.
//
// Q1 What is cut is never shown as if whole: a body that is too long to show is named by its size
//    and its digest instead.

import { createHash } from "node:crypto";
import type { CardRow } from "../../policy/card.ts";
import type { HcpRequest, HcpOperation } from "../../policy/operation.ts";
import { row } from "./loss.ts";

/** The longest body that is shown, in characters. */
const LONGEST_BODY = 500;
const DIGEST_DIGITS = 16;

/** The request, its own headers and its body; nothing for a plain DELETE unless `always`. */
export function requestRows({ request }: HcpOperation, always: boolean): CardRow[] {
  const search = request.query
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join("&");
  const path = request.path.startsWith("/api/v2/") ? request.path.slice(7) : request.path;
  const line = `${request.method} ${path}${search === "" ? "" : `?${search}`}`;
  const headers = Object.entries(request.headers).filter(([name]) => !isUsual(name, request));
  const plain =
    request.method === "DELETE" &&
    search === "" &&
    request.body === undefined &&
    headers.length === 0;
  if (plain && !always) return [];
  return [
    ...row("request", line),
    ...row("headers", headers.map(([name, value]) => `${name}: ${value}`).join("; ")),
    ...row("body", request.body === undefined ? undefined : bodyText(request.body)),
  ];
}

/** Q1 */
export function bodyText(body: string): string {
  if (body === "") return "empty";
  if (body.length <= LONGEST_BODY) return body;
  const digest = createHash("sha256").update(body).digest("hex").slice(0, DIGEST_DIGITS);
  return `too long to show: ${body.length} characters, sha256 ${digest}…`;
}

function isUsual(name: string, request: HcpRequest): boolean {
  const value = request.headers[name] ?? "";
  if (name === "accept") return true;
  return name === "content-type" && /^application\/(?:vnd\.api\+)?json$/.test(value);
}

// The query of an operation is decoded; a lone surrogate must not make this throw.
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /%5B|%5D/g,
    (code) => (code === "%5B" ? "[" : "]"),
  );
}
