// What policy says to an operation: the floor, and which rule raised it.
//
// U1 Rules only raise: the floor is the strictest of the built-in one and every rule that matches any
//    subject of the operation, in any environment that it touches. Neither the order of rules nor one
//    more of them lowers it.
// U2 What may be in an environment is in it: an organization or a workspace that nobody named.

import type { Effect } from "./decide.ts";
import { ENVIRONMENTS, type Environment } from "./environment.ts";
import { type Impact, isHarmless, type Operation } from "./operation.ts";
import type { Belonging, Policy } from "./policy.ts";
import type { FiredRule, Rule, Ruling, Subject } from "./rule.ts";
import { isAbout, isAmong, isInForce } from "./rule-match.ts";
import { subjectsOf } from "./subject.ts";

const STRICTNESS: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

/** The stricter of two effects. */
export function stricterEffect<One extends Effect, Other extends Effect>(
  one: One,
  other: Other,
): One | Other {
  return STRICTNESS[other] > STRICTNESS[one] ? other : one;
}

/** The ruling. Pure and total. */
export function rulingOn(operation: Operation, policy: Policy): Ruling {
  const environments = environmentsOf(operation, policy);
  const subjects = subjectsOf(operation);
  const matched = policy.rules
    .filter((rule) => isInForce(rule, environments) && subjects.some((each) => isAbout(rule, each)))
    .map(firedRule);
  const fired = matched.find(({ effect }) => effect === "deny") ?? matched[0];
  return {
    floor: floorOf(operation.impact, fired?.effect),
    environments,
    ...(fired === undefined ? {} : { fired }),
    matched,
    isHardened: isHardened(subjects, policy),
    approvers: Math.max(
      policy.approvals.approvers,
      ...environments.map((each) => policy.environments[each].approvers),
    ),
  };
}

/** The built-in floor for an impact, raised by what a rule says. */
export function floorOf(impact: Impact, raised: Effect = "allow"): Effect {
  return stricterEffect(isHarmless({ impact }) ? "allow" : "ask", raised);
}

function isHardened(subjects: readonly Subject[], { irreversible }: Policy): boolean {
  return irreversible.length > 0 && subjects.some((each) => isAmong(irreversible, each.class));
}

/** A rule as it is shown once it has fired. */
export function firedRule({ id, effect, because, file, line }: Rule): FiredRule {
  const where = line === undefined ? file : `${file}:${line}`;
  return { id, effect, ...(because === undefined ? {} : { because }), where };
}

/** The environments that an operation touches, the strictest first. */
function environmentsOf(operation: Operation, { environments }: Policy): Environment[] {
  return ENVIRONMENTS.filter(
    (each) =>
      operation.served === each ||
      environments[each].belonging.some((belonging) => belongs(operation, belonging)),
  ).reverse();
}

function belongs(operation: Operation, belonging: Belonging): boolean {
  switch (operation.kind) {
    case "hcp": {
      const { hostname, organization, path } = operation.target;
      return (
        isAt(belonging, hostname, organization) ||
        (belonging.workspaces.length > 0 && mayBeWorkspace(belonging.workspaces, path))
      );
    }
    case "terraform": {
      const { workspace, plan } = operation.terraform;
      const cloud = plan?.cloud;
      return (
        isAmong(belonging.workspaces, workspace) ||
        (cloud !== undefined && isAt(belonging, cloud.hostname, cloud.organization))
      );
    }
    case "kubectl":
      return isAmong(belonging.contexts, operation.kubectl.context);
    case "command":
      return false;
  }
}

/** An organization that the request does not name may be any. */
function isAt(
  { hostnames, organizations }: Belonging,
  hostname: string,
  organization: string | undefined,
): boolean {
  if (hostnames.length === 0 && organizations.length === 0) return false;
  const isHost = hostnames.length === 0 || isAmong(hostnames, hostname);
  const isTheirs =
    organizations.length === 0 ||
    organization === undefined ||
    isAmong(organizations, organization);
  return isHost && isTheirs;
}

const WORKSPACE = /\/workspaces\/([^/]+)/;
/** What is not below a workspace, and belongs to none. */
const OF_NONE = /^\/(?:organizations|account)(?:\/|$)/;

/** An id tells nothing of a name; nor does a run's, or a variable's, of its workspace's. */
function mayBeWorkspace(globs: readonly string[], path: string): boolean {
  const workspace = WORKSPACE.exec(path)?.[1];
  if (workspace === undefined) return !OF_NONE.test(path);
  return workspace.startsWith("ws-") || isAmong(globs, workspace);
}
