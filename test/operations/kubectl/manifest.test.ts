import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Json,
  readDocuments,
  writeDocuments,
} from "../../../src/operations/kubectl/manifest.ts";
import { masked, secretValuesIn } from "../../../src/operations/kubectl/masked.ts";
import { objectsIn } from "../../../src/operations/kubectl/objects.ts";
import { shownData, shownDescription } from "../../../src/operations/kubectl/shown.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";

const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"]
  .concat(
    [..."bcdefghi"].map((each, index) => {
      const last = "abcdefgh"[index];
      return `${each}: &${each} [*${last},*${last},*${last},*${last},*${last},*${last},*${last}]`;
    }),
  )
  .join("\n");

describe("Y1: there is one way to read it, or it is not read", () => {
  it.each([
    ["aliases that multiply", bomb],
    ["an anchor", "a: &x [1]"],
    ["a key twice", "kind: ConfigMap\nkind: ClusterRoleBinding"],
    ["a key twice, quoted once", 'a: 1\n"a": 2'],
    ["a key twice in JSON", '{"metadata": {"name": "a", "name": "b"}}'],
    ["a tag of one's own", "a: !run x"],
    ["a tag of YAML's", "a: !!binary aGk="],
    ["a date of YAML 1.1", "%YAML 1.1\n---\na: !!timestamp 2001-01-01"],
    ["a long number", "a: 12345678901234567890"],
    ["no number", "a: .nan"],
    ["__proto__", "__proto__: {a: 1}"],
    ["a mapping as a key", "? {a: b}\n: c"],
    ["brackets without end", "[".repeat(200_000)],
    ["lists without end", "- ".repeat(100_000)],
    ["documents without end", "---\na: 1\n".repeat(2_000)],
    ["too much text", "a".repeat(300_000)],
    ["tabs", "a:\n\tb: 1"],
  ])("%s", (_, text) => {
    expect(() => readDocuments(text, "the manifest")).toThrow(
      expect.objectContaining({ code: "unreadable-yaml" }),
    );
  });

  it("Y2: what was read is read back the same from what is written of it", () => {
    const data = fc
      .jsonValue({ maxDepth: 4 })
      .map((each) => JSON.parse(JSON.stringify(each)) as Json)
      .filter((each) => each !== null && !JSON.stringify(each).includes("__proto__"))
      .filter((each) => !/\d{16}|e[+-]?\d/.test(JSON.stringify(each)));
    fc.assert(
      fc.property(data, (each) => {
        expect(readDocuments(writeDocuments([each]), "it")).toEqual([each]);
        expect(readDocuments(JSON.stringify(each), "it")).toEqual([each]);
      }),
      { numRuns: fuzzRuns(2) },
    );
  });

  it("no text makes it fail otherwise than by saying so", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."{}[]:-&*!?|>'\" \nab#,%@`\t<") }),
        (text) => {
          try {
            objectsIn(text, "default");
          } catch (error) {
            expect(error).toMatchObject({ name: "Failure" });
          }
        },
      ),
      { numRuns: fuzzRuns(1) },
    );
  });
});

describe("Z1: the values of Secrets", () => {
  const value = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/).map((each) => `v4lue-${each}`);
  const secret = value.map((each) => ({ apiVersion: "v1", kind: "Secret", data: { k: each } }));
  const { around } = fc.letrec<{ around: Json }>((tie) => ({
    around: fc.oneof(
      { maxDepth: 4 },
      secret,
      fc.record({ kind: fc.constant("List"), items: fc.array(tie("around"), { maxLength: 3 }) }),
      fc.record({
        kind: fc.constant("SecretList"),
        items: secret.map((each) => [{ data: each.data }]),
      }),
      fc.record({
        annotations: fc.record({ last: tie("around").map((each) => JSON.stringify(each)) }),
      }),
      fc.constant("text"),
    ),
  }));

  it("are masked wherever the Secret is", () => {
    fc.assert(
      fc.property(around, (data) => {
        const shown = JSON.stringify(masked(data, () => "(hidden)"));
        expect(shown).not.toContain("v4lue-");
        expect(shownData(JSON.stringify(data), "yaml")).not.toContain("v4lue-");
      }),
      { numRuns: fuzzRuns(1) },
    );
  });

  it("are known, as they are written and as what they mean", () => {
    const data = { password: Buffer.from("hunter2 hunter2").toString("base64") };
    expect(secretValuesIn({ kind: "Secret", data })).toEqual([data.password, "hunter2 hunter2"]);
    expect(secretValuesIn({ kind: "ConfigMap", data })).toEqual([]);
  });

  it("V1: what cannot be read is not shown", () => {
    expect(shownData('{"kind": "Secret", "data": {"a": "v4l', "json")).toBeUndefined();
  });

  it("V2: a description with a token in it is shown without", () => {
    const text =
      "Name: x\n\nData\n====\nca.crt:     7 bytes\ntoken:      eyJhbGciOi\n\n\nName: y\nType: Opaque\n";
    expect(shownDescription(text)).toBe(text.replace("eyJhbGciOi", "(hidden)"));
  });
});
