// Data of a cluster without the values of its Secrets.
//
// Z1 Every value of a Secret is replaced, wherever the Secret is: by itself, in a list, in a list of
//    lists, or as JSON within text, as in the annotation that `kubectl apply` leaves behind.
// Z2 A Secret is known by its kind, whatever group or version it claims: masking too much is no harm.

import { listIn, objectIn } from "./json.ts";
import type { Json, JsonObject } from "./manifest.ts";

/** What stands for a value: gets the value as text. */
export type Mask = (value: string) => string;

/** The data with every value of a Secret masked (Z1). */
export function masked(value: Json, mask: Mask): Json {
  if (typeof value === "string") return maskedText(value, mask);
  const list = listIn(value);
  if (list !== undefined) return list.map((each) => masked(each, mask));
  const object = objectIn(value);
  if (object === undefined) return value;
  const { kind } = object;
  if (isCalled(kind, "secretlist")) return maskedList(object, mask);
  return isCalled(kind, "secret") ? maskedSecret(object, mask) : mapped(object, mask);
}

const isCalled = (kind: Json | undefined, name: string): boolean =>
  typeof kind === "string" && kind.toLowerCase() === name;

function mapped(object: JsonObject, mask: Mask): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, each]) => [name, masked(each, mask)]),
  );
}

/** The items of a typed list may leave out what they are. */
function maskedList(list: JsonObject, mask: Mask): JsonObject {
  const { items, ...rest } = list;
  const secrets = (listIn(items) ?? []).map((each) => {
    const object = objectIn(each);
    return object === undefined ? maskedValues(each, mask) : maskedSecret(object, mask);
  });
  return { ...mapped(rest, mask), items: secrets };
}

const HOLDS_VALUES: ReadonlySet<string> = new Set(["data", "stringdata", "binarydata"]);

function maskedSecret(secret: JsonObject, mask: Mask): JsonObject {
  return Object.fromEntries(
    Object.entries(secret).map(([name, each]) => [
      name,
      HOLDS_VALUES.has(name.toLowerCase()) ? maskedValues(each, mask) : masked(each, mask),
    ]),
  );
}

/** Names stay, values go, whatever shape they have. */
function maskedValues(value: Json, mask: Mask): Json {
  if (value === null) return value;
  const list = listIn(value);
  if (list !== undefined) return list.map((each) => maskedValues(each, mask));
  const object = objectIn(value);
  if (object === undefined) return mask(String(value));
  return Object.fromEntries(
    Object.entries(object).map(([name, each]) => [name, maskedValues(each, mask)]),
  );
}

/** Text that is JSON with a Secret in it is masked as such (Z1). */
function maskedText(text: string, mask: Mask): string {
  if (!/^\s*[[{]/.test(text) || !/secret/i.test(text)) return text;
  try {
    const data = JSON.parse(text) as Json;
    const without = masked(data, mask);
    return JSON.stringify(without) === JSON.stringify(data) ? text : JSON.stringify(without);
  } catch {
    return text;
  }
}

/** Every value of a Secret in the data, as it is written and, where it is base64, as what it means. */
export function secretValuesIn(value: Json): string[] {
  const found = new Set<string>();
  masked(value, (each) => {
    found.add(each);
    const decoded = Buffer.from(each, "base64");
    if (decoded.toString("base64") === each && decoded.length > 0) found.add(decoded.toString());
    return each;
  });
  return [...found];
}
