import { expect, it } from "vitest";
import { redirectTarget } from "../../src/hcp/redirect.ts";

const from = new URL("https://tfe.test/api/v2/a");
const answer = (status: number, location?: string) => ({
  status,
  headers: location === undefined ? {} : { location },
  body: Buffer.alloc(0),
});

it.each([
  ["https://archive.test/x", "https://archive.test/x"],
  ["//archive.test/x", "https://archive.test/x"],
  ["b", "https://tfe.test/api/v2/b"],
])("%s leads to %s", (location, expected) => {
  expect(redirectTarget(answer(302, location), from, 0)?.href).toBe(expected);
});

it.each([
  [200, "/b"],
  [304, "/b"],
  [302, undefined],
])("%i with location %s is final", (status, location) => {
  expect(redirectTarget(answer(status, location), from, 0)).toBeUndefined();
});

it.each(["http://tfe.test/api/v2/a", "http://127.0.0.1/x", "javascript:alert(1)", "https://"])(
  "R3: from https to %s is refused",
  (location) => {
    expect(() => redirectTarget(answer(302, location), from, 0)).toThrow(
      /^tfe\.test\/api\/v2\/a redirects/,
    );
  },
);
