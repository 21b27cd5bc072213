// Requests at random: most of them such that a server would take them.

import fc from "fast-check";
import type { HcpRequestInput } from "../../../src/operations/hcp/to-operation.ts";
import { BASE } from "./documents.ts";

const casing = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) =>
      [...word].map((c, i) => (upper[i] ? c.toUpperCase() : c.toLowerCase())).join(""),
    );

/** Mostly what a server would take, so that most requests get past the refusals. */
const trickyId = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...["ws-1", "vars", "workspaces", "actions", "relationships", "test", "validation"],
      ...["ws-1.json", "a b", "é", "%41", "__proto__"],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("%2e", "..", "", ";", "%25", "{id}") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
);

/** Some letters of a segment, percent-encoded: a reader that decodes sees the same segment. */
const escapedAtRandom = (text: string) =>
  fc
    .array(fc.integer({ min: 0, max: 5 }), { minLength: text.length, maxLength: text.length })
    .map((dice) =>
      [...text]
        .map((c, i) => (dice[i] === 0 && /[a-z]/.test(c) ? `%${c.charCodeAt(0).toString(16)}` : c))
        .join(""),
    );

export const pathOf = (template: string) =>
  fc
    .tuple(
      ...template
        .split("/")
        .map((segment) => (segment.startsWith("{") ? trickyId : escapedAtRandom(segment))),
    )
    .chain((segments) =>
      fc
        .constantFrom("", "/api/v2", "api/v2", BASE.origin, `${BASE.origin}/api/v2`)
        .map((prefix) => {
          const path = segments.join("/");
          return template.startsWith("/api/") ? path : prefix + path;
        }),
    );

const ATTRIBUTES = [
  "is-destroy",
  "plan-only",
  "auto-apply",
  "speculative",
  "auto-queue-runs",
  "auto-destroy-at",
  "sensitive",
  "_method",
  "id",
  "type",
  "__proto__",
  "constructor",
];
const spelled = fc.constantFrom(...ATTRIBUTES).chain((name) =>
  fc.constantFrom(
    name,
    name.replaceAll("-", "_"),
    name.toUpperCase(),
    name.replace(/-(.)/g, (_, c: string) => c.toUpperCase()),
  ),
);
/** Small numbers only: bodies with numbers that cannot be kept exactly are refused. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((made): unknown =>
    JSON.parse(JSON.stringify(made), (_, each) =>
      typeof each === "number" ? Math.trunc(each % 1000) : each,
    ),
  );
export const value = fc.oneof(fc.constantFrom(true, false, null, "true", "", 0, 1), json);
export const attributes = fc.dictionary(spelled, value, { maxKeys: 4 });
const bodyJson = fc.oneof(
  attributes,
  attributes.map((all) => ({ data: { attributes: all } })),
  fc.tuple(attributes, attributes).map(([top, all]) => ({
    ...top,
    data: { attributes: all, relationships: { workspace: { data: { id: "ws-1" } } } },
  })),
  fc.array(fc.record({ id: fc.string() }), { maxLength: 3 }).map((data) => ({ data })),
  json,
);
const body = fc.option(
  fc.oneof(
    { weight: 9, arbitrary: bodyJson.map((made) => JSON.stringify(made)) },
    { weight: 1, arbitrary: fc.string() },
  ),
  { nil: undefined },
);
const query = fc.array(
  fc.tuple(
    fc.oneof(spelled, fc.constantFrom("include", "data[attributes][is-destroy]"), fc.string()),
    fc.string(),
  ),
  { maxLength: 2 },
);
const CONTENT_TYPES = [
  "application/vnd.api+json",
  "application/json; charset=utf-8",
  "application/x-www-form-urlencoded",
  "text/plain",
];
const headers = fc.oneof(
  { weight: 5, arbitrary: fc.constant<[string, string][]>([]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(casing("content-type"), fc.constantFrom(...CONTENT_TYPES))
      .map((header): [string, string][] => [header]),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<[string, string][]>(
      [["X-HTTP-Method-Override", "GET"]],
      [["x y", "a\r\nb"]],
    ),
  },
);

export const inputFor = (routes: readonly { method: string; template: string }[]) =>
  fc
    .constantFrom(...routes)
    .chain(({ method, template }) =>
      fc
        .record({ method: casing(method), path: pathOf(template), query, headers, body })
        .map(
          ({ body: text, ...rest }): HcpRequestInput =>
            text === undefined ? rest : { ...rest, body: text },
        ),
    );
