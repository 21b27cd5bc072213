// What policy says, after every file of it has been read and combined: strictest wins. policy-file.ts
// reads the text; this is what the rest of the house sees.

import type { AgentKnobs } from "./allowlist.ts";
import type { Environment } from "./environment.ts";
import type { Rule } from "./rule.ts";

/** Somebody who hears of a request: a URL, in the order in which they are asked. */
export interface WebhookAddress {
  readonly url: string;
  /** Path of a 0600 file with the HMAC key. */
  readonly secretFile: string;
  /** How long after the request was filed, if nobody has answered: 0 for the first. Milliseconds. */
  readonly afterMs: number;
}

export type StorePlace =
  | { readonly kind: "sqlite" }
  /** A `postgres://` URL; the password from it, or from a 0600 file. */
  | { readonly kind: "postgres"; readonly url: string; readonly passwordFile?: string };

/** What belongs to an environment, as one file says it: globs, in which case does not count. */
export interface Belonging {
  /** Of HCP Terraform; where a file names both, both must match. */
  readonly hostnames: readonly string[];
  readonly organizations: readonly string[];
  /** Of kubectl. */
  readonly contexts: readonly string[];
  /** Of Terraform and HCP Terraform. */
  readonly workspaces: readonly string[];
}

/** What policy says of one environment. Lists are empty where no file has them. */
export interface EnvironmentPolicy {
  /** What belongs to it, besides what a gateway was started for: each file adds to it. */
  readonly belonging: readonly Belonging[];
  /** Globs; what is in them is protected: rules say from what. */
  readonly protectedNamespaces: readonly string[];
  readonly protectedWorkspaces: readonly string[];
  /** How many must approve, at least. */
  readonly approvers: number;
  /** How long a plan may be applied after it was made, in milliseconds. */
  readonly planMs: number;
  /** Names of variables that terraform, kubectl and commands of the gateway are given. */
  readonly pass: readonly string[];
  readonly terraform: {
    /** An absolute path; undefined: the first on PATH that the agent cannot replace. */
    readonly executable?: string;
    /** Absolute directories: a root module must be one of them, or below one. Empty: where the gateway was started. */
    readonly roots: readonly string[];
  };
  readonly kubernetes: {
    readonly executable?: string;
    /** Absolute; undefined: the gateway has no cluster in this environment. */
    readonly kubeconfig?: string;
    readonly context?: string;
    /** Globs; empty: any namespace. */
    readonly namespaces: readonly string[];
  };
  readonly shell: {
    /** Absolute directories in which commands may read files. Empty: where the gateway was started. */
    readonly roots: readonly string[];
  };
}

export interface Policy {
  readonly approvals: {
    readonly store: StorePlace;
    /** How many distinct approvers; more than 1 needs PostgreSQL. */
    readonly approvers: number;
    /** Upper limits of policy/approval.ts's times, in milliseconds. */
    readonly pendingMs?: number;
    readonly usableMs?: number;
    readonly webhooks: readonly WebhookAddress[];
  };
  readonly commands: {
    /** Names of variables that commands are given besides the built-in ones. */
    readonly pass: readonly string[];
    /** By agent id and `*`; what is not said is left to `*`, then to the defaults. */
    readonly agents: Readonly<Record<string, Partial<AgentKnobs>>>;
    readonly defaults: Partial<AgentKnobs>;
  };
  readonly environments: Readonly<Record<Environment, EnvironmentPolicy>>;
  /** Classes that policy makes irreversible: globs. */
  readonly irreversible: readonly string[];
  /** The built-in ones first, then the files' in their order. */
  readonly rules: readonly Rule[];
  /** SHA-256 of everything above, 64 hex digits: an approval is good under one policy. */
  readonly digest: string;
  /** The files that it came from, in the order in which they were read. */
  readonly files: readonly string[];
}
