import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatSessionRecord,
  isSessionId,
  isToken,
  namedClasses,
  parseSessionRecord,
  type SessionRecord,
} from "../../src/grants/session-record.ts";
import { Failure } from "../../src/policy/failure.ts";
import { FUZZ_RUNS } from "../support/fuzz-runs.ts";

const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const RECORD: SessionRecord = {
  version: 1,
  id: "7KQF2M",
  token: TOKEN,
  pid: 4242,
  process_started: 123456,
  boot_id: "5d5e6b1c-0000-4000-8000-000000000000",
  uid: 1000,
  hostname: "app.terraform.io",
  organization: null,
  created_at: "2026-01-02T03:04:05.678Z",
  expires_at: "2026-01-02T11:04:05Z",
  max_deletes: 10,
  allow_delete: ["workspaces", "reversible"],
};
const TEXT = formatSessionRecord(RECORD);
const parse = (text: string, token = TOKEN) => parseSessionRecord(text, "/c/exec/X.hcl", token);
const refusal = (text: string, token = TOKEN): string => {
  try {
    parse(text, token);
  } catch (error) {
    if (error instanceof Failure && error.code === "session-record") return error.message;
    throw error;
  }
  return "not refused";
};
const lines = TEXT.trimEnd().split("\n");
const without = (name: string) => lines.filter((line) => !line.startsWith(`${name} `));
const withValue = (name: string, json: string) =>
  `${lines.map((line) => (line.startsWith(`${name} `) ? `${name} = ${json}` : line)).join("\n")}\n`;

describe("S1: each attribute once, all of them, and no others", () => {
  it("reads what it writes", () => {
    expect(parse(TEXT)).toEqual(RECORD);
    expect(namedClasses(RECORD)).toEqual(["workspaces"]);
  });

  it("refuses a record that is cut off after any character", () => {
    for (let length = 0; length < TEXT.length; length++)
      expect(refusal(TEXT.slice(0, length)), `after ${length}`).not.toBe("not refused");
  });

  it.each(Object.keys(RECORD))("refuses a record that lacks %s, or has it twice", (name) => {
    expect(refusal(`${without(name).join("\n")}\n`)).toContain(`lacks ${name}`);
    const line = lines.find((each) => each.startsWith(`${name} `));
    expect(refusal(`${TEXT}${line}\n`)).toContain(`has ${name} twice`);
  });

  it.each(["extra", "_", "__proto__", "constructor", "allow_deletes"])(
    "refuses an attribute more: %s",
    (name) => {
      expect(refusal(`${TEXT}${name} = 1\n`)).toContain(`has an unknown attribute: ${name}`);
    },
  );

  it("takes the attributes in any order: each says the same wherever it stands", () => {
    expect(parse(`${[...lines].reverse().join("\n")}\n`)).toEqual(RECORD);
  });

  it.each([
    ["an empty file", ""],
    ["an empty line", `${TEXT}\n`],
    ["a comment", `# a comment\n${TEXT}`],
    ["carriage returns", TEXT.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\ufeff${TEXT}`],
    ["NUL bytes at the end", `${TEXT}\0\0\0`],
    ["an HCL block", `session {\n${TEXT}}\n`],
    ["two attributes on one line", TEXT.replace("\n", " ")],
    ["blanks before a name", ` ${TEXT}`],
    ["an HCL expression", withValue("pid", "1 + 1")],
    ["a heredoc", withValue("hostname", "<<X")],
  ])("refuses %s", (_, text) => {
    expect(refusal(text)).not.toBe("not refused");
  });
});

describe("S2, S3: values", () => {
  it.each([
    ["version", ["0", "2", '"1"', "null", "[1]", "1.5", "true"]],
    ["id", ['"7kqf2m"', '"7KQF2"', '"7KQF2M7"', "7", '"../../"', "null"]],
    ["token", [`"${"B".repeat(32)}"`, `"${TOKEN}A"`, `"${TOKEN.toLowerCase()}"`, "null"]],
    ["pid", ["0", "-1", "1.5", "1e300", '"1"', "null", "[1]"]],
    ["process_started", ["-1", "0.5", '"0"', "null"]],
    ["boot_id", ['""', "1", "null", `"${"x".repeat(256)}"`]],
    ["uid", ["-1", '"0"', "null"]],
    ["hostname", ['""', "null", "1"]],
    ["organization", ['""', "1", "[]"]],
    ["created_at", ['"yesterday"', '"2026-13-01T00:00:00Z"', '"2026-01-02"', "0", "null"]],
    ["expires_at", ['"2026-01-02T03:04:05+00:00"', '"2026-01-02T03:04:05"', "null"]],
    ["max_deletes", ["-1", "1.5", "1e300", '"10"', "[]"]],
    ["allow_delete", ['"all"', '["all"]', '["nonsense"]', '["__proto__"]', "[1]", "{}", "null"]],
  ])("%s must be right", (name, values) => {
    for (const json of values)
      expect(refusal(withValue(name, json)), json).toMatch(/wrong|another token/);
  });

  it("refuses a record under another token's name", () => {
    expect(refusal(TEXT, "B".repeat(32))).toContain("holds another token than its name");
  });

  it.each([
    [TOKEN, true],
    [TOKEN.toLowerCase(), false],
    [TOKEN.slice(1), false],
    [`${TOKEN}A`, false],
    [`${TOKEN}\n`, false],
    [`${TOKEN.slice(0, 31)}1`, false],
    ["../../../../etc/passwd00000000000", false],
    ["", false],
  ])("%j is a token: %s", (text, expected) => {
    expect(isToken(text)).toBe(expected);
  });

  it("knows the shape of an id", () => {
    expect(["7KQF2M", "7kqf2m", "7KQF2", "7KQF2M\n"].map(isSessionId)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("the parser throws nothing but Failure", () => {
  const line = fc.oneof(
    fc.constantFrom(...lines),
    fc
      .tuple(fc.constantFrom(...Object.keys(RECORD), "__proto__"), fc.json())
      .map(([name, json]) => `${name} = ${json}`),
    fc.string({ unit: "binary", maxLength: 40 }),
  );
  const damaged = fc
    .tuple(fc.nat(TEXT.length), fc.string({ unit: "binary", maxLength: 3 }), fc.nat(3))
    .map(([at, text, cut]) => TEXT.slice(0, at) + text + TEXT.slice(at + cut));
  const text = fc.oneof(
    fc.array(line, { maxLength: 15 }).map((all) => `${all.join("\n")}\n`),
    damaged,
    fc.string({ unit: "binary" }),
  );

  it("and what it accepts is what we could have written", () => {
    fc.assert(
      fc.property(text, (source) => {
        let record: SessionRecord;
        try {
          record = parse(source);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(parse(formatSessionRecord(record))).toEqual(record);
        expect(Object.keys(record).sort()).toEqual(Object.keys(RECORD).sort());
        expect(record.token).toBe(TOKEN);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});

it("the fix of a refused record works as printed, whatever the path", () => {
  try {
    parseSessionRecord("", "/c/it's here/X.hcl", TOKEN);
    expect.unreachable();
  } catch (error) {
    expect((error as Failure).fix).toBe(
      `if no session of yours needs it: rm '/c/it'\\''s here/X.hcl'`,
    );
  }
});
