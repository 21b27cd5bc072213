// What an agent pool, a policy set, an OAuth client or a notification holds or serves.

import { flagOf, idOf, nameOf, numberOf, type Ref, refOf, refsOf, textOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { nameBehind, namesBehind } from "./names.ts";
import { variableCount, variablesText } from "./variable-count.ts";
import { counted, joined } from "./wording.ts";
import { organizationOf } from "./workspace-facts.ts";

/** Its agents, its tokens, and the workspaces that run on it. */
export async function describeAgentPool(look: Look): Promise<Loss> {
  const path = `/agent-pools/${segment(look.operation.target.id ?? "")}`;
  const read = look.document("its name and workspaces", path);
  const [document, agents, tokens, users] = await Promise.all([
    read,
    look.count("its agents", `${path}/agents`),
    look.count("its tokens", `${path}/authentication-tokens`),
    read.then((found) => usersText(look, found === "absent" ? undefined : found?.resource)),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const loses = joined([
    agents === undefined ? "its agents" : counted(agents, "agent"),
    tokens === undefined ? "its tokens" : counted(tokens, "token"),
  ]);
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: [...row("loses", loses), ...row("readers", users)],
    reversible: tokens === undefined ? undefined : tokens === 0,
  };
}

async function usersText(
  look: Look,
  resource: Parameters<typeof refsOf>[0],
): Promise<string | undefined> {
  const refs = refsOf(resource, "workspaces");
  if (refs === undefined) {
    if (resource !== undefined) look.note("workspaces that run on it: not listed by the API");
    return undefined;
  }
  if (refs.length === 0) return "no workspace runs on it";
  return `${await namesBehind(look, refs)} ${refs.length === 1 ? "runs" : "run"} on it`;
}

/** Its policies, its parameters, and where it is enforced. */
export async function describePolicySet(look: Look): Promise<Loss> {
  const path = `/policy-sets/${segment(look.operation.target.id ?? "")}`;
  const [document, parameters, versions] = await Promise.all([
    look.document("its policies and where it is enforced", path),
    variableCount(look, "its parameters", `${path}/parameters`),
    look.count("its uploaded versions", `${path}/versions`),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const number = (name: string, singular: string, plural?: string) => {
    const count = numberOf(resource, `${singular}-count`) ?? refsOf(resource, name)?.length;
    return count === undefined ? undefined : counted(count, singular, plural);
  };
  const enforced = joined([number("workspaces", "workspace"), number("projects", "project")]);
  const secret = (parameters?.sensitive ?? 0) > 0 || (versions ?? 0) > 0;
  const surely = parameters?.complete === true && versions === 0;
  const inIt = variablesText(parameters)?.replace("variable", "parameter");
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: [
      ...row("loses", joined([number("policies", "policy", "policies"), inIt])),
      ...row(
        "guards",
        flagOf(resource, "global") === true ? "every workspace of the organization" : enforced,
      ),
    ],
    reversible: secret ? false : surely ? true : undefined,
  };
}

/** Its tokens: workspaces and policy sets reach their repositories through them. */
export async function describeOAuthClient(look: Look): Promise<Loss> {
  const path = `/oauth-clients/${segment(look.operation.target.id ?? "")}`;
  const [document, tokens] = await Promise.all([
    look.document("its name and provider", path),
    look.count("its tokens", `${path}/oauth-tokens`),
  ]);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const provider = textOf(resource, "service-provider");
  look.note("which workspaces reach their repository through it: the API does not list that");
  const number = tokens === undefined ? "its tokens" : counted(tokens, "token");
  return {
    name: nameOf(resource),
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource)),
    rows: [
      ...row("loses", `${number}: what reaches version control through them stops working`),
      ...row("also", joined([provider, textOf(resource, "http-url")], " at ")),
    ],
  };
}

/** Where it sends what; its URL may hold a secret and stays out of the card. */
export async function describeNotification(look: Look): Promise<Loss> {
  const document = await look.document("its name and kind", look.operation.target.path);
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  const kind = textOf(resource, "destination-type");
  const owner: Ref | undefined = refOf(resource, "subscribable");
  const of = owner && (await nameBehind(look, owner));
  const own = targetText(undefined, nameOf(resource), idOf(resource));
  const enabled = flagOf(resource, "enabled");
  return {
    name: nameOf(resource),
    target: joined([own, of], " of "),
    rows: row(
      "loses",
      joined([
        kind && `a notification by ${kind}`,
        enabled === undefined ? undefined : enabled ? "enabled" : "disabled",
      ]),
    ),
    reversible: kind === undefined ? undefined : kind === "email",
  };
}
