// What policy says, after every file of it has been read and combined: strictest wins. policy-file.ts
// reads the text; this is what the rest of the house sees.

import type { AgentKnobs } from "./allowlist.ts";

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
  /** SHA-256 of everything above, 64 hex digits: an approval is good under one policy. */
  readonly digest: string;
  /** The files that it came from, in the order in which they were read. */
  readonly files: readonly string[];
}
