// What a tool of the gateway sees, without a server: a scratch directory, a policy, and what it said.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ToolContext } from "../../src/gateway/tool.ts";
import type { Environment } from "../../src/policy/environment.ts";
import { DEFAULT_ENVIRONMENTS } from "../../src/policy/environment-defaults.ts";
import type { EnvironmentPolicy, Policy } from "../../src/policy/policy.ts";
import { procfs } from "../../src/system/processes-procfs.ts";

export interface GatewayYard {
  /** Absolute, without symbolic links; the gateway's working directory. */
  readonly directory: string;
  /** `<config>`, below `directory`'s sibling: never inside it. */
  readonly configDirectory: string;
  /** Everything that was told as progress. */
  readonly said: string[];
  readonly path: (name: string) => string;
  /** Writes a file below `directory`, its directories too. */
  file(name: string, text: string, mode?: number): string;
  context(more?: ContextChanges): ToolContext;
  close(): void;
}

export interface ContextChanges extends Partial<Omit<ToolContext, "rules" | "policy">> {
  readonly rules?: Partial<EnvironmentPolicy>;
}

/** A policy that says nothing, but `rules` of one environment. */
export function policyWith(
  environment: Environment,
  rules: Partial<EnvironmentPolicy> = {},
): Policy {
  return {
    approvals: { store: { kind: "sqlite" }, approvers: 1, webhooks: [] },
    commands: { pass: [], agents: {}, defaults: {} },
    environments: {
      ...DEFAULT_ENVIRONMENTS,
      [environment]: { ...DEFAULT_ENVIRONMENTS[environment], ...rules },
    },
    irreversible: [],
    rules: [],
    digest: "0".repeat(64),
    files: [],
  };
}

/**
 * Makes one. Close it when done.
 *
 * @param at the directory above another yard's, for a second process in that one
 */
export function makeGatewayYard(at?: string): GatewayYard {
  const scratch = at ?? realpathSync(mkdtempSync(join(tmpdir(), "hf-gateway-")));
  const directory = join(scratch, "work");
  const configDirectory = join(scratch, "config");
  for (const each of [directory, configDirectory])
    mkdirSync(each, { recursive: true, mode: 0o700 });
  const said: string[] = [];
  const path = (name: string) => join(directory, name);
  return {
    directory,
    configDirectory,
    said,
    path,
    file: (name, text, mode = 0o644) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text, { mode });
      return path(name);
    },
    context: ({ rules, ...more } = {}) => {
      const environment = more.environment ?? "dev";
      const policy = policyWith(environment, rules);
      return {
        environment,
        policy,
        rules: policy.environments[environment],
        env: { PATH: process.env.PATH, HOME: scratch },
        home: scratch,
        cwd: directory,
        configDirectory,
        key: Buffer.alloc(32, 7),
        processes: procfs(),
        signal: new AbortController().signal,
        progress: (message) => said.push(message),
        ...more,
      };
    },
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
