// What `holdfast audit` is asked for: --since, --session, --class, --limit.

import type { AuditQuery } from "../audit/read.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import { RESOURCE_CLASSES } from "../policy/resource-class.ts";
import { parseDuration } from "../policy/duration.ts";

export interface AuditFlags {
  readonly since?: string;
  readonly session?: string;
  readonly class?: string;
  readonly limit?: string;
}

const usage = (message: string, fix: string): Failure =>
  new Failure("usage", message, { exitCode: EXIT.usage, fix });

/** @throws Failure that names the flag */
export function auditQuery(flags: AuditFlags, now: Date): AuditQuery {
  const { since, session, limit } = flags;
  return {
    ...(since === undefined ? {} : { since: sinceOf(since, now) }),
    ...(session === undefined ? {} : { session: session.toUpperCase() }),
    ...(flags.class === undefined ? {} : { class: classOf(flags.class) }),
    ...(limit === undefined ? {} : { limit: limitOf(limit) }),
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

function sinceOf(text: string, now: Date): Date {
  const duration = parseDuration(text);
  if (duration !== undefined) return new Date(now.getTime() - duration);
  const instant = INSTANT.test(text) ? new Date(text) : undefined;
  if (instant !== undefined && !Number.isNaN(instant.getTime())) return instant;
  throw usage(
    `--since: ${JSON.stringify(text)} is neither a duration nor a time`,
    "--since 8h, or --since 2026-01-02T14:00:00Z",
  );
}

function classOf(name: string): string {
  if (["unknown", "commands"].includes(name) || Object.hasOwn(RESOURCE_CLASSES, name)) return name;
  throw usage(`--class: ${JSON.stringify(name)} is no resource class`, "--class workspaces");
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw usage(`--limit: ${JSON.stringify(text)} is no number of entries`, "--limit 100");
}
