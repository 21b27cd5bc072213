// Where `terraform init` has put the modules, by what it wrote down.
//
// D1 Terraform reads names of fields in any case, and of a name that is there twice the later: what it
//    would not have written itself is not read at all, rather than otherwise than terraform reads it.

import * as z from "zod";

const MANIFEST = z.strictObject({
  Modules: z
    .array(
      z.strictObject({
        Key: z.string(),
        Source: z.string().optional(),
        Version: z.string().optional(),
        Dir: z.string(),
      }),
    )
    .nullish(),
});

/** The directories in `modules.json`, as they are written there; undefined: it cannot be read (D1). */
export function manifestDirectories(text: string): readonly string[] | undefined {
  const { data } = MANIFEST.safeParse(parsed(text));
  if (data === undefined) return undefined;
  const modules = data.Modules ?? [];
  const isOnce = count(text, "Modules") <= 1 && count(text, "Dir") === modules.length;
  return isOnce ? modules.map(({ Dir }) => Dir) : undefined;
}

/** How often the name stands there as a field's, spelt like that. */
const count = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`"${name}"\\s*:`, "g"))].length;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
