import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../src/operations/hcp/route-table.ts";
import { type HcpRequestInput, toOperation } from "../../../src/operations/hcp/to-operation.ts";
import { Failure } from "../../../src/policy/failure.ts";
import { isHarmless, type HcpOperation } from "../../../src/policy/operation.ts";
import { attributes, inputFor, pathOf, value } from "./arbitrary-requests.ts";
import { BASE, lookUpsIn } from "./documents.ts";

const numRuns = Number(process.env.HOLDFAST_FUZZ_RUNS ?? 200);
// A deadline for long campaigns; nothing is measured.
const timeout = 60_000 + numRuns * 20;

/** The operation, or undefined when it was refused. Anything else that is thrown fails the test. */
async function attempt(input: HcpRequestInput): Promise<HcpOperation | undefined> {
  try {
    return await toOperation(input, { baseUrl: BASE, lookUps: lookUpsIn({}) });
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 1) return undefined;
    throw error;
  }
}

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
    "A2: a body that destroys by what it says is never harmless, in any spelling and place",
    async () => {
      const dangerous = fc.constantFrom(
        ["POST", "/runs", "is-destroy"],
        ["PATCH", "/workspaces/ws-1", "auto-apply"],
        ["PATCH", "/workspaces/ws-1", "auto-destroy-at"],
        ["PATCH", "/projects/prj-1", "auto-destroy-activity-duration"],
      );
      const spelling = fc.constantFrom(
        (name: string) => name,
        (name: string) => name.replaceAll("-", "_"),
        (name: string) => name.toUpperCase(),
        (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      );
      const truthy = value.filter((each) => each !== false && each !== null);
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(dangerous, spelling),
          truthy,
          attributes,
          fc.boolean(),
          async ([[method = "", path = "", attribute = ""], spelled], says, more, top) => {
            const inner = { ...more, "plan-only": true };
            const name = spelled(attribute);
            const json = top
              ? { [name]: says, data: { attributes: inner } }
              : { data: { attributes: { ...inner, [name]: says } } };
            const body = JSON.stringify(json);
            const made = await attempt({ method, path, query: [], headers: [], body });
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
