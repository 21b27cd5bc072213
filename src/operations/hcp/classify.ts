// What a request does: its impact, its class, and how many deletions it stands for.
//
// K1 GET and HEAD are reads. Any other method whose path matches no template is unknown.
// K2 No DELETE is ever harmless, whatever its path, query and body say.
// K3 A mutation with a query parameter that the API does not document for mutations is unknown:
//    servers mix the query into the body.
// K4 Where the body decides (a rule, a replaced relationship, a list of items), a body that is not a
//    JSON object is unknown. So is every form.
// K5 A bulk body counts each entry; what cannot be counted is unknown.
// K6 A body that destroys two kinds of things at once is unknown.

import type { Impact, Reversibility } from "../../policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../policy/resource-class.ts";
import { at, isObject } from "./json.ts";
import type { LookUps } from "./look-ups.ts";
import { replacedLinks, sizeOf } from "./replaced-links.ts";
import type { Body } from "./request-body.ts";
import type { QueryPair } from "./request-path.ts";
import { classOfRoute, type RouteMatch } from "./route-table.ts";
import { type RuleFacts, type RuleName, RULES } from "./rules.ts";
import { titleOf } from "./title.ts";

export interface Verdict {
  readonly impact: Impact;
  readonly resourceClass: ResourceClass | "unknown";
  readonly reversibility: Reversibility;
  readonly items: number;
  readonly title: string;
}

/** A request whose parts have been read. The method is upper case. */
export interface Request {
  readonly method: string;
  /** Canonical, for the title of what no template matches. */
  readonly path: string;
  readonly query: readonly QueryPair[];
  readonly body: Body | undefined;
}

/** The verdict on a request that may have matched a route. Look-ups that fail count against it. */
export async function classify(
  request: Request,
  match: RouteMatch | undefined,
  lookUps: LookUps,
): Promise<Verdict> {
  if (isRead(request.method)) return harmless("read", request, match);
  if (!match || request.query.some(([name]) => !isDocumentedOnMutations(name))) {
    return unknown(request, match);
  }
  const { route } = match;
  if (!isReadable(request.body, route.body === "raw", request.method))
    return unknown(request, match);
  const links = await replacedLinks(match, parsed(request), lookUps);
  const effects = await effectsOf(match, request, lookUps);
  const classes = new Set(effects.map((effect) => effect.class));
  if (links !== undefined && links !== "unknown") classes.add(links.resourceClass);
  if (links === "unknown" || classes.size > 1) return unknown(request, match);
  if (links) {
    const items = links.items + effects.length;
    return destroy(links.resourceClass, items, `Replace links: ${titleOf(route.name)}`);
  }
  const [effect] = effects;
  if (!effect) return harmless("change", request, match);
  const items = effect.counts ? await countItems(match, request, lookUps) : 1;
  if (items === undefined) return unknown(request, match);
  return destroy(effect.class, items, effect.title);
}

/** Whether the method never changes anything. */
export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

interface Effect {
  readonly class: ResourceClass;
  readonly title: string;
  /** The body or a list says how many deletions it stands for. */
  readonly counts: boolean;
}

/** Everything that this very request destroys, replaced links apart. */
async function effectsOf(
  { route, values }: RouteMatch,
  request: Request,
  lookUps: LookUps,
): Promise<Effect[]> {
  const value = (placeholder: string) => values.find(([name]) => name === placeholder)?.[1];
  const facts: RuleFacts = { body: parsed(request), path: request.path, value, lookUps };
  const destroys = async (rule: RuleName | undefined) => !rule || (await RULES[rule](facts));
  const effects: Effect[] = [];
  if (route.class && (await destroys(route.rule))) {
    const title = route.title ?? titleOf(route.name);
    effects.push({ class: route.class, title, counts: true });
  }
  for (const also of route.also ?? [])
    if (await destroys(also.rule))
      effects.push({ class: also.class, title: also.title, counts: false });
  return effects;
}

/** K5: undefined when the body lists items in a way that cannot be counted. */
async function countItems(
  match: RouteMatch,
  request: Request,
  lookUps: LookUps,
): Promise<number | undefined> {
  const { bulk, replaces } = match.route;
  if (replaces !== undefined) return sizeOf(match, replaces, lookUps);
  if (!bulk) return 1;
  const data = at(parsed(request), "data");
  return Array.isArray(data) ? Math.max(1, data.length) : undefined;
}

/** K4. A DELETE is judged by its path alone, unless its body lists what goes. */
function isReadable(body: Body | undefined, raw: boolean, method: string): boolean {
  if (!body) return true;
  if (body.kind === "json") return method === "DELETE" || isObject(body.parsed);
  return method === "DELETE" || raw;
}

function parsed(request: Request): unknown {
  return request.body?.kind === "json" ? request.body.parsed : undefined;
}

function isDocumentedOnMutations(name: string): boolean {
  return /^(?:include|token|fields(?:\[[a-z-]*\])?)$/.test(name);
}

function harmless(impact: "read" | "change", request: Request, match?: RouteMatch): Verdict {
  const resourceClass = match ? (classOfRoute(match.route) ?? "unknown") : "unknown";
  const title = match ? titleOf(match.route.name) : sendTitle(request);
  return { impact, resourceClass, reversibility: "reversible", items: 1, title };
}

function destroy(resourceClass: ResourceClass, items: number, title: string): Verdict {
  const { reversibility } = RESOURCE_CLASSES[resourceClass];
  return { impact: "destroy", resourceClass, reversibility, items, title };
}

function unknown(request: Request, match: RouteMatch | undefined): Verdict {
  const title = match
    ? `${sendTitle(request)} (${titleOf(match.route.name)}?)`
    : sendTitle(request);
  return {
    impact: "unknown",
    resourceClass: "unknown",
    reversibility: "irreversible",
    items: 1,
    title,
  };
}

function sendTitle(request: Request): string {
  return `Send ${request.method} ${request.path}`;
}
