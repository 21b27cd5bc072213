// The audit log, as the gate writes to it: opened with the first entry.
//
// U1 The audit log and the approvals store name each other's latest entries, so that neither loses its
//    end unseen. No command fails because they cannot.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AuditLog, openAuditLog } from "../audit/log.ts";
import { LOG_FILE } from "../audit/places.ts";
import { createRedactor, type Redactor } from "../audit/redact.ts";
import type { ApprovalStore } from "../grants/approvals/store.ts";
import type { AuditFacts } from "../policy/audit-entry.ts";
import { Failure } from "../policy/failure.ts";
import { auditDirectory, type Environment } from "../system/places.ts";

export class GateLog {
  readonly #env: Environment;
  readonly #directory: string;
  #log: AuditLog | undefined;
  #redactor: Redactor | undefined;
  /** Whether the log names the store's latest entries already: once is enough. */
  #isAnchored = false;

  constructor({ env, home }: { readonly env: Environment; readonly home: string }) {
    this.#env = env;
    this.#directory = auditDirectory(env, home);
  }

  /** What finds secrets takes a moment to make: it is made when there is something to keep. */
  readonly redact = (text: string): string => {
    this.#redactor ??= createRedactor(this.#env, []);
    return this.#redactor(text);
  };

  /**
   * Hashes of the latest entries, for the store; none where there is no log yet. Never throws a
   * Failure: whoever must not go on without the log finds out by `append`.
   */
  readonly heads = (): readonly string[] => {
    try {
      const isThere = this.#log !== undefined || existsSync(join(this.#directory, LOG_FILE));
      return isThere ? this.#open().heads() : [];
    } catch (error) {
      return none(error);
    }
  };

  /** @param store the approvals, where they are open @throws Failure as AuditLog's `append` */
  async append(facts: AuditFacts, store: ApprovalStore | undefined): Promise<void> {
    const also = this.#isAnchored ? [] : await store?.auditHeads().catch(none);
    this.#open().append(facts, also);
    this.#isAnchored ||= also !== undefined && also.length > 0;
  }

  close(): void {
    this.#log?.close();
    this.#log = undefined;
  }

  #open(): AuditLog {
    this.#log ??= openAuditLog(this.#directory, { now: Date.now, redact: this.redact });
    return this.#log;
  }
}

/** @throws whatever is no Failure: a defect of ours */
function none(error: unknown): readonly string[] {
  if (!(error instanceof Failure)) throw error;
  return [];
}
