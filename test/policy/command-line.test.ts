import { Readable } from "node:stream";
import { Command } from "commander";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { API_FLAGS, type ApiFlags } from "../../src/cli/api/flags.ts";
import { buildRequest } from "../../src/cli/api/request.ts";
import { type HcpRequestInput, toOperation } from "../../src/operations/hcp/to-operation.ts";
import { apiLine, commandLine, shellWord } from "../../src/policy/command-line.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import { Failure } from "../../src/policy/failure.ts";
import type { HcpOperation } from "../../src/policy/operation.ts";
import { visible } from "../../src/system/terminal-text.ts";
import { fuzzRuns, fuzzTimeout } from "../support/fuzz-runs.ts";
import { fakeHoldfast, SHELLS } from "../support/shells.ts";

const holdfast = fakeHoldfast();
afterAll(() => holdfast.remove());

const baseUrl = new URL("https://app.terraform.io");
const lookUps = { get: () => Promise.reject(new Error("not found")) };

function flagsOf(words: readonly string[]): ApiFlags {
  const command = new Command().exitOverride().argument("<path>");
  for (const { flags, description, repeat } of API_FLAGS) {
    const option = command.createOption(flags, description);
    if (repeat) option.argParser((value: string, before: string[] = []) => [...before, value]);
    command.addOption(option);
  }
  command.parse([...words], { from: "user" });
  return { ...command.opts(), path: command.args[0] ?? "" };
}

async function operationOfWords(words: readonly string[], stdin: string): Promise<HcpOperation> {
  const input = await buildRequest(flagsOf(words), {
    baseUrl,
    cwd: "/",
    stdin: Readable.from([Buffer.from(stdin)]),
    organization: async () => undefined,
    workspace: async () => undefined,
    read: lookUps,
  });
  return toOperation(input, { baseUrl, lookUps });
}

/** Runs the printed line in each shell, and makes the operation of what `holdfast` heard. */
async function expectSameAgain(
  operation: HcpOperation,
  before: readonly string[],
  shells: readonly string[],
): Promise<void> {
  const line = apiLine(operation, before);
  if (line === undefined) throw new Error("no line");
  expect(visible(line)).toBe(line);
  for (const shell of shells) {
    const { words, stdin } = holdfast.heard(shell, line);
    const again = await operationOfWords(words.slice(1), stdin);
    expect(again, `${shell}: ${line}`).toEqual(operation);
    expect(operationDigest(again)).toBe(operationDigest(operation));
  }
}

function isJson({ request }: HcpOperation): boolean {
  try {
    JSON.parse(request.body ?? "");
    return true;
  } catch {
    return false;
  }
}

const operationOf = (input: Partial<HcpRequestInput>) =>
  toOperation(
    { method: "DELETE", path: "/vars/v-1", query: [], headers: [], ...input },
    { baseUrl, lookUps },
  );
const SESSION = ["holdfast", "harness", "exec", "--allow-delete=vars", "--"];

describe("W2: the printed line makes exactly the operation again, in every shell", () => {
  it.each<[string, Partial<HcpRequestInput>]>([
    ["a plain delete", {}],
    [
      "a path with quotes and blanks",
      { path: '/organizations/it\'s $(a) `b` \\"c"/x'.replace("\\", "") },
    ],
    ["a path that is again /api", { path: "/api/v2/api/x" }],
    ["a path outside /api/v2", { path: "/api/iacm/v3/x" }],
    ["a query", { query: [["filter[a b]", "x&y=z #%+é\u202e"]] }],
    ["an accept header", { headers: [["accept", "text/plain"]] }],
    ["a content type without a body", { headers: [["content-type", "application/vnd.api+json"]] }],
    ["a header with quotes", { headers: [["x-why", `it's "$HOME" !! \\`]] }],
    ["a JSON body", { body: '{"a":"it\'s $(b) `c` \\\\ \\n é 日本 👍"}' }],
    [
      "a JSON body with hidden characters",
      { body: '{"a":"\u200b\u202e\u2028\u007f\u00ad\ufeff"}' },
    ],
    ["a JSON body that is a list", { body: '[{"id":"x"}]' }],
    ["a JSON body that is a number", { body: "5" }],
    ["a JSON body that is a text", { body: '"- a file"' }],
    ["a JSON body that is null", { body: "null" }],
    [
      "a form",
      { headers: [["content-type", "application/x-www-form-urlencoded"]], body: "a=b&c=%20d" },
    ],
    [
      "a text of several lines",
      { headers: [["content-type", "text/plain"]], body: "one\n\ttwo\\n%s\r\n\n" },
    ],
    ["a text like a flag", { headers: [["content-type", "text/plain"]], body: "-X GET" }],
    ["a text like JSON", { headers: [["content-type", "text/plain"]], body: "{ not JSON" }],
    [
      "JSON that is no JSON:API",
      { headers: [["content-type", "application/merge-patch+json"]], body: '{ "a" : 1 }' },
    ],
    [
      "a text with NUL and hidden characters",
      { headers: [["content-type", "text/plain"]], body: "a\0b\u200b'c" },
    ],
  ])("%s", async (_, input) => {
    const operation = await operationOf(input);
    await expectSameAgain(operation, [], SHELLS);
    await expectSameAgain(operation, SESSION, ["sh"]);
  });

  it("a body that is too long for a line has none", async () => {
    const operation = await operationOf({ body: JSON.stringify({ a: "x".repeat(9000) }) });
    expect(apiLine(operation)).toBeUndefined();
  });

  it(
    "whatever the request",
    async () => {
      const text = fc.oneof(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.string({ maxLength: 12 }),
      );
      const segment = fc.oneof(fc.constantFrom("vars", "api", "v2", "-X", "~", "=a"), text);
      const input = fc.record({
        method: fc.constantFrom("DELETE", "POST", "PATCH", "FOO"),
        path: fc
          .array(segment, { minLength: 1, maxLength: 4 })
          .map(
            (all) =>
              `/${all.map((each) => encodeURIComponent(each.replace(/\p{Cs}/gu, "?"))).join("/")}`,
          ),
        query: fc.array(fc.tuple(text, text), { maxLength: 2 }),
        headers: fc.oneof(
          fc.constant<[string, string][]>([]),
          fc
            .constantFrom("text/plain", "application/json", "application/x-foo+json")
            .map((type): [string, string][] => [["Content-Type", type]]),
          fc
            .stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,10}[\x21-\x7e])?$/)
            .map((value): [string, string][] => [["x-why", value]]),
        ),
        body: fc.oneof(fc.json(), fc.json(), text, fc.constant(undefined)),
      });
      let printed = 0;
      await fc.assert(
        fc.asyncProperty(input, async ({ body, ...rest }) => {
          let operation: HcpOperation;
          try {
            operation = await operationOf(body === undefined ? rest : { ...rest, body });
            // What our own command line never makes, it need not make again.
            if (operation.request.query.some(([name]) => name === "")) return;
            if (operation.request.body?.trim() === "") return;
            if (/\p{Cs}/u.test(operation.request.body ?? "")) return;
            if (/json/.test(operation.request.headers["content-type"] ?? "") && !isJson(operation))
              return;
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            return;
          }
          await expectSameAgain(operation, [], SHELLS.slice(printed % SHELLS.length).slice(0, 1));
          printed++;
        }),
        { numRuns: fuzzRuns(2) },
      );
      expect(printed).toBeGreaterThan(5);
    },
    fuzzTimeout(60),
  );
});

describe("W1: quoting", () => {
  it.each([
    "",
    "a",
    "a b",
    "it's",
    "$(x)",
    "`x`",
    "\\",
    "!!",
    "~",
    "=x",
    "*",
    "#",
    "é",
    "-",
    "a=b",
  ])("%j comes back from every shell", (word) => {
    for (const shell of SHELLS)
      expect(holdfast.heard(shell, commandLine(["holdfast", word])).words).toEqual([word]);
  });

  it(
    "any text comes back from bash and zsh, and shows nothing hidden",
    () => {
      const word = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
      const shells = SHELLS.filter((shell) => shell === "bash" || shell === "zsh");
      fc.assert(
        fc.property(word, (typed) => {
          const text = typed.replace(/[\0\p{Cs}]/gu, "");
          expect(visible(shellWord(text))).toBe(shellWord(text));
          for (const shell of shells)
            expect(holdfast.heard(shell, commandLine(["holdfast", text])).words).toEqual([text]);
        }),
        { numRuns: fuzzRuns(2) },
      );
    },
    fuzzTimeout(40),
  );
});
