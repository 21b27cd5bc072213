// `holdfast allowlist list | add | remove`.

import type { AllowlistEntry, ListedEntry, NewEntry } from "../policy/allowlist.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { visible } from "../system/terminal-text.ts";
import { checkTyped, type TypedEntry } from "./allowlist-check.ts";
import { entriesMarkdown, entriesText, entryJson, entryLine } from "./allowlist-text.ts";
import { quoted, usageFailure } from "./api/usage-failure.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

/** What the gate does for these commands. Each throws Failure; all but `list` need a person. */
export interface AllowlistAnswers {
  list(): readonly ListedEntry[];
  /** Asks a person at the terminal; false for anything but a yes. */
  confirm(question: string): Promise<boolean>;
  add(
    agent: string,
    entry: NewEntry,
  ): Promise<{ readonly entry: AllowlistEntry; readonly isNew: boolean }>;
  /** Undefined: there is no such entry. */
  remove(id: string): Promise<(AllowlistEntry & { readonly agent: string }) | undefined>;
}

/** The real ones. `quiet`: no session's code is asked for. */
export async function openAnswers(
  context: CliContext,
  { quiet }: Pick<GlobalOptions, "quiet">,
): Promise<AllowlistAnswers> {
  const { allowlistAdd, allowlistRemove, requirePerson } = await import("../gate/answer.ts");
  const { allowlistEntries } = await import("../gate/answer-always.ts");
  const { openProcesses } = await import("../system/open-processes.ts");
  const { env, home } = context;
  const world = { env, home, processes: await openProcesses(), asksForCodes: !quiet };
  return {
    list: () => allowlistEntries(world).entries,
    confirm: async (question) => {
      await requirePerson(world);
      const { askAtTerminal } = await import("../system/terminal.ts");
      const answer = await askAtTerminal(() => "", question);
      return answer.kind === "line" && /^y(es)?$/i.test(answer.text.trim());
    },
    add: (agent, entry) => allowlistAdd(world, agent, entry),
    remove: (id) => allowlistRemove(world, id),
  };
}

/**
 * The words after `--`; undefined: there was no `--`, and any arguments are meant.
 *
 * @param parsed what is left of the pattern's words, `--` left out
 * @param all every word that holdfast was called with
 * @throws Failure usage for words without a `--` before them
 */
export function argsAfter(
  parsed: readonly string[],
  all: readonly string[],
): readonly string[] | undefined {
  const args = all.includes("--") ? all.slice(all.indexOf("--") + 1) : undefined;
  if (parsed.length === (args?.length ?? 0)) return args;
  throw usageFailure(
    `ARGS: ${quoted(parsed[0] ?? "")} stands before --, or without it`,
    "holdfast allowlist add PATTERN -- ARGS",
  );
}

/** Lists every entry of every agent. */
export async function runAllowlistList(
  globals: GlobalOptions,
  { stdout, stderr }: Pick<CliContext, "stdout" | "stderr">,
  answers: Pick<AllowlistAnswers, "list">,
): Promise<ExitCode> {
  const now = new Date();
  const entries = answers.list();
  if (globals.json) {
    const json = { entries: entries.map((entry) => entryJson(entry, now)) };
    stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  } else if (globals.markdown) stdout.write(entriesMarkdown(entries, now));
  else if (entries.length === 0) stderr.write("holdfast: no allowlist entries\n");
  else {
    const columns = stdout.isTTY === true ? (stdout.columns ?? 80) : undefined;
    stdout.write(entriesText(entries, now, columns, globals.color && stdout.isTTY === true));
  }
  return EXIT.ok;
}

/** Adds an entry, after saying what it covers; a broad one only after a yes to that. */
export async function runAllowlistAdd(
  typed: TypedEntry,
  globals: GlobalOptions,
  { stdout, stderr }: Pick<CliContext, "stdout" | "stderr">,
  answers: Pick<AllowlistAnswers, "add" | "confirm">,
): Promise<ExitCode> {
  const now = new Date();
  const { agent, entry, warnings, isBroad } = checkTyped(typed, now);
  for (const warning of warnings) stderr.write(`holdfast: warning: ${visible(warning)}\n`);
  if (globals.dryRun) {
    stderr.write(`holdfast: dry run: would add for ${entryLine(agent, entry)}\n`);
    if (globals.json)
      stdout.write(`${JSON.stringify({ wouldAdd: { agent, ...entry }, warnings })}\n`);
    return EXIT.ok;
  }
  if (isBroad) await requireYes(entryLine(agent, entry), globals, answers);
  const { entry: made, isNew } = await answers.add(agent, entry);
  const verb = isNew ? "allows from now on" : "was there already, and allows";
  if (!globals.quiet)
    stderr.write(`holdfast: allowlist entry ${made.id} ${verb}, for ${entryLine(agent, made)}\n`);
  if (globals.json) {
    const json = { entry: entryJson({ ...made, agent }, now), isNew, warnings };
    stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }
  return EXIT.ok;
}

/** @throws Failure where nobody says yes */
async function requireYes(
  what: string,
  { quiet }: GlobalOptions,
  { confirm }: Pick<AllowlistAnswers, "confirm">,
): Promise<void> {
  if (quiet)
    throw usageFailure(
      "--quiet disables the prompt, and an entry as broad as this one needs a yes",
      "leave --quiet out, or say the program and its arguments",
    );
  if (await confirm(`Allow, for ${what}? [y/N] `)) return;
  throw new Failure("declined", "no entry was added", {
    exitCode: EXIT.refused,
    fix: "say less: the program by its path, and its arguments after --",
  });
}

/** Removes an entry for good. */
export async function runAllowlistRemove(
  typed: string,
  globals: GlobalOptions,
  { stdout, stderr }: Pick<CliContext, "stdout" | "stderr">,
  answers: Pick<AllowlistAnswers, "list" | "remove">,
): Promise<ExitCode> {
  const id = typed.toUpperCase();
  if (!/^[A-Z2-7]{4,6}$/.test(id))
    throw usageFailure(`ID: ${quoted(typed)} is no entry's id`, "holdfast allowlist list");
  if (globals.dryRun) {
    const found = answers.list().find((one) => one.id === id) ?? noSuchEntry(id);
    stderr.write(`holdfast: dry run: would remove ${id}, for ${entryLine(found.agent, found)}\n`);
    if (globals.json) stdout.write(`${JSON.stringify({ wouldRemove: found })}\n`);
    return EXIT.ok;
  }
  const removed = (await answers.remove(id)) ?? noSuchEntry(id);
  if (!globals.quiet)
    stderr.write(
      `holdfast: allowlist entry ${id} is removed, for ${entryLine(removed.agent, removed)}\n`,
    );
  if (globals.json)
    stdout.write(`${JSON.stringify({ removed: entryJson(removed, new Date()) }, null, 2)}\n`);
  return EXIT.ok;
}

function noSuchEntry(id: string): never {
  throw new Failure("no-allowlist-entry", `there is no allowlist entry ${id}`, {
    exitCode: EXIT.notFound,
    fix: "holdfast allowlist list",
  });
}
