// The text of the allowlist: strict JSON, written by us or by a person's hand.
//
// J1 What is not exactly the schema is refused as a whole: an unknown name, a wrong type, a name that
//    stands twice, an id that stands twice, another version. No part of it counts.
// J2 What we write is what we read: nothing is published that this file's own reader would refuse.
// J3 An id that was revoked covers nothing, even if its entry stands there again.

import * as z from "zod";
import type { Allowlist, AllowlistEntry } from "../../policy/allowlist.ts";
import { ANY_AGENT, isAgentId } from "../../policy/allowlist.ts";
import { argPatternProblem } from "../../policy/allowlist-arguments.ts";
import { patternProblem } from "../../policy/allowlist-glob.ts";
import { LONGEST_NOTE } from "../../policy/allowlist-note.ts";
import { commandLine } from "../../policy/command-line.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import { visible } from "../../system/terminal-text.ts";
import { nameProblem } from "./json-names.ts";

/** How many revocations are remembered. A writer that is overtaken by more starts again long before. */
export const MOST_REVOKED = 1000;

/** The whole file, in bytes: some hundred thousand entries. */
export const MAX_ALLOWLIST_BYTES = 32 * 1024 * 1024;

const id = z.string().regex(/^[A-Z2-7]{4,6}$/, "is no id");
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, "is no time in UTC")
  .refine((text) => !Number.isNaN(Date.parse(text)), "is no time in UTC");

const clause =
  (problem: (text: string) => string | undefined) =>
  (context: z.core.ParsePayload<string>): void => {
    const message = problem(context.value);
    if (message !== undefined)
      context.issues.push({ code: "custom", message, input: context.value });
  };

const entrySchema = z.strictObject({
  id,
  pattern: z.string().check(clause(patternProblem)),
  argPattern: z.string().check(clause(argPatternProblem)).exactOptional(),
  origin: z.enum(["added", "approved"]),
  createdAt: instant,
  expiresAt: instant.exactOptional(),
  note: z.string().max(LONGEST_NOTE).exactOptional(),
});

const agentName = z.string().refine((name) => name === ANY_AGENT || isAgentId(name));

const schema = z.strictObject({
  version: z.literal(1),
  revision: z.int().nonnegative(),
  agents: z.record(agentName, z.strictObject({ entries: z.array(entrySchema) })),
  revoked: z.array(z.strictObject({ id, at: instant })).max(MOST_REVOKED),
});

/** The allowlist where there is no file. */
export const EMPTY: Allowlist = { version: 1, revision: 0, agents: {}, revoked: [] };

/**
 * Parses and checks the file's text (J1), and leaves out what was revoked (J3).
 *
 * @param file its path, for messages
 * @throws Failure `allowlist-malformed` or `allowlist-newer`
 */
export function parseAllowlist(text: string, file: string): Allowlist {
  const json = parseJson(text, file);
  const version = typeof json === "object" && json !== null ? Reflect.get(json, "version") : 0;
  if (typeof version === "number" && version > 1)
    throw new Failure(
      "allowlist-newer",
      `${file} has version ${version}, and this holdfast knows 1`,
      {
        exitCode: EXIT.refused,
        fix: "use the newer holdfast that wrote it",
      },
    );
  const found = schema.safeParse(json);
  if (!found.success) {
    return malformed(file, issueText(found.error.issues[0], json));
  }
  const allowlist = found.data as Allowlist;
  // What is written as we write it has no name twice, and need not be searched for one.
  const isOurs = formatAllowlist(allowlist) === text;
  const problem = (isOurs ? undefined : nameProblem(text)) ?? idProblem(allowlist);
  if (problem !== undefined) return malformed(file, problem);
  return withoutRevoked(allowlist);
}

/** Why an entry cannot stand in the file, as one clause; undefined: it can. */
export function entryProblem(entry: AllowlistEntry): string | undefined {
  const issue = entrySchema.safeParse(entry).error?.issues[0];
  if (issue === undefined) return undefined;
  const [name] = issue.path;
  const value = name === undefined ? "" : `${JSON.stringify(Reflect.get(entry, name))} `;
  return name === "argPattern" ? issue.message : `${value}${issue.message}`;
}

/** `entry 7KQF2M of main: unknown name "socket"`. */
function issueText(issue: z.core.$ZodIssue | undefined, json: unknown): string {
  if (issue === undefined) return "nobody knows why";
  const what =
    issue.code === "unrecognized_keys"
      ? `unknown name ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`
      : issue.message;
  const [first, agent, entries, index, ...rest] = issue.path;
  if (first !== "agents" || entries !== "entries" || typeof index !== "number")
    return [...(issue.path.length === 0 ? [] : [issue.path.join(".")]), what].join(": ");
  // By its id, where it has one: an entry's number is hard to find in a long file.
  const id = [first, agent, entries, index, "id"].reduce<unknown>(
    (value, key) =>
      Object(value) === value ? Reflect.get(value as object, key as string) : undefined,
    json,
  );
  const name = typeof id === "string" ? id : `number ${index + 1}`;
  return `entry ${[name, "of", String(agent)].join(" ")}: ${[...rest, what].join(": ")}`;
}

function parseJson(text: string, file: string): unknown {
  if (text.includes("\ufffd")) return malformed(file, "it is not UTF-8");
  try {
    return JSON.parse(text);
  } catch (error) {
    return malformed(file, (error as Error).message);
  }
}

function malformed(file: string, what: string): never {
  throw new Failure("allowlist-malformed", visible(`${file} is malformed: ${what}`), {
    exitCode: EXIT.refused,
    fix: `mend it by hand, or go on without its entries: ${commandLine(["mv", file, `${file}.old`])}`,
  });
}

function idProblem({ agents }: Pick<Allowlist, "agents">): string | undefined {
  const seen = new Set<string>();
  for (const { entries } of Object.values(agents))
    for (const entry of entries) {
      if (seen.has(entry.id)) return `id ${entry.id} stands there twice`;
      seen.add(entry.id);
    }
  return undefined;
}

function withoutRevoked(allowlist: Allowlist): Allowlist {
  const revoked = new Set(allowlist.revoked.map((one) => one.id));
  const isRevoked = (entry: AllowlistEntry): boolean => revoked.has(entry.id);
  if (!Object.values(allowlist.agents).some(({ entries }) => entries.some(isRevoked)))
    return allowlist;
  const agents = Object.entries(allowlist.agents).map(
    ([name, { entries }]) => [name, { entries: entries.filter((one) => !isRevoked(one)) }] as const,
  );
  return { ...allowlist, agents: Object.fromEntries(agents) };
}

/** The text of an allowlist: one entry on each line, so that people can read and compare it (J2). */
export function formatAllowlist({ revision, agents, revoked }: Allowlist): string {
  const list = (items: readonly unknown[], indent: string): string =>
    items.length === 0
      ? "[]"
      : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(",\n")}\n${indent}]`;
  const named = Object.entries(agents).map(
    ([name, { entries }]) => `    ${JSON.stringify(name)}: { "entries": ${list(entries, "    ")} }`,
  );
  const all = named.length === 0 ? "{}" : `{\n${named.join(",\n")}\n  }`;
  return `{\n  "version": 1,\n  "revision": ${revision},\n  "agents": ${all},\n  "revoked": ${list(revoked, "  ")}\n}\n`;
}
