// What a person sees of a run of terraform before answering.
//
// T1 Every row is made from the operation alone: no title, no reason and no name that an agent gave.
// T2 What destroys, unprotects or needs review is listed whole, or the card cannot be approved. Where
//    not all fits, what holds nothing and can be made again goes without its evidence first.
// T3 To destroy what holds data, or what cannot be got back, the workspace's name is typed, or the
//    directory's where the workspace is the default one.

import { basename } from "node:path";
import type { Card, CardRow } from "../../policy/card.ts";
import type { TerraformOperation } from "../../policy/operation.ts";
import { isDestruction, type PlannedChange } from "../../policy/planned-change.ts";
import { lengthOf, listedRows, shownWord, wholeRows } from "../command/shown-words.ts";
import {
  consequencesCounted,
  counted,
  countRows,
  graveRows,
  mildRows,
  shownAddress,
  shownText,
} from "./card-changes.ts";

/** More than this, in characters, nobody reads. */
const MOST_SHOWN = 8192;
/** Of files and notes: their content is pinned, or told by the plan, whether they are named or not. */
const MOST_NAMED = 24;
const MOST_IN_QUESTION = 60;

/** The card of a plan, or of the application of one, from the operation alone. */
export function describeTerraform(operation: TerraformOperation): Card {
  return operation.terraform.action === "plan" ? planCard(operation) : applyCard(operation);
}

function planCard(operation: TerraformOperation): Card {
  const { destroy, refreshOnly } = operation.terraform.options;
  const what = destroy ? " to destroy everything" : refreshOnly ? " of a refresh" : "";
  const { rows, isCut } = fitting([...placeRows(operation), ...optionRows(operation)]);
  return {
    question: `Make a plan${what} in ${placeOf(operation)}?`,
    rows: [...rows, ...fileRows(operation)],
    unknown: ["what runs meanwhile: providers and external data run programs while a plan is made"],
    ...(isCut ? { truncated: true } : {}),
  };
}

function applyCard(operation: TerraformOperation): Card {
  const { plan } = operation.terraform;
  const changes = plan?.changes ?? [];
  const place = fitting([
    ...placeRows(operation),
    ...planRows(operation),
    ...optionRows(operation),
  ]);
  const whole = fitting(graveRows(changes));
  const grave = whole.isCut ? fitting(graveRows(changes, true)) : whole;
  const typedName = needsName(changes) ? nameOf(operation) : undefined;
  return {
    question: `Apply plan ${shownWord(plan?.id ?? "(none)")}: ${counted(changes)} in ${placeOf(operation)}?`,
    rows: [
      ...place.rows,
      ...grave.rows,
      ...mildRows(changes),
      ...named("note", plan?.notes ?? [], shownText),
      ...fileRows(operation),
    ],
    unknown: [
      ...(plan === undefined ? ["what it does: there is no plan"] : []),
      ...(plan?.cloud === undefined ? [] : ["what else its run does in HCP Terraform"]),
    ],
    ...(typedName === undefined ? {} : { typedName }),
    ...(place.isCut || grave.isCut || plan === undefined ? { truncated: true } : {}),
  };
}

/** T3 */
function needsName(changes: readonly PlannedChange[]): boolean {
  return changes.some(
    (change) =>
      change.consequence === "unrecoverable" || (isDestruction(change) && change.stateful === true),
  );
}

const nameOf = ({ terraform: { workspace, directory } }: TerraformOperation): string =>
  workspace === "default" || workspace === "" ? basename(directory) || "default" : workspace;

/** `payments (prod)`. */
function placeOf(operation: TerraformOperation): string {
  const name = [...shownWord(nameOf(operation))];
  const short =
    name.length <= MOST_IN_QUESTION
      ? name.join("")
      : `${name.slice(0, MOST_IN_QUESTION).join("")}…`;
  return operation.served === undefined ? short : `${short} (${operation.served})`;
}

function placeRows({ served, terraform }: TerraformOperation): readonly CardRow[] {
  const { directory, workspace, executable, environment, foreign } = terraform;
  const names = Object.keys(environment).map(shownWord);
  return [
    ...(served === undefined ? [] : wholeRows("environment", served)),
    ...wholeRows("in", shownWord(directory)),
    ...wholeRows("workspace", shownWord(workspace)),
    ...wholeRows("runs", shownWord(executable)),
    ...(foreign === undefined ? [] : wholeRows("asks as", foreign)),
    ...listedRows("passes", names.length === 0 ? ["no variables"] : names),
  ];
}

function planRows({ terraform: { plan } }: TerraformOperation): readonly CardRow[] {
  if (plan === undefined) return [];
  const { cloud, changes, expiresAt } = plan;
  const worst = consequencesCounted(changes);
  return [
    ...(cloud === undefined
      ? []
      : wholeRows("run", [cloud.hostname, cloud.organization, cloud.run].map(shownWord).join(" "))),
    ...wholeRows("expires", shownWord(expiresAt)),
    ...countRows(changes),
    ...(worst === "" ? [] : wholeRows("worst", worst)),
  ];
}

function optionRows({ terraform: { options } }: TerraformOperation): readonly CardRow[] {
  const { destroy, refreshOnly, targets, replace, variables } = options;
  const names = Object.keys(variables).map(shownWord);
  return [
    ...(destroy ? wholeRows("mode", "destroy everything") : []),
    ...(refreshOnly ? wholeRows("mode", "refresh only") : []),
    ...targets.flatMap((each) => wholeRows("only", shownAddress(each))),
    ...replace.flatMap((each) => wholeRows("anew", shownAddress(each))),
    ...(names.length === 0 ? [] : wholeRows("variables", names.join(" "))),
  ];
}

function fileRows({ terraform: { files, directory } }: TerraformOperation): readonly CardRow[] {
  const inside = `${directory}/`;
  const shown = (path: string) =>
    shownWord(path.startsWith(inside) ? path.slice(inside.length) : path);
  return named("file", Object.keys(files), shown);
}

/** The first of them, and how many more there are. */
function named(
  label: string,
  all: readonly string[],
  shown: (text: string) => string,
): readonly CardRow[] {
  const rows = all.slice(0, MOST_NAMED).flatMap((each) => wholeRows(label, shown(each)));
  const more = all.length - MOST_NAMED;
  return more <= 0 ? rows : [...rows, { label, text: `and ${more} more` }];
}

/** What fits; where not all does, the last row says how much is missing (T2). */
function fitting(rows: readonly CardRow[]): { rows: readonly CardRow[]; isCut: boolean } {
  let length = 0;
  const whole = rows.findIndex((row) => {
    length += lengthOf(row);
    return length > MOST_SHOWN;
  });
  if (whole === -1) return { rows, isCut: false };
  const text = `(${rows.length - whole} more rows do not fit on a card)`;
  return { rows: [...rows.slice(0, whole), { label: "cut", text }], isCut: true };
}
