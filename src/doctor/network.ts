// Where the API is, by which way, whether it answers, and whose organization is meant.

import { resolveAddress } from "../hcp/address.ts";
import { failureFromHttpError, failureFromResponse } from "../hcp/failures.ts";
import { resolveOrganization } from "../hcp/organization.ts";
import { Failure } from "../policy/failure.ts";
import type { HttpResponse } from "../system/http-answer.ts";
import { HttpError } from "../system/http-error.ts";
import { proxyFor } from "../system/proxy.ts";
import { asProblem, type Check, type Finding, note, ok, problem } from "./check.ts";
import type { DoctorWorld } from "./world.ts";

/** Runs a check only where there is an address: one broken variable is one problem, not five. */
export function withAddress(run: Check["run"]): Check["run"] {
  return async (world) => {
    try {
      resolveAddress(world.env);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return note("not checked: there is no usable address");
    }
    return run(world);
  };
}

async function address({ env }: DoctorWorld): Promise<Finding> {
  const { baseUrl, source } = resolveAddress(env);
  return ok(`${baseUrl.origin} (${source})`);
}

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

async function proxy({ env }: DoctorWorld): Promise<Finding> {
  const { baseUrl } = resolveAddress(env);
  const variable = PROXY_VARIABLES.find((name) => (env[name] ?? "").trim() !== "");
  try {
    const url = proxyFor(baseUrl, env);
    // The host alone: the rest of the URL may be a user name and a password.
    if (url !== undefined) return ok(`${url.protocol}//${url.host} (${variable})`);
  } catch (error) {
    if (error instanceof HttpError) return asProblem(failureFromHttpError(error));
    throw error;
  }
  if (variable === undefined) return ok("none");
  return ok(`none: ${variable} does not apply to ${baseUrl.host}`);
}

async function reachability(world: DoctorWorld): Promise<Finding> {
  const reach = await world.reach();
  if (!reach.answered) return asProblem(reach.failure);
  const { response, path, source } = reach;
  const { host } = resolveAddress(world.env).baseUrl;
  const isPage = /html/i.test(response.headers["content-type"] ?? "");
  if (response.status >= 200 && response.status < 300 && !isPage)
    return ok(`${host} answers${source === undefined ? "" : account(response, source)}`);
  if (response.status === 401)
    return source === undefined
      ? ok(`${host} answers`)
      : problem(
          `${host} does not accept the token in ${source}: expired, revoked, or of another host`,
          `terraform login ${host}, or correct ${source}`,
        );
  if (isPage && response.status < 400)
    return problem(
      `${host} answers with a web page, not as the API`,
      "check the address; a captive portal or a login page may stand in between",
    );
  const failure = failureFromResponse({ method: "GET", path }, response);
  if (response.status >= 400 && response.status < 500)
    return note(`${host} answers, but: ${failure.message}`, failure.fix);
  return asProblem(failure);
}

function account(response: HttpResponse, source: string): string {
  const accepted = ` and accepts the token in ${source}`;
  try {
    const document = JSON.parse(response.body.toString("utf8")) as {
      readonly data?: { readonly attributes?: { readonly username?: unknown } };
    } | null;
    const username = document?.data?.attributes?.username;
    return typeof username === "string" ? `${accepted}, as ${username.slice(0, 100)}` : accepted;
  } catch {
    return accepted;
  }
}

async function organization({ env, cwd }: DoctorWorld): Promise<Finding> {
  const found = await resolveOrganization(env, cwd);
  if (found !== undefined) return ok(`${found.name} (${found.source})`);
  const text = "none configured: paths name it, {organization} cannot be filled";
  return note(text, "export TF_CLOUD_ORGANIZATION=NAME");
}

/** The checks, but for the organization, which stands after the credentials. */
export const NETWORK: readonly Check[] = [
  { id: "address", title: "address", run: address },
  { id: "proxy", title: "proxy", run: withAddress(proxy) },
  { id: "reachability", title: "reachability", run: withAddress(reachability) },
  { id: "organization", title: "organization", run: withAddress(organization) },
];
