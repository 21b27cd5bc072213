// The JSON Schema of a policy file, for editors: the shape from the schema, the words from the table.

import * as z from "zod";
import { POLICY_FIELDS } from "./policy-fields.ts";
import { policySchema } from "./policy-schema.ts";

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
}

/** JSON Schema 2020-12. What it cannot say (examples that must match, say) only `policy check` tells. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policySchema, { io: "input" }) as Schema;
  describe(schema, "");
  const { $schema, ...rest } = schema as Schema & { $schema?: string };
  return { $schema, title: "holdfast policy", ...rest };
}

function describe(schema: Schema, path: string): void {
  const field = POLICY_FIELDS.find((each) => each.path === named(path));
  if (field !== undefined) schema.description = `${field.what}; ${field.is}`;
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    describe(inner, path === "" ? name : `${path}.${name}`);
  if (typeof schema.additionalProperties === "object")
    describe(schema.additionalProperties, `${path}.NAME`);
  if (schema.items !== undefined) describe(schema.items, `${path}[]`);
  for (const form of schema.anyOf ?? [])
    for (const [name, inner] of Object.entries(form.properties ?? {}))
      describe(inner, `${path}.${name}`);
}

const named = (path: string): string =>
  path.replace(/^environments\.(dev|staging|prod)\b/, "environments.ENV");
