// What a describer finds out about one operation, before it becomes a card.

import type { CardRow } from "../../policy/card.ts";
import type { Look } from "./look.ts";

export interface Loss {
  /** The target's name as the API gave it, or the id that stands for it. */
  readonly name?: string | undefined;
  /** What kind of thing the name names, where that is not the class's own kind. */
  readonly kind?: string;
  /** The target with its id, without the hostname: `acme/payments-dev (ws-8ZkQ)`. */
  readonly target?: string | undefined;
  /** The API answers 404 for the target. */
  readonly absent?: boolean;
  /** In the order in which they are shown. */
  readonly rows: readonly CardRow[];
  /** Of a class where the resource decides: what the look-ups show; undefined when they cannot. */
  readonly reversible?: boolean | undefined;
  /** The request stands on the card even when it is a plain DELETE. */
  readonly showsRequest?: boolean;
}

/** Never rejects: what it cannot look up, `look` has noted. */
export type Describer = (look: Look) => Promise<Loss>;

/** A row, or none where there is nothing to say. */
export function row(label: string, text: string | undefined): CardRow[] {
  return text === undefined || text === "" ? [] : [{ label, text }];
}

/** `acme/payments-dev (ws-8ZkQ)`, with the parts that are known. */
export function targetText(
  organization: string | undefined,
  name: string | undefined,
  id: string | undefined,
): string | undefined {
  const known = name ?? id;
  if (known === undefined) return undefined;
  const place = organization === undefined ? known : `${organization}/${known}`;
  return name !== undefined && id !== undefined && id !== name ? `${place} (${id})` : place;
}

export const ABSENT_TEXT = "does not exist (the API answers 404), or this token may not see it";
