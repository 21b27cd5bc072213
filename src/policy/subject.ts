// What rules compare: the things that one operation does, each in the same few words.
//
// J1 The first subject is the operation itself; others are added, and none is ever left out to spare a
//    rule. What is not certain to be done is a subject as well: rules only raise.
// J2 The work is bounded by the length of the operation: however many programs a command's words could
//    name, all but the first few share one list of arguments.

import { commandSubjects } from "./subject-command.ts";
import type {
  HcpOperation,
  KubectlOperation,
  KubernetesObject,
  Operation,
  TerraformOperation,
} from "./operation.ts";
import { isDestruction, type PlannedChange } from "./planned-change.ts";
import { isResourceClass } from "./resource-class.ts";
import type { Subject } from "./rule.ts";

/** The class of namespaces: one is in itself, for rules about what is in a namespace. */
const NAMESPACES = "kubernetes:namespaces";

/** The subjects of an operation, itself first. Pure and total. */
export function subjectsOf(operation: Operation): readonly Subject[] {
  switch (operation.kind) {
    case "hcp":
      return hcpSubjects(operation);
    case "command":
      return commandSubjects(operation);
    case "terraform":
      return terraformSubjects(operation);
    case "kubectl":
      return kubectlSubjects(operation);
  }
}

/** What a route gives no class is also of the class that its path names. */
function hcpSubjects(operation: HcpOperation): Subject[] {
  const { impact, resourceClass, target, request } = operation;
  const whole: Subject = {
    kind: "hcp",
    action: request.method,
    impact,
    class: resourceClass,
    name: target.id ?? lastPart(target.path),
    scope: target.organization ?? "",
    place: target.hostname,
    arguments: [],
  };
  const named = target.path.split("/").findLast(isResourceClass);
  return resourceClass !== "unknown" || named === undefined
    ? [whole]
    : [whole, { ...whole, class: named }];
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function terraformSubjects({ terraform, impact, target }: TerraformOperation): Subject[] {
  const { action, directory, workspace, options, plan } = terraform;
  const whole: Subject = {
    kind: "terraform",
    action,
    impact,
    class: "terraform",
    name: directory,
    scope: workspace,
    place: plan?.cloud?.hostname ?? target.hostname,
    arguments: [],
  };
  const changes = (plan?.changes ?? []).map((change) => ({ ...whole, ...changeWords(change) }));
  return [whole, ...(options.destroy ? [{ ...whole, action: "destroy" }] : []), ...changes];
}

function changeWords(change: PlannedChange): Pick<Subject, "action" | "impact" | "class" | "name"> {
  const { action, type, address } = change;
  const impact = isDestruction(change) ? "destroy" : action === "read" ? "read" : "change";
  return { action, impact, class: `terraform:${type}`, name: address };
}

function kubectlSubjects({ kubectl, impact, resourceClass, target }: KubectlOperation): Subject[] {
  const { verb, context, objects, replicas, command = [] } = kubectl;
  const shared = {
    kind: "kubectl",
    action: verb,
    impact: verb === "scale" && replicas === 0 ? "destroy" : impact,
    place: context,
    arguments: command,
  } as const;
  if (objects.length > 0) return objects.map((object) => ({ ...shared, ...objectWords(object) }));
  return [{ ...shared, class: resourceClass, name: target.id ?? "", scope: "" }];
}

/** A collection, all objects of a kind, has no name. */
function objectWords(object: KubernetesObject): Pick<Subject, "class" | "name" | "scope"> {
  const { namespace, class: kind } = object;
  const name = object.name === "*" ? "" : object.name;
  return { class: kind, name, scope: namespace ?? (kind === NAMESPACES ? name : "") };
}
