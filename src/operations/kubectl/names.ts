// What may stand for a name, a namespace, a selector in a command that we compose.
//
// M1 Nothing that we put into a command begins with a dash, and nothing holds a blank, a comma, a slash
//    or a character that cannot be seen: no name can be read as anything else.
// M2 Names are what Kubernetes lets the kind have: labels for namespaces and services, what a path may
//    hold for RBAC, dotted names for the rest.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Kind } from "./kinds.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** RBAC: `system:node-proxier`, `Admin_2`, `a@b`. Kubernetes allows more; nobody needs it. */
const PATH_SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_.:@+=-]*$/;

const LABEL_KINDS: ReadonlySet<string> = new Set(["namespaces", "services"]);
const RBAC_GROUP = "rbac.authorization.k8s.io";

/**
 * The name, where an object of that kind may have it (M2); of an unknown kind, a dotted name.
 *
 * @throws Failure `unusable-name`
 */
export function checkedName(name: string, kind: Kind | undefined): string {
  const isFine =
    name.length <= 253 &&
    (kind?.group === RBAC_GROUP
      ? PATH_SEGMENT.test(name)
      : isLabelKind(kind)
        ? LABEL.test(name)
        : SUBDOMAIN.test(name));
  if (isFine) return name;
  throw unusable("name", name, "give the name of one object, as kubectl get prints it");
}

const isLabelKind = (kind: Kind | undefined): boolean =>
  kind !== undefined && kind.group === "" && LABEL_KINDS.has(kind.plural);

/** The namespace's or container's name. @throws Failure `unusable-name` */
export function checkedLabel(what: "namespace" | "container", name: string): string {
  if (LABEL.test(name)) return name;
  throw unusable(what, name, `give one ${what}'s name: small letters, digits and dashes`);
}

const KEY = "(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?";
const VALUE = "(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?";
const REQUIREMENT = new RegExp(
  `^\\s*(?:!?${KEY}|${KEY}\\s*(?:=|==|!=)\\s*${VALUE}|${KEY}\\s+(?:in|notin)\\s*\\(\\s*${VALUE}(?:\\s*,\\s*${VALUE})*\\s*\\))\\s*$`,
);
const MOST_SELECTOR = 512;

/**
 * The label selector: `app=web,tier!=db`, `env in (a, b)`, `!canary`.
 *
 * @throws Failure `unusable-selector`
 */
export function checkedSelector(selector: string): string {
  // A comma within brackets belongs to a list.
  const parts = selector.split(/,(?![^(]*\))/);
  if (selector.length <= MOST_SELECTOR && parts.every((each) => REQUIREMENT.test(each)))
    return selector;
  throw new Failure(
    "unusable-selector",
    `selector ${JSON.stringify(selector.slice(0, 80))}: it is not a label selector`,
    { exitCode: EXIT.usage, fix: "write it as app=web,tier!=db or env in (a, b)" },
  );
}

/** How far back, as in `90s` or `1h30m`. @throws Failure `unusable-duration` */
export function checkedSince(since: string): string {
  if (/^(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/.test(since) && /[1-9]/.test(since)) return since;
  throw new Failure(
    "unusable-duration",
    `since ${JSON.stringify(since.slice(0, 40))}: it is not how long ago`,
    { exitCode: EXIT.usage, fix: "write it as 90s, 5m or 1h30m" },
  );
}

function unusable(what: string, name: string, fix: string): Failure {
  const shown = JSON.stringify(name.slice(0, 80));
  return new Failure("unusable-name", `${what} ${shown}: nothing can be called that`, {
    exitCode: EXIT.usage,
    fix,
  });
}
