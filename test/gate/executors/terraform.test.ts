// What came of an apply, as terraform ended and what it said.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProgramEnding } from "../../../src/gate/executors/program.ts";
import { applyOutcome, firstError } from "../../../src/gate/executors/terraform.ts";
import { FUZZ_RUNS } from "../../support/fuzz-runs.ts";

const ended = (how: Partial<ProgramEnding>): ProgramEnding => ({
  stdout: "",
  stderr: "",
  isCut: false,
  ...how,
});
const STALE = "\nError: Saved plan is stale\n\nThe given plan file can no longer be applied\n";

describe("what came of an apply", () => {
  it.each([
    ["applied", ended({ exitCode: 0 }), "Apply complete!"],
    ["failed", ended({ notStarted: "ENOENT" }), ""],
    ["failed", ended({ exitCode: 1 }), STALE],
    ["failed", ended({ exitCode: 1 }), "│ Error: Error acquiring the state lock\n"],
    ["unknown", ended({ exitCode: 1 }), ""],
    ["unknown", ended({ exitCode: 1 }), "Error: something that nobody has seen before\n"],
    ["unknown", ended({ exitCode: 1 }), `aws_instance.a: Creating...\n${STALE}`],
    ["unknown", ended({ exitCode: 1 }), `terraform_data.a (local-exec): ${STALE}`],
    ["unknown", ended({ signal: "SIGKILL" }), STALE],
  ])("O3: %s", (status, ending, output) => {
    expect(applyOutcome(ending, output)).toMatchObject({ status });
  });

  it("O3: is never without effect once anything has begun, whatever is printed", () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...STALE.split("\n")));
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(line),
        fc.integer({ min: 1, max: 255 }),
        (before, after, exitCode) => {
          const output = [...before, "aws_instance.a: Creating...", ...after].join("\n");
          expect(applyOutcome(ended({ exitCode }), output).status).toBe("unknown");
        },
      ),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("says the first error, in a frame or without", () => {
    expect(firstError("│ Error: Invalid value\n│ \n")).toBe("Invalid value");
    expect(firstError("Warning: x\n")).toBeUndefined();
  });
});
