// What the API or the network answered, as a failure that a person can act on.
//
// F1 A body that is not JSON:API never becomes part of a message: only its type and size do.
// F2 Every message is one short line without control characters. Escaping what else a terminal
//    would act on is for the surface that prints it.

import { STATUS_CODES } from "node:http";
import { typedPath } from "../policy/operation.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { HttpResponse } from "../system/http-answer.ts";
import type { HttpError, HttpErrorCode } from "../system/http-error.ts";

/** How much of the API's own words a message holds, in characters. */
const MAX_SUMMARY = 300;
const MAX_ERRORS = 3;

/** Which request failed, as a message names it. */
export interface RequestName {
  readonly method: string;
  readonly path: string;
}

interface StatusInfo {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly fix?: string;
}

const NOT_FOUND_FIX =
  "check the name or id; the API answers the same when the token may not see it";

const BY_STATUS: Readonly<Record<number, StatusInfo>> = {
  401: {
    code: "unauthorized",
    exitCode: EXIT.authentication,
    fix: "log in again (terraform login), or check the token with: holdfast doctor",
  },
  403: {
    code: "forbidden",
    exitCode: EXIT.notFound,
    fix: "the API's own words say why; if it is the token: holdfast doctor shows which one is in use",
  },
  404: { code: "not-found", exitCode: EXIT.notFound, fix: NOT_FOUND_FIX },
  409: { code: "conflict", exitCode: EXIT.resourceInError },
  410: { code: "not-found", exitCode: EXIT.notFound, fix: NOT_FOUND_FIX },
  422: { code: "unprocessable", exitCode: EXIT.resourceInError },
  429: {
    code: "rate-limited",
    exitCode: EXIT.apiFailing,
    fix: "wait a little, and run fewer commands at once",
  },
};

function statusInfo(status: number): StatusInfo {
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) {
    return { code: "api-failing", exitCode: EXIT.apiFailing, fix: "try again later" };
  }
  if (status >= 300 && status < 400) {
    const fix = "check the address: holdfast doctor shows which variable named it";
    return { code: "redirected", exitCode: EXIT.network, fix };
  }
  return { code: "request-refused", exitCode: EXIT.resourceInError };
}

/** The failure that an answer outside 2xx stands for, with the API's own words summarised. */
export function failureFromResponse(request: RequestName, response: HttpResponse): Failure {
  const { status } = response;
  const { code, exitCode, fix } = statusInfo(status);
  const reason = STATUS_CODES[status] ?? "";
  const said = summariseErrors(response);
  const words = [`${status} ${reason}`.trim(), said].filter((part) => part !== "").join(": ");
  const message = `${request.method} ${typedPath(request.path)}: ${words}`;
  return new Failure(code, message, fix === undefined ? { exitCode } : { exitCode, fix });
}

/**
 * The JSON:API errors of a body in one line: title, detail and the pointer to what they are about.
 * For any other body, its type and size; empty for no body.
 */
export function summariseErrors(response: HttpResponse): string {
  if (response.body.length === 0) return "";
  const errors = errorsOf(response.body);
  if (errors === undefined) {
    const type = oneLine(response.headers["content-type"] ?? "an unnamed type", 60);
    return `a body of ${response.body.length} bytes, ${type}`;
  }
  const shown = errors.slice(0, MAX_ERRORS).map(summariseError);
  if (errors.length > MAX_ERRORS) shown.push(`and ${errors.length - MAX_ERRORS} more`);
  return oneLine(shown.filter((text) => text !== "").join("; "), MAX_SUMMARY);
}

function errorsOf(body: Buffer): unknown[] | undefined {
  try {
    const document: unknown = JSON.parse(body.toString("utf8"));
    const errors = (document as { errors?: unknown } | null)?.errors;
    return Array.isArray(errors) ? errors : undefined;
  } catch {
    return undefined;
  }
}

function summariseError(error: unknown): string {
  if (typeof error === "string") return error;
  const { title, detail, source } = (error ?? {}) as Record<string, unknown>;
  const words = [title, detail].filter((text) => typeof text === "string" && text !== "");
  const pointer = (source as { pointer?: unknown } | null | undefined)?.pointer;
  const where = typeof pointer === "string" && pointer !== "" ? ` (${pointer})` : "";
  return words.join(": ") + where;
}

/** Control characters and runs of white space become one space; what is too long is cut. */
export function oneLine(text: string, max: number): string {
  const line = text.replace(/[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

const NETWORK_FIX: Readonly<Record<HttpErrorCode, string>> = {
  "invalid-proxy": "correct that variable, or unset it",
  "invalid-request": "correct the request's headers and path",
  insecure: "use https, or an address on this machine",
  dns: "check TFE_ADDRESS or TFE_HOSTNAME, and the network",
  connect: "check the network; behind a proxy, set HTTPS_PROXY",
  tls: "for a private certificate authority: export NODE_EXTRA_CA_CERTS=FILE",
  proxy: "check HTTPS_PROXY, its user name and password, and NO_PROXY",
  reset: "try again",
  protocol: "check that the address is HCP Terraform or Terraform Enterprise",
  "too-large": "ask for less: a smaller page, or fewer included resources",
  timeout: "try again; holdfast doctor tells whether the API can be reached",
  aborted: "run the command again",
};

/** The failure that a broken or refused exchange stands for. */
export function failureFromHttpError(error: HttpError): Failure {
  const isUsage = error.code === "invalid-proxy" || error.code === "invalid-request";
  let exitCode: ExitCode = isUsage ? EXIT.usage : EXIT.network;
  if (error.code === "aborted") exitCode = EXIT.interrupted;
  const code = error.code === "aborted" ? "interrupted" : `network-${error.code}`;
  const fix = NETWORK_FIX[error.code];
  return new Failure(isUsage ? error.code : code, error.message, { exitCode, fix, cause: error });
}
