// Where a read is sent on to.
//
// R3 A redirect never leads from https to http, and no more than five are followed.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { HttpResponse } from "../system/http-answer.ts";

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The URL that an answer redirects to; undefined for an answer that is final.
 *
 * @param followed how many redirects were followed before this answer
 * @throws Failure `redirect-refused`
 */
export function redirectTarget(
  response: HttpResponse,
  from: URL,
  followed: number,
): URL | undefined {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.status) || location === undefined) return undefined;
  if (followed >= MAX_REDIRECTS) throw refused(from, "leads through too many redirects");
  const target = parse(location, from);
  if (target === undefined) throw refused(from, "redirects to what is not a web address");
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw refused(from, `redirects from https to http, at ${target.host}`);
  }
  return target;
}

function parse(location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from);
  target.username = "";
  target.password = "";
  return target.protocol === "https:" || target.protocol === "http:" ? target : undefined;
}

function refused(from: URL, what: string): Failure {
  return new Failure("redirect-refused", `${from.host}${from.pathname} ${what}`, {
    exitCode: EXIT.network,
    fix: "check the address: holdfast doctor",
  });
}
