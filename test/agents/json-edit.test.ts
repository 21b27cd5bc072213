// What is put into a file of somebody else's comes out again without a trace.

import fc from "fast-check";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import type { JsonPart } from "../../src/agents/agent.ts";
import { jsonState, putJson, takeJson } from "../../src/agents/json-edit.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

type Entry = Pick<JsonPart, "path" | "at" | "name" | "value" | "isOurs" | "base">;

const isOurs = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "mine" in value;

const SERVER: Entry = {
  path: "/f.json",
  at: ["mcpServers"],
  name: "holdfast",
  value: { mine: 1, command: "/a b/node", args: ["x", "gateway"] },
  isOurs,
};
const HOOK: Entry = {
  path: "/f.json",
  at: ["hooks", "PreToolUse"],
  value: { mine: 2, matcher: "Bash", hooks: [{ type: "command" }] },
  isOurs,
};

const there = (text: string, { at, name }: Entry): unknown => {
  const held = at.reduce((object, key) => object?.[key], parse(text));
  return name === undefined ? held?.find(isOurs) : held?.[name];
};

const SHAPES: [string, string][] = [
  ["an empty object", "{}"],
  ["an empty object on lines", "{\n}\n"],
  ["one property", '{\n  "a": 1\n}\n'],
  ["no line end at the end", '{\n  "a": 1\n}'],
  ["tabs", '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n'],
  ["four spaces", '{\n    "a": 1\n}\n'],
  ["Windows line ends", '{\r\n  "a": 1\r\n}\r\n'],
  ["one line", '{"a":1,"b":[1,2]}'],
  ["a byte order mark", '\ufeff{\n  "a": 1\n}\n'],
  [
    "comments",
    '// above\n{\n  // first\n  "a": 1, // one\n  /* last */ "b": 2 // two\n  // end\n}\n',
  ],
  ["a trailing comma", '{\n  "a": 1,\n}\n'],
  ["a trailing comma and a comment", '{\n  "a": 1, // x\n}\n'],
  ["a comment in an empty object", "{ // nothing yet\n}\n"],
  ["empty containers", '{\n  "mcpServers": {},\n  "hooks": {}\n}\n'],
  ["an empty array", '{\n  "hooks": {\n    "PreToolUse": []\n  }\n}\n'],
  ["other servers", '{\n  "mcpServers": {\n    "other": { "command": "x" }\n  },\n  "z": 1\n}\n'],
  [
    "other hooks",
    '{\n  "hooks": {\n    "PreToolUse": [\n      {\n        "matcher": "*"\n      }\n    ],\n    "Stop": []\n  }\n}\n',
  ],
  [
    "containers on one line",
    '{\n  "mcpServers": { "other": {} }, "hooks": { "PreToolUse": [ {} ] }\n}\n',
  ],
];

describe("a value", () => {
  for (const [what, entry] of [
    ["a property", SERVER],
    ["an item", HOOK],
  ] as const)
    it.each(SHAPES)(`J1, J2: ${what} goes into %s, once, and out again`, (_, text) => {
      const after = putJson(text, entry);
      expect(there(after.replace("\ufeff", ""), entry)).toEqual(entry.value);
      expect(jsonState(after, entry)).toBe("same");
      expect(putJson(after, entry)).toBe(after);
      expect(takeJson(after, entry)).toBe(text);
    });

  it("J2: two values in a new file leave nothing, whichever goes first", () => {
    const other: Entry = { ...HOOK, at: ["hooks", "Stop"] };
    for (const entries of [
      [SERVER, HOOK],
      [HOOK, other],
      [HOOK, other].map((each) => ({ ...each, base: { version: 1 } })),
    ] as [Entry, Entry][]) {
      const both = entries.reduce<string | undefined>(putJson, undefined) as string;
      for (const each of entries) expect(there(both, each)).toEqual(each.value);
      for (const [one, last] of [entries, entries.toReversed()] as [Entry, Entry][])
        expect(takeJson(takeJson(both, one) as string, last)).toBeUndefined();
    }
  });

  it("J2: what others add meanwhile stays", () => {
    const text = '{\n  "a": 1\n}\n';
    const after = putJson(text, SERVER);
    const edited = after
      .replace('"a": 1', '"a": 2, "b": 3')
      .replace(/\n {4}}\n {2}}\n}/, '\n    },\n    "other": {}\n  }\n}');
    expect(parse(edited).mcpServers).toEqual({ holdfast: SERVER.value, other: {} });
    expect(parse(takeJson(edited, SERVER) as string)).toEqual({
      a: 2,
      b: 3,
      mcpServers: { other: {} },
    });
  });

  it("J2: comments beside it stay", () => {
    const text = putJson('{\n  "mcpServers": {\n    "other": {}\n  }\n}\n', SERVER);
    const edited = text.replace('    "holdfast"', '    // mine, soon gone\n    "holdfast"');
    const after = takeJson(edited, SERVER) as string;
    expect(after).toContain("// mine, soon gone");
    expect(parse(after)).toEqual({ mcpServers: { other: {} } });
  });

  it("replaces an older one of ours in its place", () => {
    const text = putJson(SHAPES[15]?.[1], { ...SERVER, value: { mine: 0 } });
    expect(jsonState(text, SERVER)).toBe("other");
    const after = putJson(text, SERVER);
    expect(there(after, SERVER)).toEqual(SERVER.value);
    expect(takeJson(after, SERVER)).toBe(SHAPES[15]?.[1]);
  });

  it("J3: one of somebody else's is refused, and stays", () => {
    const text = '{\n  "mcpServers": {\n    "holdfast": { "command": "other" }\n  }\n}\n';
    expect(() => putJson(text, SERVER)).toThrow("/f.json:3: mcpServers.holdfast is there already");
    expect(takeJson(text, SERVER)).toBe(text);
  });

  it("an item that was copied goes with all its copies", () => {
    const once = putJson('{\n  "a": 1\n}\n', HOOK);
    const item = JSON.stringify(HOOK.value);
    const twice = once.replace('"PreToolUse": [', `"PreToolUse": [${item}, ${item},`);
    expect(parse(takeJson(twice, HOOK) as string).hooks?.PreToolUse ?? []).toEqual([]);
  });

  it.each([
    ["nothing", "", 1],
    ["half of it", '{\n  "a": ', 2],
    ["an array", "[]", 1],
    ["a text", '"x"', 1],
    ["two objects", "{}\n{}", 2],
    ["a container of another kind", '{\n\n  "mcpServers": []\n}', 3],
    ["a container twice", '{\n  "mcpServers": {},\n  "mcpServers": {}\n}', 3],
    ["a name twice", '{"mcpServers": {"holdfast": {},\n"holdfast": {}}}', 2],
    ["too deep", `{"a":${"[".repeat(100_000)}`, 1],
  ])("refuses %s, and says where", (_, text, line) => {
    const where = new RegExp(`^/f\\.json:${line}: `);
    expect(() => putJson(text, SERVER)).toThrow(where);
    expect(() => takeJson(text, SERVER)).toThrow(where);
    expect(() => jsonState(text, SERVER)).toThrow(where);
  });

  it("J1, J2: any document, however it is written, is as before", () => {
    const key = fc.constantFrom(
      "a",
      "b",
      "mcpServers",
      "hooks",
      "PreToolUse",
      "holdfast",
      "__proto__",
    );
    const indent = fc.constantFrom(undefined, 1, 2, 4, "\t");
    const { tree } = fc.letrec<{ tree: unknown; object: object }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, "x", null, true),
        fc.array(tie("tree"), { maxLength: 3 }),
        tie("object"),
      ),
      object: fc
        .uniqueArray(fc.tuple(key, tie("tree")), { selector: ([name]) => name, maxLength: 3 })
        .map((pairs) => Object.fromEntries(pairs)),
    }));
    const document = fc
      .uniqueArray(fc.tuple(key, tree), { selector: ([name]) => name, maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs));
    fc.assert(
      fc.property(
        document,
        indent,
        fc.boolean(),
        fc.constantFrom(SERVER, HOOK),
        (object, space, isWindows, entry) => {
          const json = `${JSON.stringify(object, null, space)}\n`;
          const text = isWindows ? json.replaceAll("\n", "\r\n") : json;
          let after: string;
          try {
            after = putJson(text, entry);
          } catch {
            return;
          }
          expect(there(after, entry)).toEqual(entry.value);
          expect(putJson(after, entry)).toBe(after);
          const back = takeJson(after, entry);
          // An empty container in the shape of one that is made for it is the one thing that goes too.
          expect(back).toBe(text);
        },
      ),
      { numRuns: fuzzRuns(1, 200) },
    );
  });
});
