// One question to the API: does it answer, and does it accept the token?

import { type Address, resolveAddress } from "../hcp/address.ts";
import { resolveToken, type Token } from "../hcp/credentials.ts";
import { failureFromHttpError } from "../hcp/failures.ts";
import { createReader } from "../hcp/read.ts";
import { Failure } from "../policy/failure.ts";
import { httpRequest } from "../system/http.ts";
import type { HttpResponse } from "../system/http-answer.ts";
import { HttpError } from "../system/http-error.ts";
import { type Environment, proxyFor } from "../system/proxy.ts";

/** What came of it. */
export type Reach =
  | {
      readonly answered: true;
      readonly path: string;
      readonly response: HttpResponse;
      /** Where the token came from that was sent; undefined when none was. */
      readonly source?: string;
    }
  | { readonly answered: false; readonly failure: Failure };

interface Asker {
  readonly env: Environment;
  readonly home: string;
  readonly version: string;
}

/**
 * Asks for the token's account, or for a ping where there is no usable token. One attempt.
 *
 * @throws Failure for an address that cannot be used
 */
export async function askApi(asker: Asker, timeoutMs: number): Promise<Reach> {
  const address = resolveAddress(asker.env);
  try {
    const token = await usableToken(address, asker);
    if (token === undefined) return { answered: true, ...(await ping(address, asker, timeoutMs)) };
    const path = "/api/v2/account/details";
    const response = await askWithToken(address, token, path, asker, timeoutMs);
    return { answered: true, path, response, source: token.source };
  } catch (error) {
    if (error instanceof HttpError)
      return { answered: false, failure: failureFromHttpError(error) };
    if (error instanceof Failure) return { answered: false, failure: error };
    throw error;
  }
}

/** The credentials check says what is wrong with a token that cannot be used. */
async function usableToken(
  { hostname }: Address,
  { env, home }: Asker,
): Promise<Token | undefined> {
  try {
    return await resolveToken(hostname, env, home);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function ping({ baseUrl }: Address, { env, version }: Asker, timeoutMs: number) {
  const path = "/api/v2/ping";
  const url = new URL(path, baseUrl);
  const headers = { accept: "application/vnd.api+json", "user-agent": `holdfast/${version}` };
  const proxy = proxyFor(url, env);
  return { path, response: await httpRequest({ method: "GET", url, headers, timeoutMs, proxy }) };
}

async function askWithToken(
  { baseUrl }: Address,
  { token }: Token,
  path: string,
  { env, version }: Asker,
  timeoutMs: number,
): Promise<HttpResponse> {
  const retries = { attempts: 1, baseMs: 0, totalMs: 0 };
  const userAgent = `holdfast/${version}`;
  const reader = createReader({ baseUrl, token, userAgent, env, timeoutMs, retries });
  try {
    return await reader.fetch({ path, headers: { accept: "application/vnd.api+json" } });
  } finally {
    reader.close();
  }
}
