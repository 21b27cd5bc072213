// What is kept of a saved plan: everything that its apply is bound to, and no value that it holds.

import * as z from "zod";
import { ENVIRONMENTS } from "../../policy/environment.ts";
import { CONSEQUENCES } from "../../policy/planned-change.ts";

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const hashes = z.record(z.string(), HASH);
const time = z.iso.datetime();

const change = z.strictObject({
  address: z.string(),
  type: z.string(),
  action: z.enum(["create", "update", "delete", "replace", "forget", "move", "import", "read"]),
  consequence: z.enum(CONSEQUENCES),
  evidence: z.array(z.string()).readonly(),
  stateful: z.literal(true).exactOptional(),
  unprotects: z.string().exactOptional(),
  from: z.string().exactOptional(),
});

export const PLAN_ID = /^[A-Z2-7]{8}$/;

/** Version 1 of `record.json`. Never rewritten: what becomes of the plan stands in files beside it. */
export const planRecord = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(PLAN_ID),
  /** SHA-256 of the plan file, hex. */
  digest: HASH,
  environment: z.enum(ENVIRONMENTS),
  /** Absolute, symbolic links followed. */
  directory: z.string().startsWith("/"),
  workspace: z.string().min(1),
  /** What was selected in the directory then, whatever the plan was made for. */
  selected: z.string().min(1),
  executable: z.string().startsWith("/"),
  terraformVersion: z.string(),
  options: z.strictObject({
    destroy: z.boolean(),
    refreshOnly: z.boolean(),
    targets: z.array(z.string()).readonly(),
    replace: z.array(z.string()).readonly(),
    /** Name -> keyed hash of the value, hex. */
    variables: hashes,
  }),
  /** Variables that terraform was given: name -> keyed hash of the value, hex. */
  variables: hashes,
  /** Path -> digest, hex, once the plan was made. */
  files: hashes,
  changes: z.array(change).readonly(),
  notes: z.array(z.string()).readonly(),
  cloud: z
    .strictObject({ hostname: z.string(), organization: z.string(), run: z.string() })
    .exactOptional(),
  createdAt: time,
  expiresAt: time,
});

export type PlanRecord = z.output<typeof planRecord>;

/** What became of it, in `outcome.json`: written once. */
export const planOutcome = z.strictObject({
  version: z.literal(1),
  status: z.enum(["applied", "failed", "unknown"]),
  at: time,
  exitCode: z.int().exactOptional(),
  /** One clause for people. */
  why: z.string().exactOptional(),
});

export type PlanOutcome = z.output<typeof planOutcome>;

/**
 * `expired` only ever comes of `planned`. `unknown`: it was begun, and nobody knows how far it came:
 * it is never tried again.
 */
export type PlanStatus = "planned" | "expired" | "applying" | "applied" | "failed" | "unknown";
