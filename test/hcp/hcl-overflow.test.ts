// In a file of its own: after an overflow this process parses no HCL any more, as it should.

import { expect, it } from "vitest";
import { parseHcl } from "../../src/hcp/hcl.ts";
import { Failure } from "../../src/policy/failure.ts";

it("P2: an overflow that the depth check did not foresee is a failure, and so is what follows", async () => {
  // Unary operators nest without brackets.
  const overflow = parseHcl(`a = ${"!".repeat(20_000)}true`, "deep.tf");
  await expect(overflow).rejects.toThrow(Failure);
  await expect(parseHcl("a = 1", "next.tf")).rejects.toThrow(Failure);
});
