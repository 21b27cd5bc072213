// Looking into data that somebody else wrote.

import type { Json, JsonObject } from "./manifest.ts";

/** The value, where it is a mapping. */
export function objectIn(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value, where it is a list. */
export function listIn(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? (value as readonly Json[]) : undefined;
}

/** The value, where it is text that is not empty. */
export function textIn(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What is below a path of names. */
export function below(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let at = value;
  for (const name of path) {
    const object = objectIn(at);
    at = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return at;
}
