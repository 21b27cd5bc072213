// Runs: those that may destroy infrastructure, and those that are cancelled or discarded.

import { type Document, flagOf, idOf, nameOf, numberOf, refOf } from "./json-api.ts";
import { type Look, segment } from "./look.ts";
import { type Loss, row, targetText } from "./loss.ts";
import { bodyAttribute, bodyRef } from "./request-body.ts";
import { isBeforeApply, planText, runText, workspaceText } from "./run-facts.ts";
import { counted, joined } from "./wording.ts";
import { organizationOf, readWorkspace, workspacePath } from "./workspace-facts.ts";
import { changedText } from "./workspace-rows.ts";

const INCLUDE = "include=plan,workspace";

/** The run that is acted on, its workspace, and what its plan would do. */
export async function describeRun(look: Look): Promise<Loss> {
  const id = await runId(look);
  if (id === undefined) return describeNewRun(look);
  const document = await look.document("the run and its plan", `/runs/${segment(id)}?${INCLUDE}`);
  if (document === "absent") return { absent: true, rows: [] };
  const reference = refOf(document?.resource, "workspace");
  const workspace =
    reference && (await readWorkspace(look, `/workspaces/${segment(reference.id)}`));
  const resource = workspace === "absent" ? undefined : workspace?.resource;
  const plan = document && planText(document);
  if (document !== undefined && plan === undefined) look.note("its plan: not among the answer");
  return {
    name: nameOf(resource),
    kind: "workspace",
    target: joined([idOf(document?.resource) ?? id, workspaceText(resource)], " of "),
    rows: [
      ...row("run", document && runText(document, look.now)),
      ...row("plan", plan),
      ...row("destroys", document && destroysText(look, document)),
    ],
    reversible: document && isReversible(look, document),
  };
}

function destroysText(look: Look, { resource }: Document): string | undefined {
  if (look.operation.resourceClass !== "destroy-runs") return undefined;
  return flagOf(resource, "is-destroy") === true
    ? "everything that the workspace manages, once it applies"
    : undefined;
}

function isReversible({ operation }: Look, document: Document): boolean | undefined {
  return /\/actions\/force-[a-z]+$/.test(operation.request.path) ? false : isBeforeApply(document);
}

/** The run of the path, or of the policy check, task stage or evaluation that it names. */
async function runId(look: Look): Promise<string | undefined> {
  const { path } = look.operation.target;
  const direct = /^\/(?:admin\/)?runs\/([\w-]+)/.exec(path)?.[1];
  if (direct !== undefined) return direct;
  if (!/^\/(?:policy-checks|task-stages|tf-policy-evaluations)\//.test(path)) return undefined;
  const document = await look.related("the run that it belongs to", path);
  return refOf(document?.resource, "run")?.id;
}

/** A run that does not exist yet: a new one, an upload, an upgrade, or those that apply unasked. */
async function describeNewRun(look: Look): Promise<Loss> {
  const { operation } = look;
  const given = bodyRef(operation, "workspace");
  const path = workspacePath(operation.target) ?? (given && `/workspaces/${segment(given.id)}`);
  const document = path === undefined ? undefined : await readWorkspace(look, path);
  const isUpdate = operation.request.method === "PATCH";
  if (path === undefined && !isUpdate) look.note("the workspace: the request does not name one");
  if (document === "absent") return { absent: true, rows: [] };
  const resource = document?.resource;
  return {
    name: nameOf(resource),
    kind: "workspace",
    target: targetText(organizationOf(resource), nameOf(resource), idOf(resource) ?? given?.id),
    rows: [
      ...row("destroys", isUpdate ? laterRunsText(document) : newRunText(look, document)),
      ...row("changed", document && changedText(document, look.now)),
    ],
  };
}

/** The setting outlives the request: nobody knows what is planned once it is on. */
function laterRunsText(document: Document | undefined): string {
  const count = numberOf(document?.resource, "resource-count");
  const all = count === undefined ? "" : `, of ${counted(count, "resource")} now`;
  return `whatever later runs find${all}: they apply without asking`;
}

function newRunText(look: Look, document: Document | undefined): string {
  const { operation } = look;
  const count = numberOf(document?.resource, "resource-count");
  const all = count === undefined ? "everything" : `all ${counted(count, "resource")}`;
  const applies =
    flagOf(document?.resource, "auto-apply") === true ||
    bodyAttribute(operation, "auto-apply") === true;
  const asks = applies ? ": it applies without asking again" : "";
  return bodyAttribute(operation, "is-destroy") === true
    ? `${all} that the workspace manages${asks}`
    : `whatever its plan finds, of ${all} that the workspace manages${asks}`;
}
