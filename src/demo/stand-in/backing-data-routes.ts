// Backing data: what plans, applies, configuration versions and state versions are kept in. It is
// soft deleted, restored, and deleted for good.
//
// B1 The current state version keeps its data.
// B2 Only what was soft deleted can be restored; nothing returns from permanent deletion.

import { type Answer, Refusal } from "./answer.ts";
import { type Call, resourceIn } from "./call.ts";
import { one } from "./document.ts";
import { type Resource, textOf } from "./resource.ts";
import type { Route } from "./router.ts";
import { related, type World } from "./world.ts";

const SOFT = "backing_data_soft_deleted";
const GONE = "backing_data_permanently_deleted";

interface Transition {
  readonly verb: "soft-delete" | "restore" | "permanently-delete";
  readonly to: string;
  readonly isAllowed: (status: string) => boolean;
}

const TRANSITIONS: readonly Transition[] = [
  { verb: "soft-delete", to: SOFT, isAllowed: (status) => status !== SOFT && status !== GONE },
  { verb: "restore", to: "finalized", isAllowed: (status) => status === SOFT },
  { verb: "permanently-delete", to: GONE, isAllowed: (status) => status !== GONE },
];

// The API spells the action with underscores for two of the four.
const UNDERSCORED = ["configuration-versions", "state-versions"];

function change(call: Call, type: string, transition: Transition): Answer {
  const resource = resourceIn(call, type);
  const allowed =
    transition.isAllowed(textOf(resource, "backing-data-status") || textOf(resource, "status")) &&
    (transition.verb === "restore" || !isCurrentState(call.world, resource));
  if (!allowed) {
    throw new Refusal(400, "bad request", `${resource.id} cannot transition to ${transition.to}`);
  }
  // Runs need the plan's own status; the other two say it in theirs.
  const attribute = UNDERSCORED.includes(type) ? "status" : "backing-data-status";
  resource.attributes[attribute] = transition.to;
  return one(call, resource);
}

/** B1 */
function isCurrentState(world: World, resource: Resource): boolean {
  const workspace = related(world, resource, "workspace");
  if (resource.type !== "state-versions" || workspace === undefined) return false;
  return world.ownedBy(workspace, "state-versions").at(-1)?.id === resource.id;
}

export const BACKING_DATA_ROUTES: readonly Route[] = ["plans", "applies", ...UNDERSCORED].flatMap(
  (type) =>
    TRANSITIONS.map((transition): Route => {
      const action = `${transition.verb}-backing-data`;
      const spelled = UNDERSCORED.includes(type) ? action.replaceAll("-", "_") : action;
      return {
        method: "POST",
        template: `/${type}/{id}/actions/${spelled}`,
        handle: (call) => change(call, type, transition),
      };
    }),
);
