import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EMPTY,
  formatAllowlist,
  MOST_REVOKED,
  parseAllowlist,
} from "../../../src/grants/allowlist/document.ts";
import { nameProblem } from "../../../src/grants/allowlist/json-names.ts";
import type { Allowlist } from "../../../src/policy/allowlist.ts";
import { LONGEST_NOTE } from "../../../src/policy/allowlist-note.ts";
import { FUZZ_RUNS } from "../../support/fuzz-runs.ts";

const FILE = "/c/allowlist.json";

const ENTRY = {
  id: "7KQF2M",
  pattern: "/usr/bin/kubectl",
  argPattern: '["get","**"]',
  origin: "added",
  createdAt: "2026-03-01T12:00:00.000Z",
};
const WHOLE = {
  version: 1,
  revision: 3,
  agents: { main: { entries: [ENTRY] }, "*": { entries: [] } },
  revoked: [{ id: "AAAA", at: "2026-03-01T12:00:00.000Z" }],
};

function codeOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  try {
    parseAllowlist(text, FILE);
    return "fine";
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(message).toContain(FILE);
    expect(message).not.toMatch(/[\n\x1b]/);
    return code;
  }
}

const withEntry = (changed: object) => ({
  ...WHOLE,
  agents: { main: { entries: [{ ...ENTRY, ...changed }] } },
});
const without = (name: string) => ({
  ...WHOLE,
  agents: { main: { entries: [{ ...ENTRY, [name]: undefined }] } },
});

describe("J1: what is not exactly the schema is refused as a whole", () => {
  it("a whole one is read", () => {
    expect(parseAllowlist(JSON.stringify(WHOLE), FILE)).toEqual(WHOLE);
    const noted = withEntry({ note: "git status, in /home/ana" });
    expect(parseAllowlist(JSON.stringify(noted), FILE)).toEqual(noted);
  });

  it.each<[unknown, string]>([
    [{ ...WHOLE, socket: {} }, 'unknown name "socket"'],
    [withEntry({ a: 1, b: 2 }), 'entry 7KQF2M of main: unknown name "a", "b"'],
    [withEntry({ id: 7, a: 1 }), "entry number 1 of main: id: Invalid input"],
    [withEntry({ pattern: "kubectl" }), "entry 7KQF2M of main: pattern: is a bare name"],
    [{ ...WHOLE, agents: { main: { entries: [], note: "" } } }, 'agents.main: unknown name "note"'],
    [null, "Invalid input"],
  ])("%j: says which entry, and what", (value, what) => {
    expect(() => parseAllowlist(JSON.stringify(value), FILE)).toThrow(
      `${FILE} is malformed: ${what}`,
    );
  });

  it.each<[string, unknown]>([
    ["nothing", ""],
    ["null", null],
    ["a list", []],
    ["cut off", JSON.stringify(WHOLE).slice(0, -1)],
    ["a byte order mark", `\ufeff${JSON.stringify(WHOLE)}`],
    ["no version", { ...WHOLE, version: undefined }],
    ["version 0", { ...WHOLE, version: 0 }],
    ["version as text", { ...WHOLE, version: "1" }],
    ["no revision", { ...WHOLE, revision: undefined }],
    ["a negative revision", { ...WHOLE, revision: -1 }],
    ["a broken revision", { ...WHOLE, revision: 1.5 }],
    ["no agents", { ...WHOLE, agents: undefined }],
    ["agents as a list", { ...WHOLE, agents: [] }],
    ["no revocations", { ...WHOLE, revoked: undefined }],
    ["an unknown name", { ...WHOLE, socket: {} }],
    ["an unknown name of an agent", { ...WHOLE, agents: { main: { entries: [], note: "" } } }],
    ["an unknown name of an entry", withEntry({ commandText: "ls" })],
    ["a note that is too long", withEntry({ note: "x".repeat(LONGEST_NOTE + 1) })],
    ["a note that is no text", withEntry({ note: 1 })],
    ["no agent id", { ...WHOLE, agents: { "": { entries: [] } } }],
    ["a wrong agent id", { ...WHOLE, agents: { "Main Agent": { entries: [] } } }],
    ["__proto__ as an agent", JSON.stringify(WHOLE).replace('"main"', '"__proto__"')],
    ["entries as an object", { ...WHOLE, agents: { main: { entries: {} } } }],
    ["an entry without an id", without("id")],
    ["an entry without a pattern", without("pattern")],
    ["an entry without an origin", without("origin")],
    ["an entry without its time", without("createdAt")],
    ["a wrong id", withEntry({ id: "7kqf2m" })],
    ["a wrong origin", withEntry({ origin: "allow-always" })],
    ["a blank pattern", withEntry({ pattern: "" })],
    ["a bare name", withEntry({ pattern: "kubectl" })],
    ["argPattern null", withEntry({ argPattern: null })],
    ["argPattern as a list", withEntry({ argPattern: ["get"] })],
    ["a regular expression", withEntry({ argPattern: "^get" })],
    ["a time that is none", withEntry({ createdAt: "yesterday" })],
    ["a day that is none", withEntry({ expiresAt: "2026-13-01T00:00:00Z" })],
    ["a time elsewhere", withEntry({ expiresAt: "2026-03-01T12:00:00+02:00" })],
    ["expiresAt null", withEntry({ expiresAt: null })],
    ["too many revocations", { ...WHOLE, revoked: Array(MOST_REVOKED + 1).fill(WHOLE.revoked[0]) }],
    ["an id twice", { ...WHOLE, agents: { main: { entries: [ENTRY, ENTRY] } } }],
    [
      "an id with two agents",
      { ...WHOLE, agents: { main: { entries: [ENTRY] }, "*": { entries: [ENTRY] } } },
    ],
    ["U+FFFD: it was not UTF-8", JSON.stringify(WHOLE).replace("kubectl", "kube\ufffdctl")],
  ])("%s", (_, value) => {
    expect(codeOf(value)).toBe("allowlist-malformed");
  });

  it("9790: entries that are strings", () => {
    const value = { ...WHOLE, agents: { main: { entries: ["/usr/bin/date"] } } };
    expect(codeOf(value)).toBe("allowlist-malformed");
    const spread = { ...WHOLE, agents: { main: { entries: [{ 0: "/", 1: "u" }] } } };
    expect(codeOf(spread)).toBe("allowlist-malformed");
  });

  it("67747: knobs, which belong to policy", () => {
    for (const knob of [{ security: "full" }, { askFallback: "on-miss" }, { ask: "off" }]) {
      expect(codeOf({ ...WHOLE, ...knob })).toBe("allowlist-malformed");
      const agents = { main: { entries: [], ...knob } };
      expect(codeOf({ ...WHOLE, agents })).toBe("allowlist-malformed");
    }
  });

  it("a name that stands twice, of which JSON keeps the last", () => {
    const text = JSON.stringify(WHOLE);
    expect(codeOf(text.replace('"revision":3', '"revision":3,"revision":4'))).toBe(
      "allowlist-malformed",
    );
    expect(codeOf(text.replace('"agents":{', '"agents":{"ma\\u0069n":{"entries":[]},'))).toBe(
      "allowlist-malformed",
    );
  });

  it("another version: says that it is newer, not that it is malformed", () => {
    expect(codeOf({ ...WHOLE, version: 2, more: true })).toBe("allowlist-newer");
    expect(codeOf({ version: 1.5 })).toBe("allowlist-newer");
  });
});

describe("J2: what we write is what we read", () => {
  const text = fc
    .string({ unit: "grapheme", maxLength: 8 })
    .filter((word) => word !== "**" && !word.includes("\ufffd"));
  const id = fc.string({
    unit: fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    minLength: 6,
    maxLength: 6,
  });
  const instant = fc
    .date({ min: new Date(0), max: new Date("2999-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString());
  const entry = fc.record(
    {
      id,
      pattern: fc.constantFrom("/usr/bin/x", '/o"pt/\\é', "**/t*l"),
      argPattern: fc.array(text, { maxLength: 3 }).map((words) => JSON.stringify(words)),
      origin: fc.constantFrom("added" as const, "approved" as const),
      createdAt: instant,
      expiresAt: instant,
    },
    { requiredKeys: ["id", "pattern", "origin", "createdAt"] },
  );
  const allowlist = fc
    .record({
      version: fc.constant(1 as const),
      revision: fc.nat(),
      names: fc.uniqueArray(fc.constantFrom("*", "main", "claude-code", "constructor")),
      entries: fc.uniqueArray(entry, { selector: (one) => one.id, maxLength: 6 }),
      revoked: fc.uniqueArray(fc.record({ id, at: instant }), { selector: (one) => one.id }),
    })
    .filter(({ entries, revoked }) => !entries.some((one) => revoked.some((r) => r.id === one.id)))
    .map(({ names, entries, ...rest }) => ({
      ...rest,
      agents: Object.fromEntries(
        names.map((name, at) => [
          name,
          { entries: entries.filter((_, n) => n % names.length === at) },
        ]),
      ),
    }));

  it("for any allowlist, one entry on each line", () => {
    fc.assert(
      fc.property(allowlist, (value) => {
        const written = formatAllowlist(value as Allowlist);
        expect(parseAllowlist(written, FILE)).toEqual(value);
        expect(written.endsWith("}\n")).toBe(true);
        for (const { entries } of Object.values(value.agents))
          for (const one of entries)
            expect(written.split("\n").some((line) => line.includes(`"${one.id}"`))).toBe(true);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it("the empty one too", () => {
    expect(parseAllowlist(formatAllowlist(EMPTY), FILE)).toEqual(EMPTY);
  });
});

describe("J3: what was revoked", () => {
  it("78225, 103515: covers nothing, even if its entry stands there again", () => {
    const value = { ...WHOLE, revoked: [{ id: ENTRY.id, at: ENTRY.createdAt }] };
    const { agents, revoked } = parseAllowlist(JSON.stringify(value), FILE);
    expect(agents).toEqual({ main: { entries: [] }, "*": { entries: [] } });
    expect(revoked).toEqual(value.revoked);
  });
});

describe("J1: a name that JSON drops", () => {
  it.each<[string, string | undefined]>([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
    ['{"a":1,"b":2,"a":3}', '"a" stands there twice'],
    ['[{"x":{"y":1,"y":2}}]', '"y" stands there twice'],
    ['{"a":"a","b":"b:{\\"a\\":1,\\"a\\":2}"}', undefined],
    ['{"\\u0061":1,"a":2}', '"a" stands there twice'],
    ['{"__proto__":1}', "__proto__ is no name of anything"],
    ['["__proto__"]', undefined],
    ["[]", undefined],
    ['"a"', undefined],
  ])("%s: %s", (json, name) => {
    expect(nameProblem(json)).toBe(name);
  });

  it("is never found in what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        if (!text.includes('"__proto__":')) expect(nameProblem(text)).toBeUndefined();
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
