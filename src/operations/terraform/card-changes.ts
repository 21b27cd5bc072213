// The changes of a plan as rows of a card: what is lost first, and whole; what is only made, in sum.
//
// R1 Every change that destroys, lets go of, unprotects or needs review has rows of its own, with all
//    its evidence, stateful ones first and the worst of them first.
// R2 What is mild may be shown by type and number where its addresses would not fit.

import type { CardRow } from "../../policy/card.ts";
import { CONSEQUENCES, isDestruction, type PlannedChange } from "../../policy/planned-change.ts";
import { shownWord, wholeRows } from "../command/shown-words.ts";
import { stricter } from "./consequences.ts";

/** More than this of mild changes, in characters, is summed up. */
const MOST_OF_MILD = 4096;
/** In one line of counts; the changes themselves stand below. */
const MOST_TYPES = 12;

/** An address as Terraform writes it, where nothing in it could look like anything else. */
export function shownAddress(address: string): string {
  return /^[\w.\-[\]"/:@=+]+$/.test(address) ? address : shownWord(address);
}

/** Evidence and notes are ours but for names and values in them. */
export function shownText(text: string): string {
  return /^[\x20-\x7e…]+$/.test(text) && !/ {2}|^ | $/.test(text) ? text : shownWord(text);
}

/** Whether a person must see it by itself (R1). */
export function isGrave(change: PlannedChange): boolean {
  return (
    isDestruction(change) ||
    change.unprotects !== undefined ||
    change.consequence === "needs review" ||
    change.consequence === "recoverable from backup" ||
    change.consequence === "unrecoverable"
  );
}

/** The graver first: what destroys, what is stateful, what is worse; then as Terraform orders them. */
export function byGravity(one: PlannedChange, other: PlannedChange): number {
  const weight = (change: PlannedChange): readonly number[] => [
    isDestruction(change) ? 0 : 1,
    change.stateful === true ? 0 : 1,
  ];
  for (const [index, mine] of weight(one).entries()) {
    const difference = mine - (weight(other)[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (one.consequence === other.consequence) return 0;
  return stricter(one.consequence, other.consequence) === one.consequence ? -1 : 1;
}

const LABELS = {
  create: "create",
  update: "change",
  delete: "destroy",
  replace: "replace",
  forget: "forget",
  move: "move",
  import: "import",
  read: "read",
} as const satisfies Record<PlannedChange["action"], string>;

/** What is destroyed, but holds nothing, and can be made again. */
const isPlain = ({ stateful, consequence, unprotects }: PlannedChange): boolean =>
  stateful !== true &&
  unprotects === undefined &&
  (consequence === "reversible" || consequence === "recoverable with effort");

/**
 * The rows of every grave change (R1).
 *
 * @param isTerse what holds nothing and can be made again is named with its consequence alone
 */
export function graveRows(changes: readonly PlannedChange[], isTerse = false): readonly CardRow[] {
  return changes
    .filter(isGrave)
    .sort(byGravity)
    .flatMap((change) => (isTerse && isPlain(change) ? terseRows(change) : wholeChange(change)));
}

function terseRows({ action, address, consequence }: PlannedChange): readonly CardRow[] {
  return wholeRows(LABELS[action], `${shownAddress(address)}: ${consequence}`);
}

function wholeChange(change: PlannedChange): readonly CardRow[] {
  const { action, address, from, type, stateful, consequence, evidence, unprotects } = change;
  const kind = stateful === true ? ` (${shownWord(type)}: holds data)` : "";
  const was = from === undefined ? "" : `, was ${shownAddress(from)}`;
  return [
    ...wholeRows(LABELS[action], `${shownAddress(address)}${was}${kind}`),
    ...wholeRows("means", consequence),
    ...evidence.flatMap((each) => wholeRows("because", shownText(each))),
    ...(unprotects === undefined ? [] : wholeRows("unprotects", shownText(unprotects))),
  ];
}

const COUNTED = ["delete", "replace", "forget", "update", "create", "move", "import"] as const;

/** `destroy 3, replace 1, create 4`: how many there are of each. */
export function counted(changes: readonly PlannedChange[]): string {
  const parts = COUNTED.flatMap((action) => {
    const many = changes.filter((each) => each.action === action).length;
    return many === 0 ? [] : [`${LABELS[action]} ${many}`];
  });
  return parts.length === 0 ? "no changes" : parts.join(", ");
}

/** `destroy 2 aws_db_instance, 1 aws_subnet`: by type, those that hold data first. */
export function countRows(changes: readonly PlannedChange[]): readonly CardRow[] {
  return COUNTED.flatMap((action) => {
    const mine = changes.filter((each) => each.action === action);
    const types = [...new Set([...mine].sort(statefulFirst).map(({ type }) => type))];
    const parts = types.slice(0, MOST_TYPES).map((type) => {
      const many = mine.filter((each) => each.type === type).length;
      return `${many} ${shownWord(type)}`;
    });
    const more = types.length > MOST_TYPES ? [`${types.length - MOST_TYPES} more types`] : [];
    return mine.length === 0
      ? []
      : wholeRows("does", `${LABELS[action]} ${[...parts, ...more].join(", ")}`);
  });
}

const statefulFirst = (one: PlannedChange, other: PlannedChange): number =>
  Number(other.stateful === true) - Number(one.stateful === true);

/** `unrecoverable 1, needs review 2`: the worst first. */
export function consequencesCounted(changes: readonly PlannedChange[]): string {
  const many = (consequence: PlannedChange["consequence"]) =>
    changes.filter((each) => each.consequence === consequence).length;
  return [...CONSEQUENCES]
    .sort((one, other) => (one === other ? 0 : stricter(one, other) === one ? -1 : 1))
    .filter((each) => many(each) > 0)
    .map((each) => `${each} ${many(each)}`)
    .join(", ");
}

/** The rows of every other change, by action and type (R2). */
export function mildRows(changes: readonly PlannedChange[]): readonly CardRow[] {
  const mild = changes.filter((change) => !isGrave(change));
  const rows = groupsOf(mild).flatMap(({ label, type, members }) => [
    ...wholeRows(label, `${members.length} ${shownWord(type)}`),
    ...members.flatMap(({ address, from }) =>
      wholeRows(
        label,
        from === undefined
          ? shownAddress(address)
          : `${shownAddress(from)} -> ${shownAddress(address)}`,
      ),
    ),
  ]);
  const length = rows.reduce((sum, { text }) => sum + text.length, 0);
  if (length <= MOST_OF_MILD) return rows;
  return groupsOf(mild).flatMap(({ label, type, members }) =>
    wholeRows(label, `${members.length} ${shownWord(type)} (too many to name here)`),
  );
}

interface Group {
  readonly label: string;
  readonly type: string;
  readonly members: readonly PlannedChange[];
}

function groupsOf(changes: readonly PlannedChange[]): readonly Group[] {
  const groups = new Map<string, PlannedChange[]>();
  const order = Object.keys(LABELS);
  const sorted = [...changes].sort(
    (one, other) => order.indexOf(one.action) - order.indexOf(other.action),
  );
  for (const change of sorted) {
    const key = `${change.action} ${change.type}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [{ label: LABELS[first.action], type: first.type, members }];
  });
}
