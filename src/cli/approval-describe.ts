// The card of a request, looked up now with this person's own credentials, wherever the request
// points; what was looked up when it was asked, where that cannot be done.

import { ago, type Allows, approvalCard } from "../gate/approval-card.ts";
import { ruleOn } from "../gate/rule-on.ts";
import { withRuling } from "../gate/ruling-card.ts";
import { describeStored } from "../operations/describe.ts";
import type { ApprovalStore } from "../gate/answer.ts";
import type { ApprovalRequest, RequestState } from "../policy/approval.ts";
import type { Card } from "../policy/card.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { CommandOperation, HcpOperation } from "../policy/operation.ts";
import type { ResourceClass } from "../policy/resource-class.ts";
import { findSession, showSession } from "../session/caller/visit.ts";
import { grantText } from "../session/launch/banner.ts";
import { isLoopbackHost } from "../system/http-loopback.ts";
import type { CliContext } from "./context.ts";
import { resolveAddress } from "../hcp/address.ts";
import { describe, openHcpAccess } from "../hcp/access.ts";

/** Not over: nothing to learn from yet. */
const OPEN: readonly RequestState[] = ["pending", "approved", "executing"];

/** The card, as a person sees it before answering. */
export async function describeRequest(
  request: ApprovalRequest,
  store: ApprovalStore,
  context: CliContext,
  way: "once" | "session" | "always" = "once",
): Promise<Card> {
  const now = new Date();
  const earlier = await store.list({ resourceKey: request.resourceKey, limit: 10 });
  const others = earlier.filter(({ id, state }) => id !== request.id && !OPEN.includes(state));
  const allows = way === "once" ? undefined : await allowedBy(way, request, context);
  const { operation, card } = request;
  const { ruling } = await ruleOn(operation, context);
  const found = withRuling(await lookedUp(request, now, context), operation, ruling, card);
  return approvalCard(request, found, others, now, allows);
}

/** What a yes for the session, or for good, would allow: more than what is asked for. */
async function allowedBy(
  way: "session" | "always",
  { operation, requester }: ApprovalRequest,
  { env, home }: CliContext,
): Promise<Allows> {
  if (operation.kind === "command" || way === "always") {
    const { command } = operation as CommandOperation;
    return {
      text: `exactly this command in ${command.cwd}, for agent ${command.agent}, whenever it is run, until you remove it`,
    };
  }
  const session = await showSession(findSession(requester.session ?? "", env, home), env);
  const { resourceClass } = operation;
  const left =
    session.maxDeletes === undefined ? {} : { maxDeletes: session.maxDeletes - session.spent };
  const { hostname, organization } = session;
  const place = { hostname, ...(organization === undefined ? {} : { organization }) };
  const classes = [resourceClass as ResourceClass];
  return {
    text: `any number of ${grantText({ classes, wildcard: false, ...place, ...left })}, until session ${session.id} ends`,
    typedName: resourceClass,
  };
}

/** What a read of the target shows now, or the card of when it was asked. */
async function lookedUp(request: ApprovalRequest, now: Date, context: CliContext): Promise<Card> {
  const { operation, card, createdAt } = request;
  if (operation.kind !== "hcp") return describeStored(operation);
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
  const access = openHcpAccess(atHost(operation.target.hostname, context));
  try {
    return await describe(operation, access);
  } finally {
    access.close();
  }
}

/**
 * The person's own way to that host. Whoever asked chose the host, so TFE_TOKEN, which is for the
 * host that this environment names, does not go with it; only credentials that name the host do.
 */
function atHost(host: string, context: CliContext): CliContext {
  const { env } = context;
  if (resolveAddress(env).hostname === host) return context;
  if (isLoopbackHost(new URL(`https://${host}`).hostname))
    throw new Failure("other-loopback", `nothing here is configured for ${host}`, {
      exitCode: EXIT.usage,
      fix: `export TFE_ADDRESS=http://${host}`,
    });
  return { ...context, env: { ...env, TFE_ADDRESS: `https://${host}`, TFE_TOKEN: undefined } };
}
