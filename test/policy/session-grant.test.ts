import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reversibility } from "../../src/policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../src/policy/resource-class.ts";
import {
  classStanding,
  coverage,
  type GrantQuery,
  narrow,
  type SessionGrant,
} from "../../src/policy/session-grant.ts";
import { ROUTES } from "../../src/operations/hcp/route-table.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const HOST = "app.terraform.io";
const CLASSES = Object.keys(RESOURCE_CLASSES) as ResourceClass[];
const grantOf = (...names: (ResourceClass | "all")[]): SessionGrant => ({
  hostname: HOST,
  classes: names.filter((name) => name !== "all"),
  wildcard: names.includes("all"),
});
const queryOf = (
  resourceClass: GrantQuery["resourceClass"],
  reversibility: Reversibility,
): GrantQuery => ({ resourceClass, reversibility, hostname: HOST });

describe("the grant's rule reads aloud", () => {
  it.each<[string, SessionGrant, GrantQuery, object]>([
    [
      "its name",
      grantOf("projects"),
      queryOf("projects", "irreversible"),
      { covered: "yes", by: "name" },
    ],
    [
      "another name",
      grantOf("vars"),
      queryOf("varset-vars", "reversible"),
      { reason: "class-not-granted" },
    ],
    [
      "a link's class is not what is linked",
      grantOf("workspaces"),
      queryOf("varset-workspaces", "reversible"),
      { reason: "class-not-granted" },
    ],
    [
      "what is linked is not its link",
      grantOf("varset-workspaces"),
      queryOf("workspaces", "reversible"),
      { reason: "class-not-granted" },
    ],
    [
      "a wildcard, reversible",
      grantOf("all"),
      queryOf("workspaces", "reversible"),
      { covered: "yes", by: "wildcard" },
    ],
    [
      "a wildcard, irreversible",
      grantOf("all"),
      queryOf("workspaces", "irreversible"),
      { reason: "not-reversible" },
    ],
    [
      "a wildcard, it depends",
      grantOf("all"),
      queryOf("workspaces", "depends"),
      { needs: ["reversibility"] },
    ],
    [
      "a name beats what depends",
      grantOf("all", "workspaces"),
      queryOf("workspaces", "depends"),
      { by: "name" },
    ],
    [
      "an unknown class",
      grantOf("all", ...CLASSES),
      queryOf("unknown", "reversible"),
      { reason: "unknown-class" },
    ],
    [
      "a class of the prototype",
      grantOf("all"),
      queryOf("toString" as ResourceClass, "reversible"),
      { reason: "unknown-class" },
    ],
    [
      "another host",
      grantOf("vars"),
      { ...queryOf("vars", "reversible"), hostname: "evil" },
      { reason: "other-hostname" },
    ],
    [
      "another port",
      grantOf("vars"),
      { ...queryOf("vars", "reversible"), hostname: `${HOST}:8443` },
      { reason: "other-hostname" },
    ],
    [
      "its organization",
      { ...grantOf("vars"), organization: "acme" },
      { ...queryOf("vars", "reversible"), organization: "acme" },
      { by: "name" },
    ],
    [
      "another organization",
      { ...grantOf("vars"), organization: "acme" },
      { ...queryOf("vars", "reversible"), organization: "globex" },
      { reason: "other-organization" },
    ],
    [
      "an organization to look up",
      { ...grantOf("vars"), organization: "acme" },
      queryOf("vars", "reversible"),
      { needs: ["organization"] },
    ],
    [
      "both to look up",
      { ...grantOf("all"), organization: "acme" },
      queryOf("vars", "depends"),
      { needs: ["organization", "reversibility"] },
    ],
  ])("%s", (_, grant, query, covered) => {
    expect(coverage(grant, query)).toMatchObject(covered);
  });
});

const grants = fc.record({
  hostname: fc.constantFrom(HOST, "other"),
  classes: fc.subarray(CLASSES, { maxLength: 5 }),
  wildcard: fc.boolean(),
});
const queries = fc.record({
  resourceClass: fc.constantFrom("unknown" as const, ...CLASSES),
  reversibility: fc.constantFrom<Reversibility>("reversible", "irreversible", "depends"),
  hostname: fc.constantFrom(HOST, "other"),
});

describe("G1 to G4, whatever is granted and asked", () => {
  it("covered means: this host, and by name, or reversible under a wildcard", () => {
    fc.assert(
      fc.property(grants, queries, (grant, query) => {
        const found = coverage(grant, query);
        if (found.covered !== "yes") return;
        expect(query.hostname).toBe(grant.hostname);
        expect(query.resourceClass).not.toBe("unknown");
        const isNamed = grant.classes.includes(query.resourceClass as ResourceClass);
        expect(found.by).toBe(isNamed ? "name" : "wildcard");
        if (!isNamed) expect([grant.wildcard, query.reversibility]).toEqual([true, "reversible"]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("G2, C2: a wildcard alone never covers an irreversible or unknown class, on any route", () => {
    const wildcard = grantOf("all");
    for (const { class: name, template } of ROUTES) {
      if (name === undefined) continue;
      const { reversibility } = RESOURCE_CLASSES[name];
      const { covered } = coverage(wildcard, queryOf(name, reversibility));
      const expected = { reversible: "yes", irreversible: "no", depends: "look-up" };
      expect(covered, template).toBe(expected[reversibility]);
      expect(coverage(wildcard, queryOf(name, "irreversible")).covered, template).toBe("no");
    }
    expect(coverage(wildcard, queryOf("unknown", "reversible")).covered).toBe("no");
  });

  it("what explain prints of a class is what the host decides of it", () => {
    fc.assert(
      fc.property(grants, fc.constantFrom(...CLASSES), (grant, name) => {
        const { reversibility } = RESOURCE_CLASSES[name];
        const query = { ...queryOf(name, reversibility), hostname: grant.hostname };
        const expected = { yes: "allowed", no: "refused", "look-up": "depends" };
        expect(classStanding(grant, name)).toBe(expected[coverage(grant, query).covered]);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("N8: narrowing keeps only what the outer session could ever cover", () => {
    fc.assert(
      fc.property(fc.subarray(CLASSES), grants, (inner, outer) => {
        const { kept, dropped } = narrow(inner, outer);
        expect([...kept, ...dropped].sort()).toEqual([...inner].sort());
        for (const name of inner) {
          const could = (["reversible", "irreversible", "depends"] as const).some((one) => {
            const query = { ...queryOf(name, one), hostname: outer.hostname };
            return (
              (RESOURCE_CLASSES[name].reversibility !== "irreversible" ||
                outer.classes.includes(name)) &&
              coverage(outer, query).covered === "yes"
            );
          });
          expect(kept.includes(name)).toBe(could);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
