// Which attributes of a collection a table shows, and what a cell says.

import { visible } from "../../system/terminal-text.ts";
import { attributesOf, type Resource } from "./json-api.ts";

/** What tells one record from another, most telling first. */
const TELLING = [
  "name",
  "key",
  "username",
  "email",
  "status",
  "category",
  "value",
  "sensitive",
  "version",
  "message",
  "execution-mode",
  "terraform-version",
  "resource-count",
  "locked",
  "description",
  "source",
  "created-at",
] as const;

const MOST_ATTRIBUTES = 5;

/** A table before it is laid out: cells are one line each, and safe on a terminal. */
export interface Grid {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The records of a collection as a grid: id, type where types differ, the telling attributes. */
export function gridOf(resources: readonly Resource[]): Grid {
  const types = new Set(resources.map(({ type }) => type));
  const attributes = tellingAttributes(resources);
  const heads = ["id", ...(types.size > 1 ? ["type"] : []), ...attributes];
  const rows = resources.map((resource) => [
    cellText(resource.id),
    ...(types.size > 1 ? [cellText(resource.type)] : []),
    ...attributes.map((name) => cellText(own(attributesOf(resource), name))),
  ]);
  return { heads: heads.map(visible), rows };
}

function tellingAttributes(resources: readonly Resource[]): string[] {
  const present = new Set<string>();
  for (const resource of resources)
    for (const [name, value] of Object.entries(attributesOf(resource)))
      if (isTelling(value)) present.add(name);
  const telling = TELLING.filter((name) => present.has(name));
  const chosen = telling.length > 0 ? telling : [...present];
  return chosen.slice(0, MOST_ATTRIBUTES);
}

function isTelling(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && value !== "";
}

/** The lines of one resource: id, type, attributes, then what it is linked to. */
export function linesOf(resource: Resource): [name: string, value: string][] {
  const { relationships } = resource.raw;
  const links = Object.entries(typeof relationships === "object" ? (relationships ?? {}) : {})
    .map(([name, link]) => [name, linkText(link)] as const)
    .filter(([, text]) => text !== "");
  return [
    ["id", cellText(resource.id)],
    ["type", cellText(resource.type)],
    ...Object.entries(attributesOf(resource)).map(([name, value]): [string, string] => [
      visible(name),
      cellText(value),
    ]),
    ...links.map(([name, text]): [string, string] => [visible(name), text]),
  ];
}

function linkText(link: unknown): string {
  const data = typeof link === "object" && link !== null ? own(link, "data") : undefined;
  return (Array.isArray(data) ? data : [data])
    .map((one) => (typeof one === "object" && one !== null ? own(one, "id") : undefined))
    .filter((id) => typeof id === "string")
    .map((id) => visible(id))
    .join(", ");
}

function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

/** One value as one line that is safe on a terminal; `-` where there is none. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  if (typeof value === "string") return visible(value);
  return visible(compactJson(value));
}

function compactJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "(nested too deeply to show)";
  }
}
