// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell text
// Inputs for the gateway's tools at random: what each tool's own schema describes, filled from words that
// mean something to it, and then bent, and junk.

import fc from "fast-check";
import * as z from "zod";
import type { GatewayTool } from "../../src/gateway/tool.ts";
import { randomFrom, shellText } from "./shell-texts.ts";

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Words for a field, by its name. */
export type Words = Readonly<Record<string, readonly string[]>>;

/** Deeper than any document that means something. */
export const nested = (depth: number): unknown => {
  let value: unknown = "x";
  for (let left = depth; left > 0; left--) value = left % 2 === 0 ? [value] : { a: value };
  return value;
};

/** As it comes off the wire: own properties, whatever they are called. */
const withKey = (key: string, value: unknown): unknown =>
  JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);

const KEYS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "then"];

const anyText = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  fc.constantFrom(
    ...[
      "",
      " ",
      "0",
      "-1",
      "true",
      "null",
      "--all",
      "-A",
      "-f",
      "../..",
      "/",
      "~",
      "a\0b",
      "\ud800",
    ],
    ...[
      "\u202e\u2066x",
      "\u200b",
      "e\u0301".repeat(50),
      "*",
      "$(id)",
      "`id`",
      "${x}",
      "\r\n",
      "%2e%2e",
    ],
  ),
  fc.nat(12).map((power) => "a".repeat(2 ** power * 40)),
);

const junk: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e21, 2 ** 53, 0.5, [], {}, [[]], [null]),
  fc.nat(2000).map(nested),
  fc.constantFrom(...KEYS).map((key) => withKey(key, { isAdmin: true })),
  fc.jsonValue({ maxDepth: 3 }),
);

const nameFor = (name: string, words: Words): fc.Arbitrary<unknown> => {
  const known = words[name];
  if (name === "command")
    return fc.oneof(
      fc.nat(2 ** 30).map((seed) => shellText(randomFrom(seed))),
      fc.constantFrom(...(known ?? ["ls"])),
    );
  return known === undefined
    ? anyText
    : fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...known) }, anyText);
};

function fromSchema(schema: JsonSchema, name: string, words: Words): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined)
    return fc.oneof(...schema.anyOf.map((each) => fromSchema(each, name, words)));
  switch (schema.type) {
    case "string":
      return nameFor(name, words);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const min = schema.minimum ?? 0;
      return fc.constantFrom(min, min + 1, min + 3, schema.maximum ?? 1000);
    }
    case "array": {
      const item = fromSchema(schema.items ?? {}, name, words);
      return fc.array(item, { minLength: schema.minItems ?? 0, maxLength: 4 });
    }
    case "object":
      return objectFrom(schema, words);
    default:
      return junk;
  }
}

function objectFrom(schema: JsonSchema, words: Words): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    const value =
      typeof additionalProperties === "object"
        ? fromSchema(additionalProperties, "value", words)
        : junk;
    const key = fc.oneof(fc.constantFrom("name", "force", "data", ...KEYS), anyText);
    return fc
      .array(fc.tuple(key, value), { maxLength: 3 })
      .map((entries) => Object.assign({}, ...entries.map((each) => withKey(...each))));
  }
  const model = Object.entries(properties).map(
    ([key, each]) => [key, fromSchema(each, key, words)] as const,
  );
  return fc.record(Object.fromEntries(model), { requiredKeys: [...required] });
}

/** Bends one place of a value: takes it away, puts junk there, or adds what nobody asked for. */
const bent = (value: unknown): fc.Arbitrary<unknown> => {
  if (typeof value !== "object" || value === null) return junk;
  const keys = Object.keys(value);
  const added = fc
    .tuple(fc.constantFrom(...KEYS, "force", "args", "flags", "approved"), junk)
    .map(([key, extra]) => ({ ...value, ...(withKey(key, extra) as object) }));
  if (keys.length === 0) return fc.oneof(added, junk);
  const changed = fc
    .constantFrom(...keys)
    .chain((key) =>
      fc
        .oneof(
          junk,
          bent((value as Record<string, unknown>)[key]),
          fc.constant(JSON.stringify((value as Record<string, unknown>)[key])),
        )
        .map((other) => (Array.isArray(value) ? [other] : { ...value, [key]: other })),
    );
  const without = fc
    .constantFrom(...keys)
    .map((key) => Object.fromEntries(Object.entries(value).filter(([each]) => each !== key)));
  return fc.oneof({ weight: 3, arbitrary: changed }, without, added, junk);
};

/** One call: a tool's name, and an input as a client may send it. */
export interface ToolCall {
  readonly tool: string;
  readonly input: unknown;
}

/** Calls of these tools. `words` are given to fields of their names. */
export function toolCalls(tools: readonly GatewayTool[], words: Words): fc.Arbitrary<ToolCall> {
  const whole = (tool: GatewayTool) =>
    fromSchema(z.toJSONSchema(tool.input, { io: "input" }) as JsonSchema, "", words);
  const gated = tools.filter((each) => "call" in each);
  const asking = fc
    .constantFrom(...gated)
    .chain((tool) =>
      whole(tool).map((input) => ({ tool: tool.name, arguments: input, reason: "because" })),
    );
  const inputOf = (tool: GatewayTool) =>
    "proposes" in tool ? fc.oneof({ weight: 4, arbitrary: asking }, whole(tool)) : whole(tool);
  return fc
    .constantFrom(...tools)
    .chain((tool) =>
      fc
        .oneof(
          { weight: 7, arbitrary: inputOf(tool) },
          { weight: 3, arbitrary: inputOf(tool).chain(bent) },
          { weight: 1, arbitrary: junk },
        )
        .map((input) => ({ tool: tool.name, input })),
    );
}
