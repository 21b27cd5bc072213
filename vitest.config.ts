import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests start real processes and watch real deadlines: more workers than cores make them wait.
    maxWorkers: 2,
    globalSetup: ["test/support/build-once.ts"],
  },
});
