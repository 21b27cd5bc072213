import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../src/operations/hcp/route-table.ts";
import { type HcpRequestInput, toOperation } from "../../../src/operations/hcp/to-operation.ts";
import { Failure } from "../../../src/policy/failure.ts";
import { isHarmless, type Operation } from "../../../src/policy/operation.ts";
import { BASE, lookUpsIn } from "./documents.ts";

const numRuns = Number(process.env.HOLDFAST_FUZZ_RUNS ?? 200);
// A deadline for long campaigns; nothing is measured.
const timeout = 60_000 + numRuns * 20;

/** The operation, or undefined when it was refused. Anything else that is thrown fails the test. */
async function attempt(input: HcpRequestInput): Promise<Operation | undefined> {
  try {
    return await toOperation(input, { baseUrl: BASE, lookUps: lookUpsIn({}) });
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 1) return undefined;
    throw error;
  }
}

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

const pathOf = (template: string) =>
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
const value = fc.oneof(fc.constantFrom(true, false, null, "true", "", 0, 1), json);
const attributes = fc.dictionary(spelled, value, { maxKeys: 4 });
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

const inputFor = (routes: readonly { method: string; template: string }[]) =>
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

const ALWAYS = ROUTES.filter((route) => route.class !== undefined && route.rule === undefined);

describe("any request at all", () => {
  it(
    "K2: no DELETE is harmless, whatever its casing, encoding, prefix, query, headers and body",
    async () => {
      const templates = [...ROUTES, { template: "/nothing/{id}/here" }].map(({ template }) => ({
        method: "DELETE",
        template,
      }));
      await fc.assert(
        fc.asyncProperty(inputFor(templates), async (input) => {
          const made = await attempt(input);
          expect(made === undefined || !isHarmless(made)).toBe(true);
          if (made) expect(made.request.method).toBe("DELETE");
        }),
        { numRuns },
      );
    },
    timeout,
  );

  it(
    "K3 K4: a row that destroys without a rule stays destructive under every query and body",
    async () => {
      await fc.assert(
        fc.asyncProperty(inputFor(ALWAYS), async (input) => {
          const made = await attempt(input);
          expect(made === undefined || !isHarmless(made)).toBe(true);
        }),
        { numRuns },
      );
    },
    timeout,
  );

  it(
    "A2: a run that says it destroys, in any spelling and place, is never harmless",
    async () => {
      const spelling = fc.constantFrom(
        "is-destroy",
        "is_destroy",
        "isDestroy",
        "IS-DESTROY",
        "IsDestroy",
      );
      const truthy = value.filter((each) => each !== false && each !== null);
      await fc.assert(
        fc.asyncProperty(
          spelling,
          truthy,
          attributes,
          fc.boolean(),
          async (name, says, more, top) => {
            const inner = { ...more, "plan-only": true };
            const json = top
              ? { [name]: says, data: { attributes: inner } }
              : { data: { attributes: { ...inner, [name]: says } } };
            const made = await attempt({
              method: "POST",
              path: "/runs",
              query: [],
              headers: [],
              body: JSON.stringify(json),
            });
            expect(made === undefined || !isHarmless(made)).toBe(true);
          },
        ),
        { numRuns },
      );
    },
    timeout,
  );

  it(
    "O1 P3: it throws nothing but a Failure, and what it makes is canonical",
    async () => {
      const anything = fc.record({
        method: fc.oneof(fc.constantFrom("GET", "POST", "DELETE"), fc.string()),
        path: fc.oneof(
          fc.string(),
          fc.string({ unit: "binary" }),
          fc.webUrl(),
          fc.webPath(),
          pathOf("/workspaces/{id}"),
        ),
        query: fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string()), { maxLength: 2 }),
        headers: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 2 }),
        body: fc.oneof(fc.string(), fc.json()),
      });
      await fc.assert(
        fc.asyncProperty(anything, async (input) => {
          const made = await attempt(input);
          if (!made) return;
          expect(made.request.path).toMatch(/^\/api(?:\/[A-Za-z0-9_.!~*'()%-]+)*$/);
          expect(made.request.path).not.toMatch(/%(?:2[5ef]|5c|00)|\/\.{1,2}(?:\/|$)/i);
          const again = await attempt({
            ...input,
            path: made.request.path,
            query: made.request.query,
          });
          expect(again).toEqual(made);
        }),
        { numRuns },
      );
    },
    timeout,
  );
});
