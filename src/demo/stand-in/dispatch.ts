// From one request to its answer: who may ask, which route, what it refuses. No sockets here.
//
// A1 Below the API root nothing is answered without the token, not even "not found".

import { type Answer, errorAnswer, notFound, Refusal } from "./answer.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Json } from "./resource.ts";
import type { Router } from "./router.ts";
import { storedPlan } from "./run-routes.ts";
import type { World } from "./world.ts";

const ROOT = "/api/v2";
const UNREADABLE = Symbol("unreadable");

/** What clients look up to find the API on a host. */
const DISCOVERY: Json = {
  "tfe.v2": "/api/v2/",
  "tfe.v2.1": "/api/v2/",
  "tfe.v2.2": "/api/v2/",
  "state.v2": "/api/v2/",
};

export interface Service {
  readonly world: World;
  readonly router: Router;
  readonly origin: string;
}

/** Carries the request out and answers it. Throws nothing. */
export function dispatch(service: Service, request: RecordedRequest): Answer {
  try {
    return answerTo(service, request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return errorAnswer(500, "internal server error", String(error));
  }
}

function answerTo(service: Service, request: RecordedRequest): Answer {
  const { path } = request;
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && path === "/.well-known/terraform.json") return { status: 200, body: DISCOVERY };
  if (isRead && path === `${ROOT}/ping`) return { status: 204 };
  if (isRead && path.startsWith("/v1/object/")) return storedObject(service.world, path);
  if (!path.startsWith(`${ROOT}/`)) throw notFound();
  if (request.credentials !== "valid") throw new Refusal(401, "unauthorized"); // A1
  const method = request.method === "HEAD" ? "GET" : request.method;
  const matched = service.router.find(method, path.slice(ROOT.length));
  if (matched === undefined) throw notFound();
  const body = bodyOf(request.body);
  if (body === UNREADABLE) throw new Refusal(400, "bad request", "the body is not JSON");
  return matched.handle({
    world: service.world,
    origin: service.origin,
    path,
    query: new URLSearchParams(
      request.query.map(([name, value]): [string, string] => [name, value]),
    ),
    params: matched.params,
    body,
  });
}

/** The API keeps large data behind addresses that are themselves the secret. */
function storedObject(world: World, path: string): Answer {
  const plan = world.get("plans", path.slice("/v1/object/".length));
  if (plan === undefined) throw notFound();
  return { headers: { "content-type": "application/json" }, ...storedPlan(plan) };
}

function bodyOf(text: string): Json | undefined | typeof UNREADABLE {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return UNREADABLE;
  }
}
