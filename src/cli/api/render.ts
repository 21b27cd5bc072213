// The API's answer, in the form that flags and stdout ask for.
//
// V1 On a terminal, and in Markdown, nothing that the API sent can move the cursor, hide or reorder.
// V2 HTML and bytes that are no text never go to a terminal.
// V3 Where stdout is no terminal, what is not JSON passes byte for byte, unless --json or
//    --markdown asks for their form.
// V4 --json puts exactly one JSON value on stdout.

import type { HttpResponse } from "../../system/http-answer.ts";
import { visible, visibleLines } from "../../system/terminal-text.ts";
import type { OutputOptions, Rendered } from "./output.ts";
import { prettyJson } from "./pretty-json.ts";

/** Which request an answer answers. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
}

const NOTHING: Rendered = { stdout: "", stderr: "" };

/**
 * What to print for a successful answer (2xx). A quiet mutation prints nothing. Pure; loads the
 * table code only where a table is printed.
 */
export async function renderResponse(
  request: AnsweredRequest,
  response: HttpResponse,
  options: OutputOptions,
): Promise<Rendered> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (options.quiet && !isRead) return NOTHING;
  if (response.body.length === 0) return renderEmpty(request, response, options);
  const text = textOf(response.body);
  if (text !== undefined && isJsonType(response)) {
    const document = parsed(text);
    if (document !== undefined) return renderJson(document.value, text, options);
  }
  return renderOther(response, text, options);
}

/** What to print for a document that was put together here, such as merged pages. */
export function renderDocument(document: unknown, options: OutputOptions): Promise<Rendered> {
  return renderJson(document, JSON.stringify(document), options);
}

async function renderJson(
  document: unknown,
  text: string,
  options: OutputOptions,
): Promise<Rendered> {
  if (options.json || (!options.isTTY && !options.markdown))
    return { stdout: `${prettyJson(text)}\n`, stderr: "" };
  const { renderForPeople } = await import("./document.ts");
  return renderForPeople(document, text, options);
}

function renderEmpty(
  { method, path }: AnsweredRequest,
  { status }: HttpResponse,
  { json, quiet }: OutputOptions,
): Rendered {
  const where = visible(path.replace(/^\/api\/v2(?=\/)/, ""));
  const done = method === "DELETE" ? `deleted ${where}` : `done: ${method} ${where}`;
  const line = method === "GET" ? `an empty answer: GET ${where}` : done;
  return {
    stdout: json ? `${JSON.stringify({ status })}\n` : "",
    stderr: quiet ? "" : `holdfast: ${line} (${status})\n`,
  };
}

async function renderOther(
  response: HttpResponse,
  text: string | undefined,
  options: OutputOptions,
): Promise<Rendered> {
  const { status, body } = response;
  const contentType = response.headers["content-type"] ?? "";
  if (options.json) {
    const content = text === undefined ? { base64: body.toString("base64") } : { text };
    const document = JSON.stringify({ status, contentType, ...content });
    return { stdout: `${prettyJson(document)}\n`, stderr: "" };
  }
  if (!options.markdown && !options.isTTY) return { stdout: body, stderr: "" };
  if (text === undefined || isHtml(contentType, text)) {
    const kind = visible(contentType.slice(0, 60)) || "an unnamed type";
    const line = `holdfast: ${body.length} bytes of ${kind} are not shown; send them to a file: > FILE\n`;
    return { stdout: "", stderr: line };
  }
  if (options.markdown) {
    const { markdownBlock } = await import("./markdown.ts");
    return { stdout: `${markdownBlock(text.replace(/\r?\n$/, ""), "text")}\n`, stderr: "" };
  }
  return { stdout: ended(visibleLines(text.replaceAll("\t", "    "))), stderr: "" };
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function isJsonType({ headers }: HttpResponse): boolean {
  return /[/+]json\b/i.test(headers["content-type"] ?? "application/json");
}

function isHtml(contentType: string, text: string): boolean {
  return /html/i.test(contentType) || /^\s*<(!doctype|html|head|body)\b/i.test(text);
}

/** The body as text; undefined when it is not UTF-8, or holds what no text holds. */
function textOf(body: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
