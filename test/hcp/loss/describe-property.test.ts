// C1: whatever the API answers, there is a card.

import fc from "fast-check";
import { expect, it } from "vitest";
import { describeLoss, type LossReader } from "../../../src/hcp/loss/describe.ts";
import { EXIT } from "../../../src/policy/exit-code.ts";
import { Failure } from "../../../src/policy/failure.ts";
import type { HcpOperation } from "../../../src/policy/operation.ts";
import { RESOURCE_CLASSES, type ResourceClass } from "../../../src/policy/resource-class.ts";

const NAMES = Object.keys(RESOURCE_CLASSES) as ResourceClass[];

const PATHS = [
  "/workspaces/ws-1",
  "/organizations/acme/workspaces/a%20b",
  "/projects/prj-1",
  "/organizations/acme",
  "/runs",
  "/runs/run-1",
  "/policy-checks/pc-1",
  "/workspaces/ws-1/vars/var-1",
  "/vars/var-1",
  "/varsets/varset-1/relationships/workspaces",
  "/workspaces/ws-1/relationships/tag-bindings",
  "/organizations/acme/registry-modules/private/acme/network/aws",
  "/api/registry/private/v2/gpg-keys/acme/1",
  "/..",
  "/",
];

/** Text that is awkward somewhere: in a path, in an object, on a terminal. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom("__proto__", "toString", "..", "\ud800", "\u202e", "", "ws-1", "applying"),
);
const id = fc.oneof(text, fc.constantFrom("ws-1", "acme"));

const NAMES_OF_ATTRIBUTES =
  "name key resource-count locked locked-reason sensitive status is-destroy created-at last-used-at version-statuses updated-at vcs-repo destination-type access global global-remote-state auto-apply serial description".split(
    " ",
  );
const attributes = fc.dictionary(fc.constantFrom(...NAMES_OF_ATTRIBUTES), fc.jsonValue());
const ref = fc.record({ type: text, id });
const relationships = fc.dictionary(
  fc.constantFrom(
    ..."organization workspace workspaces projects run plan team task locked-by current-run owner users".split(
      " ",
    ),
  ),
  fc.oneof(fc.record({ data: fc.oneof(ref, fc.array(ref), fc.constant(null)) }), fc.jsonValue()),
);
const resource = fc.record({ type: text, id, attributes, relationships });
const pagination = fc.record({
  "total-count": fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
  "total-pages": fc.oneof(fc.integer(), fc.constant(1e300)),
});
const document = fc.oneof(
  fc.jsonValue(),
  fc.record({ data: resource, included: fc.oneof(fc.array(resource), fc.jsonValue()) }),
  fc.record({
    data: fc.array(fc.oneof(resource, fc.jsonValue())),
    meta: fc.record({ pagination }),
  }),
);

const refusal = fc.oneof(
  fc.constant(
    new Failure("forbidden", "GET /api/v2/x: 403 Forbidden", { exitCode: EXIT.notFound }),
  ),
  fc.constant(new Error("a defect")),
  fc.constant(undefined),
  fc.jsonValue(),
);
const answer = fc.oneof(
  { weight: 6, arbitrary: document.map((value) => ({ value })) },
  { weight: 1, arbitrary: fc.constant({ value: undefined }) },
  { weight: 1, arbitrary: refusal.map((error) => ({ error })) },
);

const operation: fc.Arbitrary<HcpOperation> = fc
  .record({
    resourceClass: fc.constantFrom<ResourceClass | "unknown">(...NAMES, "unknown"),
    path: fc.constantFrom(...PATHS),
    method: fc.constantFrom("DELETE", "POST", "PATCH"),
    id: fc.option(id, { nil: undefined }),
    body: fc.option(
      fc.oneof(
        fc.json(),
        text,
        document.map((value) => JSON.stringify(value)),
      ),
      {
        nil: undefined,
      },
    ),
  })
  .map(({ resourceClass, path, method, id: targetId, body }) => ({
    kind: "hcp",
    title: "Delete it",
    impact: resourceClass === "unknown" ? "unknown" : "destroy",
    resourceClass,
    reversibility:
      resourceClass === "unknown" ? "irreversible" : RESOURCE_CLASSES[resourceClass].reversibility,
    items: 1,
    target: { hostname: "h", path, ...(targetId === undefined ? {} : { id: targetId }) },
    request: {
      method,
      path: `/api/v2${path}`,
      query: [],
      headers: {},
      ...(body === undefined ? {} : { body }),
    },
  }));

it("C1: there is a card for any operation and any answers, with the target on it", async () => {
  await fc.assert(
    fc.asyncProperty(operation, fc.array(answer, { minLength: 1 }), async (given, answers) => {
      let turn = 0;
      const asked: string[] = [];
      const reader: LossReader = {
        async get(path) {
          asked.push(path);
          const next = answers[turn++ % answers.length];
          if (next !== undefined && "error" in next) throw next.error;
          return next?.value;
        },
      };
      const card = await describeLoss(given, reader, { deadlineMs: 30_000 });
      expect(card.rows[0]?.label).toBe("target");
      expect(card.unknown.join("\n")).not.toContain("what it would lose");
      if (given.reversibility === "irreversible") expect(card.typedName).toBeTruthy();
      if (given.reversibility === "reversible") expect(card.typedName).toBeUndefined();
      for (const path of asked) expect(path).not.toMatch(/\/\.{1,2}(?:[/?]|$)/);
      expect(asked.length).toBeLessThan(60);
    }),
    { numRuns: 1500 },
  );
}, 60_000);

it("C1: a reader that throws at once is no exception", async () => {
  const broken: LossReader = {
    get() {
      throw new Error("not even a promise");
    },
  };
  await fc.assert(
    fc.asyncProperty(operation, async (given) => {
      const card = await describeLoss(given, broken);
      expect(card.rows[0]?.label).toBe("target");
    }),
  );
});
