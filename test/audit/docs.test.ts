import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { AUDIT_EVENTS } from "../../src/policy/audit-entry.ts";

it("docs/audit.md lists every event, in its words and order", () => {
  const rows = readFileSync("docs/audit.md", "utf8")
    .split("\n")
    .filter((line) => /^\| `[a-z-]+` \| (an?|the|what) /.test(line) && !line.includes("/"));
  const expected = Object.entries(AUDIT_EVENTS).map(
    ([event, when]) => `| \`${event}\` | ${when} |`,
  );
  expect(rows).toEqual(expected);
});
