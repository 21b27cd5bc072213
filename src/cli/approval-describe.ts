// The card of a request, looked up now with this person's own credentials, wherever the request
// points; what was looked up when it was asked, where that cannot be done.

import { ago, approvalCard } from "../gate/approval-card.ts";
import type { ApprovalStore } from "../gate/answer.ts";
import type { ApprovalRequest, RequestState } from "../policy/approval.ts";
import type { Card } from "../policy/card.ts";
import { Failure } from "../policy/failure.ts";
import type { HcpOperation } from "../policy/operation.ts";
import { isLoopbackHost } from "../system/http-loopback.ts";
import type { CliContext } from "./context.ts";
import { describe } from "./gate-world.ts";
import { openHcpAccess } from "./hcp-access.ts";

/** Not over: nothing to learn from yet. */
const OPEN: readonly RequestState[] = ["pending", "approved", "executing"];

/** The card, as a person sees it before answering. */
export async function describeRequest(
  request: ApprovalRequest,
  store: ApprovalStore,
  context: CliContext,
): Promise<Card> {
  const now = new Date();
  const earlier = await store.list({ resourceKey: request.resourceKey, limit: 10 });
  const others = earlier.filter(({ id, state }) => id !== request.id && !OPEN.includes(state));
  return approvalCard(request, await lookedUp(request, now, context), others, now);
}

/** What a read of the target shows now, or the card of when it was asked. */
async function lookedUp(request: ApprovalRequest, now: Date, context: CliContext): Promise<Card> {
  const { operation, card, createdAt } = request;
  if (operation.kind !== "hcp") return card;
  try {
    return await describeAt(operation, context);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const asked = ago(now.getTime() - Date.parse(createdAt));
    const why = `what it shows now: ${error.message}; the rest was looked up ${asked}`;
    return { ...card, unknown: [...card.unknown, why] };
  }
}

async function describeAt(operation: HcpOperation, context: CliContext): Promise<Card> {
  const { hostname } = operation.target;
  const here = openHcpAccess(context);
  const access =
    here.address.hostname === hostname
      ? here
      : openHcpAccess({ ...context, env: { ...context.env, TFE_ADDRESS: addressOf(hostname) } });
  try {
    return await describe(operation, access);
  } finally {
    access.close();
  }
}

function addressOf(host: string): string {
  const { hostname } = new URL(`https://${host}`);
  return `${isLoopbackHost(hostname) ? "http" : "https"}://${host}`;
}
