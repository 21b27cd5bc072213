import { defineConfig } from "vitest/config";

// The property tests, with many more inputs: `npm run fuzz`. HOLDFAST_FUZZ_RUNS says how many.
process.env.HOLDFAST_FUZZ_RUNS ??= "20000";

export default defineConfig({
  test: {
    include: [
      "test/fuzz/*.test.ts",
      "test/grants/session-record.test.ts",
      "test/operations/hcp/to-operation.property.test.ts",
      "test/policy/{command-line,decide,session-grant}.test.ts",
      "test/session/{banner,channel,duration,identity,ledger,protocol}.test.ts",
      "test/system/terminal-text.test.ts",
    ],
    // Properties have deadlines of their own that grow with the number of inputs.
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
