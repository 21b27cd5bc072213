// A directory for real commands: programs, scripts and links made for one test, and a gate around them.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandResult, prepareCommand } from "../../src/gate/executors/command.ts";
import { explain, type GateResult, type GateWorld, run } from "../../src/gate/run.ts";
import { describeCommand } from "../../src/operations/command/card.ts";
import {
  type CommandContext,
  type ResolvedCommand,
  toCommandOperation,
} from "../../src/operations/command/to-operation.ts";
import type { AllowlistEntry, CommandFact } from "../../src/policy/allowlist.ts";
import { BUILT_IN_KNOBS } from "../../src/policy/allowlist.ts";
import { matchEntry } from "../../src/policy/allowlist-match.ts";
import type { Decision } from "../../src/policy/decide.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import type { CommandOperation } from "../../src/policy/operation.ts";
import { procfs } from "../../src/system/processes-procfs.ts";
import { EMPTY_STORES } from "./empty-stores.ts";

/** The system's programs: what a test names without a path is found here. */
export const SYSTEM_PATH = "/usr/bin:/bin";

export interface Yard {
  /** Absolute, without symbolic links. */
  readonly directory: string;
  readonly path: (name: string) => string;
  /** Writes a file; with a mode of 0755 where it is to be run. */
  file(name: string, text: string, mode?: number): string;
  /** A shell script that can be run. */
  script(name: string, body: string): string;
  context(more?: Partial<CommandContext>): CommandContext;
  resolve(argv: readonly string[], more?: Partial<CommandContext>): Promise<ResolvedCommand>;
  digest(argv: readonly string[], more?: Partial<CommandContext>): Promise<string>;
  /** Through the whole gate, without anybody to ask; `entries` is the allowlist. */
  gate(
    argv: readonly string[],
    entries: readonly AllowlistEntry[],
    more?: GateTest,
  ): Promise<GateResult<CommandOperation, CommandResult>>;
  explain(argv: readonly string[], entries: readonly AllowlistEntry[]): Promise<Decision>;
  /** Runs it without asking the gate: for what comes after a yes. */
  carryOut(argv: readonly string[], more?: GateTest): Promise<CommandResult>;
  close(): void;
}

export interface GateTest {
  readonly context?: Partial<CommandContext>;
  readonly knobs?: Partial<CommandFact["knobs"]>;
  /** Happens between the decision and the spawn. */
  readonly meanwhile?: () => void;
}

/** An entry that covers any arguments of the executables that `pattern` matches. */
export const entryFor = (pattern: string): AllowlistEntry => ({
  id: "K7QF",
  pattern,
  origin: "added",
  createdAt: "2026-01-01T00:00:00Z",
});

/** Makes one. Close it when done. */
export function makeYard(): Yard {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "hf-yard-")));
  const path = (name: string) => join(directory, name);
  const file = (name: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    chmodSync(path(name), mode);
    return path(name);
  };
  const context = (more: Partial<CommandContext> = {}): CommandContext => ({
    cwd: directory,
    env: { PATH: SYSTEM_PATH, HOME: directory, TERM: "xterm" },
    agent: "main",
    pass: [],
    key: Buffer.alloc(32, 7),
    ...more,
  });
  const resolve = (argv: readonly string[], more: Partial<CommandContext> = {}) =>
    toCommandOperation(argv, context(more));
  const worldOf = (
    argv: readonly string[],
    resolved: ResolvedCommand,
    entries: readonly AllowlistEntry[],
    { context: words = {}, knobs = {}, meanwhile = () => {} }: GateTest,
  ): GateWorld<CommandOperation, CommandResult> => ({
    env: { HOLDFAST_CONFIG_DIR: path("config"), HOLDFAST_RUNTIME_DIR: path("run") },
    home: directory,
    processes: procfs(),
    quiet: true,
    lookUp: async () => ({}),
    describe: async () => describeCommand(resolved),
    ask: async () => "no",
    onGranted: () => {},
    stores: async () => ({
      ...EMPTY_STORES,
      facts: async (operation) => {
        if (operation.kind !== "command") return {};
        const entry = matchEntry(entries, operation.command, new Date());
        const all = { ...BUILT_IN_KNOBS, ...knobs };
        return { command: entry === undefined ? { knobs: all } : { knobs: all, entry } };
      },
    }),
    prepare: async (operation) => {
      const act = await prepareCommand(operation, {
        environment: resolved.environment,
        resolveAgain: async () => (await resolve(argv, words)).operation,
      });
      meanwhile();
      return act;
    },
  });
  const gate = async (
    argv: readonly string[],
    entries: readonly AllowlistEntry[],
    more: GateTest = {},
  ) => {
    const resolved = await resolve(argv, more.context);
    return run(resolved.operation, worldOf(argv, resolved, entries, more));
  };
  return {
    directory,
    path,
    file,
    script: (name, body) => file(name, `#!/bin/sh\n${body}\n`, 0o755),
    context,
    resolve,
    digest: async (argv, more) => operationDigest((await resolve(argv, more)).operation),
    gate,
    explain: async (argv, entries) => {
      const resolved = await resolve(argv);
      return explain(resolved.operation, worldOf(argv, resolved, entries, {}));
    },
    carryOut: async (argv, more = {}) => {
      const resolved = await resolve(argv, more.context);
      const act = await prepareCommand(resolved.operation, {
        environment: resolved.environment,
        resolveAgain: async () => (await resolve(argv, more.context)).operation,
      });
      more.meanwhile?.();
      return act();
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}
