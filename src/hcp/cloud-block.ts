// The `cloud` block of the Terraform configuration in a directory.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { because } from "../system/http-error.ts";

export interface CloudBlock {
  /** The file that holds it. */
  readonly file: string;
  readonly organization?: string;
  readonly hostname?: string;
  /** `workspaces { name = ... }`. */
  readonly workspace?: string;
}

/**
 * The block that terraform would use in `directory`, undefined when there is none. Only files that
 * seem to hold one are parsed.
 *
 * @throws Failure when such a file is malformed, or when more than one holds a block
 */
export async function readCloudBlock(directory: string): Promise<CloudBlock | undefined> {
  const found: CloudBlock[] = [];
  for (const name of await configurationFiles(directory)) {
    found.push(...(await blocksIn(join(directory, name))));
  }
  // An override file replaces the block of the others, a later override that of an earlier one.
  const overrides = found.filter((block) => isOverride(block.file));
  if (overrides.length > 0) return overrides.at(-1);
  const [first, second] = found;
  if (second === undefined) return first;
  throw malformed(second.file, `holds a second cloud block, beside ${first?.file ?? ""}`);
}

async function configurationFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => /\.tf(\.json)?$/.test(name) && !name.startsWith(".")).sort();
  } catch (error) {
    throw malformed(directory, `cannot be listed (${because(error)})`);
  }
}

function isOverride(file: string): boolean {
  return /(?:^|[/\\_])override\.tf(\.json)?$/.test(file);
}

async function blocksIn(file: string): Promise<CloudBlock[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw malformed(file, `cannot be read (${because(error)})`);
  });
  const seemsToHoldOne = file.endsWith(".json") ? /"cloud"/ : /\bcloud\s*\{/;
  if (!seemsToHoldOne.test(text)) return [];
  const document = await parse(text, file);
  return inside([document], "terraform").flatMap((terraform) =>
    inside([terraform], "cloud").map((cloud) => describe(cloud, file)),
  );
}

async function parse(text: string, file: string): Promise<unknown> {
  if (!file.endsWith(".json")) {
    const { parseHcl } = await import("./hcl.ts");
    return parseHcl(text, file);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(file, "is not valid JSON");
  }
}

function describe(cloud: unknown, file: string): CloudBlock {
  const [workspaces] = inside([cloud], "workspaces");
  const organization = literal(cloud, "organization", file);
  const hostname = literal(cloud, "hostname", file);
  const workspace = literal(workspaces, "name", file);
  return {
    file,
    ...(organization === undefined ? {} : { organization }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

/** The blocks of a name inside others; JSON may write one as an object, HCL gives a list. */
function inside(parents: readonly unknown[], name: string): unknown[] {
  return parents.flat().flatMap((parent) => {
    const child = property(parent, name);
    return child === undefined ? [] : [child].flat();
  });
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function literal(block: unknown, name: string, file: string): string | undefined {
  const value = property(block, name);
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" && !value.includes("${")) return value;
  throw malformed(file, `has a cloud block whose ${name} is not a plain string`);
}

function malformed(where: string, why: string): Failure {
  return new Failure("malformed-configuration", `${where} ${why}`, {
    exitCode: EXIT.usage,
    fix: "correct it, or name the organization with TF_CLOUD_ORGANIZATION",
  });
}
