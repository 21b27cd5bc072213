// What a person sees before answering. Everything on the card comes from the operation itself or was
// looked up just now.
//
// C1 It never throws and never takes longer than its deadline: what is missing stands under
//    `unknown`, with why.
// C2 Nothing that the API answered is changed: whoever shows the card makes it visible.
// C3 Whatever the look-ups find, the exact target is on the card, and so is the exact request unless
//    it is a plain DELETE of that target.

import type { Card, CardRow } from "../../policy/card.ts";
import { type HcpOperation, isHarmless } from "../../policy/operation.ts";
import { DESCRIBERS } from "./describers.ts";
import { classRows, describeGeneric } from "./generic.ts";
import { Look } from "./look.ts";
import { ABSENT_TEXT, type Describer, type Loss, row } from "./loss.ts";
import type { LossReader } from "./reader.ts";
import { requestRows } from "./request-rows.ts";
import { classInfo, typedNameOf } from "./typed-name.ts";
import { describeHarmless, describeUnknown } from "./unknown.ts";

export type { LossReader } from "./reader.ts";

export interface DescribeOptions {
  /** Milliseconds for all look-ups together; 4000 when absent. */
  readonly deadlineMs?: number;
  /** What "3 hours ago" counts from; the real time when absent. */
  readonly now?: Date;
}

const DEADLINE_MS = 4000;

/** The card for an operation that may destroy something. Never rejects. */
export async function describeLoss(
  operation: HcpOperation,
  reader: LossReader,
  { deadlineMs = DEADLINE_MS, now = new Date() }: DescribeOptions = {},
): Promise<Card> {
  const look = new Look({ operation, reader, deadlineMs, now });
  try {
    const loss = await describerOf(operation)(look);
    return cardOf(look, loss);
  } catch {
    // C1: a defect of ours must not cost the person the question.
    look.note("what it would lose: the look-up failed in an unforeseen way");
    return cardOf(look, { rows: classRows(operation), showsRequest: true });
  } finally {
    look.end();
  }
}

function describerOf(operation: HcpOperation): Describer {
  const { resourceClass, impact } = operation;
  if (isHarmless(operation)) return describeHarmless;
  if (classInfo(operation) === undefined || resourceClass === "unknown" || impact === "unknown") {
    return describeUnknown;
  }
  return DESCRIBERS[resourceClass] ?? describeGeneric;
}

function cardOf(look: Look, loss: Loss): Card {
  const { operation } = look;
  const typedName = typedNameOf(operation, loss);
  const absent = loss.absent === true;
  return {
    question: questionOf(operation, loss),
    rows: [
      ...targetRow(operation, loss),
      ...row("found", absent ? ABSENT_TEXT : undefined),
      ...requestFirst(requestRows(operation, absent || loss.showsRequest === true), loss.rows),
    ],
    unknown: look.unknown(!absent),
    ...(typedName === undefined ? {} : { typedName }),
  };
}

/** The safer way stands last, right above the question. */
function requestFirst(request: readonly CardRow[], rows: readonly CardRow[]): CardRow[] {
  const isSafer = ({ label }: CardRow) => label === "safer";
  return [...rows.filter((each) => !isSafer(each)), ...request, ...rows.filter(isSafer)];
}

/** `Delete workspace payments-dev?`; a colon where the title does not end with the kind of thing. */
function questionOf(operation: HcpOperation, loss: Loss): string {
  const info = classInfo(operation);
  if (info === undefined || operation.impact === "unknown") return `${operation.title}?`;
  const name = loss.name ?? operation.target.id;
  if (name === undefined) return `${operation.title}?`;
  const kind = (loss.kind ?? info.singular).toLowerCase();
  const goesOn = kind !== "" && operation.title.toLowerCase().endsWith(kind);
  return `${operation.title}${goesOn ? " " : ": "}${name}?`;
}

/** C3: an answer about something else does not hide what the request is about. */
function targetRow({ target }: HcpOperation, { target: found }: Loss): CardRow[] {
  const { id, path, hostname } = target;
  const names = found !== undefined && (id === undefined || found.includes(id));
  const place = names ? found : found === undefined ? path : `${found}, ${path}`;
  return row("target", `${place}, ${hostname}`);
}
