// What a person types to confirm an operation that cannot be undone.
//
// N1 It is asked for whenever nothing proves that the loss can be undone: the class says so, a
//    look-up shows it, the look-up that would tell is missing, or the request is not known.
// N2 It can be typed: a name with characters that a keyboard or a terminal hides gives way to the id.
// N3 It says something: whoever may rename a thing could call it `y`, which a hand types by itself.

import { type HcpOperation, isHarmless, type Reversibility } from "../../policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClassInfo } from "../../policy/resource-class.ts";
import { visible } from "../../system/terminal-text.ts";
import type { Loss } from "./loss.ts";

/** The class's row of the table; undefined for a request of unknown class. */
export function classInfo(operation: HcpOperation): ResourceClassInfo | undefined {
  const { resourceClass } = operation;
  return Object.hasOwn(RESOURCE_CLASSES, resourceClass) && resourceClass !== "unknown"
    ? RESOURCE_CLASSES[resourceClass]
    : undefined;
}

/** How reversible this very operation is, after what was looked up. */
export function reversibilityOf(operation: HcpOperation, loss: Loss): Reversibility {
  // Policy may make even that irreversible.
  if (isHarmless(operation) && operation.reversibility !== "irreversible") return "reversible";
  const info = classInfo(operation);
  if (info === undefined || operation.impact === "unknown") return "irreversible";
  if (info.reversibility === "irreversible" || operation.reversibility === "irreversible") {
    return "irreversible";
  }
  if (info.reversibility === "reversible") return "reversible";
  if (loss.reversible !== undefined) return loss.reversible ? "reversible" : "irreversible";
  return operation.reversibility;
}

/** N1, N2: undefined where a plain yes is enough. */
export function typedNameOf(operation: HcpOperation, loss: Loss): string | undefined {
  if (reversibilityOf(operation, loss) === "reversible") return undefined;
  const { id, path } = operation.target;
  const names = [loss.name, id, path.split("/").at(-1), path];
  const typeable = names.filter((name) => name !== undefined).filter(isTypeable);
  // Never empty: a bare Enter must not confirm anything.
  return typeable.find((name) => !isTrivial(name)) ?? "destroy";
}

const LONGEST = 100;

function isTypeable(name: string): boolean {
  if (name === "" || name.length > LONGEST || name.trim() !== name) return false;
  return visible(name) === name && !/(?! )\p{Zs}| {2}/u.test(name);
}

/** N3 */
function isTrivial(name: string): boolean {
  return [...name].length < 3 || /^(?:yes|yep|yeah|sure|okay|true|all|any|del|delete)$/i.test(name);
}
