// What a card says about a workspace, once it is looked up.

import {
  at,
  type Document,
  flagOf,
  idOf,
  includedOf,
  isObject,
  nameOf,
  numberOf,
  refOf,
  textOf,
} from "./json-api.ts";
import { counted, joined, listed, relativeTime } from "./wording.ts";
import { variablesText } from "./variable-count.ts";
import type { WorkspaceFacts } from "./workspace-facts.ts";

/** `its state (2 versions), 9 variables (2 sensitive), run history (2 runs)` */
export function losesText({ variables, runs, states }: WorkspaceFacts): string {
  const parts = [
    states === 0 ? undefined : `its state${inBrackets(states, "version")}`,
    variablesText(variables),
    runs === 0 ? undefined : `run history${inBrackets(runs, "run")}`,
  ];
  return joined(parts) ?? "its settings: no state, no variables, no runs";
}

function inBrackets(count: number | undefined, singular: string): string {
  return count === undefined ? "" : ` (${counted(count, singular)})`;
}

/** `42 resources: they keep running, unmanaged`; undefined when there are none, or unknown. */
export function orphansText(document: Document, isSafeDelete: boolean): string | undefined {
  const count = numberOf(document.resource, "resource-count");
  if (count === undefined || count === 0) return undefined;
  const resources = counted(count, "resource");
  if (isSafeDelete) return `${resources}: the API refuses a safe delete while it manages any`;
  return `${resources}: ${count === 1 ? "it keeps" : "they keep"} running, unmanaged`;
}

/** Who reads its state: everybody, these workspaces, or nobody. */
export function readersText({ document, consumers }: WorkspaceFacts): string | undefined {
  if (document === "absent") return undefined;
  if (flagOf(document?.resource, "global-remote-state") === true) {
    return "any workspace of the organization may use its state";
  }
  if (consumers === undefined) return undefined;
  const names = consumers.items.map((each) => nameOf(each) ?? idOf(each) ?? "one without a name");
  const total = consumers.total ?? names.length;
  if (total > 0) return `${listed(names, total)} ${total === 1 ? "uses" : "use"} its state`;
  // Without the workspace's own settings, nobody knows whether all others may read it.
  return document === undefined ? undefined : "no other workspace may use its state";
}

/** `3 hours ago; unlocked` */
export function changedText(document: Document, now: Date): string | undefined {
  const { resource } = document;
  const changed =
    relativeTime(textOf(resource, "latest-change-at"), now) ??
    relativeTime(textOf(resource, "updated-at"), now);
  return joined([changed, lockText(document)], "; ");
}

/** `unlocked`, or `locked by robin: month-end closing`; undefined when unknown. */
export function lockText(document: Document): string | undefined {
  const locked = flagOf(document.resource, "locked");
  if (locked === undefined) return undefined;
  if (!locked) return "unlocked";
  const holder = refOf(document.resource, "locked-by");
  const name = nameOf(includedOf(document, "locked-by"));
  const by = holder?.type === "runs" ? `run ${holder.id}` : (name ?? holder?.id);
  const reason = textOf(document.resource, "locked-reason");
  return `locked${by === undefined ? "" : ` by ${by}`}${reason === undefined ? "" : `: ${reason}`}`;
}

const AT_REST =
  /^(?:applied|planned_and_finished|planned_and_saved|discarded|errored|canceled|force_canceled|policy_soft_failed)$/;

/** What else a person should know: a run under way, runs that apply by themselves, a repository. */
export function alsoText(document: Document, now: Date): string | undefined {
  const { resource } = document;
  const run = includedOf(document, "current-run");
  const status = textOf(run, "status");
  const busy = status !== undefined && !AT_REST.test(status);
  const repository = at(resource, "attributes", "vcs-repo");
  const named = isObject(repository) ? at(repository, "identifier") : undefined;
  const destroyAt = textOf(resource, "auto-destroy-at");
  return joined(
    [
      busy ? `its current run ${idOf(run) ?? ""} is ${status.replaceAll("_", " ")}` : undefined,
      flagOf(resource, "auto-apply") === true ? "its runs apply without asking" : undefined,
      typeof named === "string" ? `its runs follow ${named}` : undefined,
      destroyAt === undefined
        ? undefined
        : `destroys itself ${relativeTime(destroyAt, now) ?? ""} (${destroyAt})`,
    ],
    "; ",
  );
}
