// Parsers throw nothing but what they say they throw, whatever they are given.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/operations/hcp/route-table.ts";
import { toOperation } from "../../src/operations/hcp/to-operation.ts";
import { Failure } from "../../src/policy/failure.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import { apiLine } from "../../src/policy/command-line.ts";
import {
  isResourceClass,
  nearestResourceClass,
  parseAllowDelete,
  RESOURCE_CLASSES,
  WILDCARDS,
} from "../../src/policy/resource-class.ts";
import { canonicalHostname, resolveAddress } from "../../src/hcp/address.ts";
import { isLoopbackHost } from "../../src/system/http-loopback.ts";
import { MAX_LINEAGE, type ProcessInfo, walkLineage } from "../../src/system/processes.ts";
import { parseEnvironment, parseStat } from "../../src/system/processes-procfs.ts";
import { proxyFor } from "../../src/system/proxy.ts";
import { inputFor } from "../operations/hcp/arbitrary-requests.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";

const numRuns = FUZZ_RUNS;
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
);

/** The result, or undefined where a Failure was thrown; whatever else is thrown fails the test. */
function attempt<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

describe("--allow-delete", () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(RESOURCE_CLASSES), ...WILDCARDS), text);
  it("C4: known classes and wildcards, or Failure that names the nearest", () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 4 }), (values) => {
        const made = attempt(() => parseAllowDelete(values));
        for (const each of made?.classes ?? []) expect(isResourceClass(each)).toBe(true);
        const nearest = nearestResourceClass(values.join(","));
        expect(isResourceClass(nearest) || nearest === "all" || nearest === "reversible").toBe(
          true,
        );
      }),
      { numRuns },
    );
  });
});

describe("/proc", () => {
  const words = fc
    .array(fc.oneof(fc.integer().map(String), text), { minLength: 20, maxLength: 24 })
    .map((fields) => fields.join(" "));
  const stat = fc.oneof(
    text,
    fc.tuple(fc.nat(), text, words).map(([pid, name, rest]) => `${pid} (${name}) ${rest}`),
  );

  it("L1: a stat line is a process with whole numbers, or nothing", () => {
    fc.assert(
      fc.property(stat, (line) => {
        const made = parseStat(line);
        if (made === undefined) return;
        for (const value of [made.pid, made.ppid, made.started, made.terminal])
          expect(Number.isSafeInteger(value)).toBe(true);
      }),
      { numRuns },
    );
  });

  it("L1: a name that imitates the rest of the line changes nothing", () => {
    const evil = fc.oneof(text, fc.constantFrom(") S 1 1 1 0", "a) R 0 ", "((", "))", "\n"));
    fc.assert(
      fc.property(evil, fc.nat(4_000_000), fc.nat(), (name, ppid, started) => {
        fc.pre(!name.includes("\0"));
        const fields = ["S", ppid, 1, 1, 34816, ...Array(14).fill(0), started, 0, 0];
        const made = parseStat(`77 (${name}) ${fields.join(" ")}\n`);
        expect(made).toEqual({ pid: 77, ppid, started, terminal: 34816, name });
      }),
      { numRuns },
    );
  });

  it("an environment is names and values, the first of two counting", () => {
    fc.assert(
      fc.property(fc.array(text), (entries) => {
        const made = parseEnvironment(entries.join("\0"));
        for (const [name, value] of made) {
          expect(name).not.toMatch(/^$|[=\0]/);
          expect(value).not.toContain("\0");
        }
      }),
      { numRuns },
    );
  });

  it("L2, L3: a walk through any table ends, visits nobody twice, and goes only to older ones", () => {
    const table = fc.array(fc.record({ ppid: fc.nat(30), started: fc.nat(50) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(table, fc.nat(30), (rows, from) => {
        const lookUp = (pid: number): ProcessInfo | undefined => {
          const row = rows[pid];
          return row && { pid, ...row, name: "x" };
        };
        const chain = walkLineage(from, lookUp);
        expect(new Set(chain.map(({ pid }) => pid)).size).toBe(chain.length);
        expect(chain.length).toBeLessThanOrEqual(MAX_LINEAGE);
        for (const [n, each] of chain.entries()) {
          const parent = chain[n + 1];
          if (parent === undefined) continue;
          expect(each.ppid).toBe(parent.pid);
          expect(parent.started).toBeLessThanOrEqual(each.started);
        }
      }),
      { numRuns },
    );
  });
});

describe("the address", () => {
  const setting = fc.oneof(fc.constant(undefined), text, fc.domain(), fc.ipV4(), fc.ipV6());

  it("is https, or http to this machine; or Failure, exit 1", () => {
    fc.assert(
      fc.property(setting, setting, setting, (address, hostname, cloud) => {
        const env = { TFE_ADDRESS: address, TFE_HOSTNAME: hostname, TF_CLOUD_HOSTNAME: cloud };
        const made = attempt(() => resolveAddress(env));
        if (made === undefined) return;
        const { protocol, username, password, pathname, search } = made.baseUrl;
        expect([username, password, pathname, search]).toEqual(["", "", "/", ""]);
        expect(protocol === "https:" || isLoopbackHost(made.baseUrl.hostname)).toBe(true);
        expect(made.hostname).toBe(made.baseUrl.host);
      }),
      { numRuns },
    );
  });

  it("a hostname is written in one way only", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.domain()), (typed) => {
        const made = canonicalHostname(typed);
        if (made !== undefined) expect(canonicalHostname(made)).toBe(made);
      }),
      { numRuns },
    );
  });
});

describe("the proxy", () => {
  const setting = fc.option(fc.oneof(text, fc.domain(), fc.constantFrom("*", ".x", "1.2.3.0/8")), {
    nil: undefined,
  });
  it("is one, or none, or a named error, whatever HTTPS_PROXY and NO_PROXY say", () => {
    fc.assert(
      fc.property(setting, setting, setting, (https, all, no) => {
        const env = { HTTPS_PROXY: https, ALL_PROXY: all, NO_PROXY: no };
        try {
          proxyFor(new URL("https://app.terraform.io/api/v2/ping"), env);
        } catch (error) {
          expect((error as Error).name).toMatch(/^(Failure|HttpError)$/);
        }
        expect(
          attempt(() => proxyFor(new URL("https://app.terraform.io/"), { ...env, NO_PROXY: "*" })),
        ).toBeUndefined();
      }),
      { numRuns },
    );
  });
});

describe("a request", () => {
  it(
    "is an operation that can be digested and printed, or Failure, exit 1",
    async () => {
      const lookUps = { get: () => Promise.reject(new Error("not found")) };
      const baseUrl = new URL("https://app.terraform.io");
      await fc.assert(
        fc.asyncProperty(inputFor(ROUTES), async (input) => {
          try {
            const operation = await toOperation(input, { baseUrl, lookUps });
            expect(operationDigest(operation)).toMatch(/^sha256:[0-9a-f]{64}$/);
            expect(apiLine(operation) ?? "holdfast api").toContain("holdfast api");
            expect(Object.hasOwn(RESOURCE_CLASSES, operation.resourceClass)).toBe(
              operation.resourceClass !== "unknown",
            );
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            expect((error as Failure).exitCode).toBe(1);
          }
        }),
        { numRuns },
      );
    },
    fuzzTimeout(20),
  );
});
