// docs/classes.md: every resource class, and the requests that belong to it.

import type { Route } from "../../operations/hcp/route.ts";
import { routesOfClass } from "../../operations/hcp/route-table.ts";
import type { RuleName } from "../../operations/hcp/rules.ts";
import { titleOf } from "../../operations/hcp/title.ts";
import {
  RESOURCE_CLASSES,
  type ResourceClass,
  type ResourceClassInfo,
  WILDCARDS,
} from "../../policy/resource-class.ts";
import { anchor, code, GENERATED, page, plain, table } from "./markdown.ts";

/** When a request with that rule destroys. Without proof of the contrary, it does. */
const RULE_TEXT: Readonly<Record<RuleName, string>> = {
  scheduledDestruction: "when the body sets a time of automatic destruction",
  schedulesWorkspace:
    "when the body sets a time of automatic destruction, or moves it to a project that has one",
  movesWorkspaces: "unless the project surely has no automatic destruction",
  appliesUnasked:
    "when the body switches auto-apply on, or, where it is on, changes the repository or the directory",
  leavesGlobal: "when the body takes global away",
  leavesOrganization: "when the body takes organization-scoped away",
  stopsSharingState: "when the body takes global-remote-state or project-remote-state away",
  deletingRetention: "unless the policy is never to delete",
  unassignsSshKey: "when the body names no key",
  createsDestroyRun: "when the run is to destroy, or may apply without anybody being asked",
  appliesDestroyRun: "unless its finished plan destroys nothing",
  queuesAutoApply: "when it queues a run that may apply without anybody being asked",
  upgradesAutoApply: "when a run may apply without anybody being asked",
  overridesPolicyCheck: "when the run may then apply without anybody being asked",
  overridesTaskStage: "when the run may then apply without anybody being asked",
  overridesPolicyEvaluation: "when the run may then apply without anybody being asked",
};

/** The page. */
export function classesPage(): string {
  const classes = Object.entries(RESOURCE_CLASSES) as [ResourceClass, ResourceClassInfo][];
  const wildcards = WILDCARDS.map(code).join(" and ");
  return page([
    "# Resource classes",
    GENERATED,
    `\`--allow-delete\` takes these names, and ${wildcards}, which both mean any class below whose very resource is reversible.`,
    "- *reversible*: it could be recreated from what was readable before\n- *irreversible*: it could not, and no wildcard covers it\n- *depends*: a look-up of this very resource decides; a class by name needs none",
    table(
      ["class", "reversibility", "because"],
      classes.map(([name, { reversibility, because }]) => [
        `[${code(name)}](${anchor(name)})`,
        reversibility,
        plain(because),
      ]),
    ),
    ...classes.flatMap(([name, info]) => classBlocks(name, info)),
  ]);
}

function classBlocks(name: ResourceClass, { singular, reversibility, because }: ResourceClassInfo) {
  const routes = routesOfClass(name);
  return [
    `## ${name}`,
    `One ${plain(singular)}: *${reversibility}*, ${plain(because)}.`,
    routes.length === 0
      ? "No known request."
      : table(
          ["request", "", "when"],
          routes.map((route) => [
            code(`${route.method} ${route.template}`),
            plain(titleFor(route, name)),
            plain(conditionOf(route, name)),
          ]),
        ),
  ];
}

function titleFor(route: Route, name: ResourceClass): string {
  const also = route.also?.find((each) => each.class === name);
  const isOwn = route.class === name;
  const replaces = Object.values(route.links ?? {}).some(([linkClass]) => linkClass === name);
  const title = isOwn ? route.title : replaces ? undefined : also?.title;
  return title ?? titleOf(route.name);
}

function conditionOf(route: Route, name: ResourceClass): string {
  const links = Object.entries(route.links ?? {}).filter(([, [linkClass]]) => linkClass === name);
  const conditions = links.map(([link]) => `when the body replaces ${link}`);
  const also = (route.also ?? []).filter((each) => each.class === name);
  conditions.push(...also.map(({ rule }) => RULE_TEXT[rule]));
  if (route.class === name) conditions.unshift(...ownConditions(route));
  return conditions.join("; ");
}

function ownConditions({ rule, bulk, replaces }: Route): string[] {
  return [
    ...(rule === undefined ? [] : [RULE_TEXT[rule]]),
    ...(bulk ? ["each entry of the body counts"] : []),
    ...(replaces === undefined ? [] : ["each member that the body leaves out counts"]),
  ];
}
