// What a caller and a session host say to each other: one JSON object on each line, over the
// session's Unix socket. The host checks every word of a caller with these schemas. A caller trusts
// what its session's host has signed, so a nested delete does not pay for loading them: callers
// import types from here and nothing else.
//
//   caller  hello       who I claim to be, a random number, my HOLDFAST_ variables
//   host    challenge   a file to open, and the host's public key
//   caller  a request   reserve | peek | describe | revoke | adopt | nest | refusal | report
//                       grant | vouch | blocks-changed
//   host    an answer   signed, like all that follow
//   caller  sending     after reserve: from here on it may have happened
//   host    go          or refused: revoked or expired meanwhile
//   caller  result      what became of it
//   host    recorded

import * as z from "zod";
import { REASONS, type Reason } from "../../policy/reason.ts";
import {
  isUngrantable,
  RESOURCE_CLASSES,
  type ResourceClass,
  type UngrantableClass,
} from "../../policy/resource-class.ts";

const line = z.string().max(2048);
const resourceClass = z
  .string()
  .refine((name): name is ResourceClass => Object.hasOwn(RESOURCE_CLASSES, name));
const anyClass = z
  .string()
  .refine(
    (name): name is ResourceClass | UngrantableClass | "unknown" =>
      name === "unknown" || isUngrantable(name) || Object.hasOwn(RESOURCE_CLASSES, name),
  );
const requestId = z.string().regex(/^[A-Z0-9]{1,16}$/);
const reason = z.string().refine((name): name is Reason => Object.hasOwn(REASONS, name));

/** The part of an operation that the host needs: to decide, and for the receipt. */
export const summarySchema = z.strictObject({
  title: line,
  method: z.string().max(32),
  path: z.string().max(8192),
  hostname: z.string().max(300),
  organization: line.exactOptional(),
  resourceClass: anyClass,
  reversibility: z.enum(["reversible", "irreversible", "depends"]),
  because: line.exactOptional(),
  /** policy/resource-key.ts: what a person's no is about. */
  resource: z.string().max(9000),
  items: z.int().min(1).max(1_000_000),
});
export type OperationSummary = z.infer<typeof summarySchema>;

export const helloSchema = z.strictObject({
  type: z.literal("hello"),
  version: z.literal(1),
  pid: z.int().positive(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  variables: z.record(z.string().max(256), z.string().max(8192)),
});

/** The host's reply to `hello`: the file to open, and its public key as DER (SPKI) in base64. */
export interface Challenge {
  readonly type: "challenge";
  readonly file: string;
  readonly key: string;
}

/** What became of an operation that was sent. */
export const OUTCOMES = ["succeeded", "failed_no_effect", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const requestSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("reserve"), operation: summarySchema }),
  z.strictObject({ type: z.literal("peek"), operation: summarySchema }),
  z.strictObject({ type: z.literal("sending") }),
  z.strictObject({
    type: z.literal("result"),
    outcome: z.enum(OUTCOMES),
    status: z.int().exactOptional(),
  }),
  z.strictObject({ type: z.literal("describe") }),
  z.strictObject({ type: z.literal("revoke") }),
  z.strictObject({ type: z.literal("adopt"), pid: z.int().positive(), code: line.exactOptional() }),
  z.strictObject({ type: z.literal("nest") }),
  z.strictObject({ type: z.literal("refusal"), operation: summarySchema, reason }),
  z.strictObject({
    type: z.literal("report"),
    operation: summarySchema,
    reason,
    outcome: z.enum(OUTCOMES),
    status: z.int().exactOptional(),
  }),
  z.strictObject({
    type: z.literal("grant"),
    resourceClass,
    request: requestId,
    code: line.exactOptional(),
  }),
  z.strictObject({ type: z.literal("vouch"), code: line.exactOptional() }),
  z.strictObject({ type: z.literal("blocks-changed") }),
]);
export type SessionRequest = z.infer<typeof requestSchema>;

/** Text that shows as it is: whatever a genuine host tells of itself. */
const shown = z
  .string()
  .max(2048)
  .regex(/^\P{C}*$/u);
const instant = shown.refine((text) => !Number.isNaN(Date.parse(text)));
const sessionId = z.string().regex(/^[A-Z2-7]{6}$/);
const count = z.int().min(0);

const entrySchema = z.strictObject({
  at: instant,
  title: line,
  method: z.string(),
  path: z.string(),
  resourceClass: anyClass,
  items: count,
  result: z.enum(["deleted", "failed", "unknown", "refused"]),
  reason: reason.exactOptional(),
  status: z.int().exactOptional(),
});
/** One line of the receipt. */
export type ReceiptEntry = z.infer<typeof entrySchema>;

const wideningSchema = z.strictObject({
  class: resourceClass,
  request: requestId,
  at: instant,
  by: shown,
});
/** One class that a person added while the session ran: for which request, when, and who. */
export type Widening = z.infer<typeof wideningSchema>;

const descriptionSchema = z.strictObject({
  id: sessionId,
  command: shown,
  hostname: shown,
  organization: shown.exactOptional(),
  classes: z.array(resourceClass),
  /** Those among the classes that were not granted at the start. */
  widened: z.array(wideningSchema),
  wildcard: z.boolean(),
  maxDeletes: count.exactOptional(),
  spent: count,
  reserved: count,
  startedAt: instant,
  expiresAt: instant,
  state: z.enum(["live", "expired", "revoked"]),
  adopted: z.array(count),
  inside: sessionId.exactOptional(),
  counts: z.strictObject({ deleted: count, failed: count, unknown: count, refused: count }),
  entries: z.array(entrySchema),
});
/** What a host tells about its session; `entries` are the latest ones, the newest last. */
export type SessionDescription = z.infer<typeof descriptionSchema>;

/**
 * Checks what a host tells about the session `id`; undefined when it is no description of it. A
 * signature says only that the host has the token's key, and whoever forges a whole session has one.
 */
export function checkedDescription(told: unknown, id: string): SessionDescription | undefined {
  const { data } = descriptionSchema.safeParse(told);
  return data?.id === id ? data : undefined;
}

const answerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("allowed"),
    session: z.string(),
    by: z.enum(["name", "wildcard"]),
    remaining: z.int().exactOptional(),
  }),
  z.strictObject({
    type: z.literal("look-up"),
    needs: z.array(z.enum(["reversibility", "organization"])),
  }),
  z.strictObject({
    type: z.literal("refused"),
    session: z.string(),
    reason,
    detail: line.exactOptional(),
    /** The request that blocks the resource. */
    request: z.string().max(16).exactOptional(),
  }),
  z.strictObject({ type: z.literal("go") }),
  z.strictObject({ type: z.literal("recorded") }),
  z.strictObject({ type: z.literal("done") }),
  z.strictObject({ type: z.literal("description"), description: descriptionSchema }),
  z.strictObject({ type: z.literal("error"), message: line }),
]);
export type SessionAnswer = z.infer<typeof answerSchema>;
