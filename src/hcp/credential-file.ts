// The `credentials` blocks of a Terraform CLI configuration file, in JSON or in HCL.

import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { canonicalHostname } from "./address.ts";

/**
 * The token that a file holds for a hostname, unchecked; undefined when it holds none.
 *
 * @throws Failure `malformed-credentials` or `malformed-hcl`, naming the file
 */
export async function tokenInFile(
  text: string,
  path: string,
  hostname: string,
): Promise<string | undefined> {
  // The HCL parser costs more than all the rest of a short command.
  if (!text.includes("credentials")) return undefined;
  const document = await parse(text, path);
  if (!isRecord(document)) throw malformed(path, "is not an object");
  for (const [name, block] of Object.entries(credentialBlocks(document, path))) {
    if (canonicalHostname(name) === hostname) return tokenOf(block, path, name);
  }
  return undefined;
}

async function parse(text: string, path: string): Promise<unknown> {
  if (!path.endsWith(".json") && !text.trimStart().startsWith("{")) {
    const { parseHcl } = await import("./hcl.ts");
    return parseHcl(text, path);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be the token.
    throw malformed(path, "is not valid JSON");
  }
}

function credentialBlocks(
  document: Record<string, unknown>,
  path: string,
): Record<string, unknown> {
  if (!Object.hasOwn(document, "credentials")) return {};
  const blocks = document.credentials;
  if (isRecord(blocks)) return blocks;
  throw malformed(path, "holds credentials that are not an object");
}

function tokenOf(block: unknown, path: string, name: string): string | undefined {
  // HCL gives a list of the blocks with this label; the last one counts, as with terraform.
  const object = Array.isArray(block) ? block.at(-1) : block;
  if (!isRecord(object))
    throw malformed(path, `holds credentials for ${name} that are not an object`);
  const token = Object.hasOwn(object, "token") ? object.token : undefined;
  if (token === undefined || token === null || token === "") return undefined;
  if (typeof token === "string" && !token.includes("${")) return token;
  throw malformed(path, `holds a token for ${name} that is not a plain string`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(path: string, why: string): Failure {
  return new Failure("malformed-credentials", `${path} ${why}`, {
    exitCode: EXIT.authentication,
    fix: "correct the file, or write it anew with: terraform login",
  });
}
