// What a receiver of notifications gets, and how it can know that it comes from here.
//
// M1 A message says who asks for what. It never holds a request's body, a command's arguments or
//    variables, or anything that could allow the operation.
// M2 Text that others wrote cannot move a cursor or hide, wherever the receiver shows it.

import { createHmac } from "node:crypto";
import type { ApprovalRequest } from "../../policy/approval.ts";
import { visible } from "../../system/terminal-text.ts";

/** Longest text of one field, in characters. */
const LONGEST = 500;

function shown(text: string): string {
  const plain = visible(text);
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}

/** The body for a request that waits: one JSON object, as docs/notifications.md has it. */
export function messageBody(request: ApprovalRequest): string {
  const { operation, requester } = request;
  const { target } = operation;
  return JSON.stringify({
    version: 1,
    event: "request",
    id: request.id,
    title: shown(operation.title),
    class: operation.resourceClass,
    target: {
      hostname: shown(target.hostname),
      organization: target.organization === undefined ? null : shown(target.organization),
      path: shown(target.path),
    },
    reversible: operation.reversibility,
    requester: {
      agent: requester.agent === undefined ? null : shown(requester.agent),
      session: requester.session ?? null,
      lineage: shown(requester.lineage),
      user: shown(requester.user),
      machine: shown(requester.machine),
    },
    reason: request.reason,
    expires_at: request.expiresAt,
    approve: `holdfast approve ${request.id}`,
  });
}

/** `v1=` and the hex HMAC-SHA-256, with the receiver's key, of timestamp, a dot, and the body. */
export function signature(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** The headers of one delivery. `delivery`: the same for every try of one notice. */
export function messageHeaders(
  secret: string,
  body: string,
  {
    delivery,
    now,
    userAgent,
  }: { readonly delivery: string; readonly now: number; readonly userAgent: string },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    "content-type": "application/json",
    "user-agent": userAgent,
    "holdfast-timestamp": timestamp,
    "holdfast-signature": signature(secret, timestamp, body),
    "holdfast-delivery": delivery,
  };
}
