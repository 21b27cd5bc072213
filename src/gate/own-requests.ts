// What a requester may know of requests: its own, and of those what a person would tell it.
//
// Q1 A request of another lineage is not there, for whoever asks: its id tells nothing.

import { openApprovals } from "../grants/approvals/open.ts";
import type { ApprovalRequest } from "../policy/approval.ts";
import type { SessionFact } from "../policy/decide.ts";
import { findStanding, type StandingWorld } from "../session/caller/standing.ts";
import { configDirectory } from "../system/places.ts";
import { GateLog } from "./gate-log.ts";
import { readPolicy } from "./policy-source.ts";
import { requesterOf } from "./requester.ts";

/**
 * The request, where this lineage, or the session that it is in, has filed it (Q1).
 *
 * @param policyFile as `--policy` named it
 * @param rehearsal see rehearsal.ts
 * @throws Failure where the store cannot be used
 */
export async function findOwnRequest(
  id: string,
  world: StandingWorld,
  policyFile?: string,
  rehearsal?: string,
): Promise<ApprovalRequest | undefined> {
  const directory = configDirectory(world.env, world.home);
  const policy = await readPolicy({
    configDirectory: directory,
    ...(policyFile === undefined ? {} : { extraFile: policyFile }),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  });
  const { store, approvers } = policy.approvals;
  const { redact } = new GateLog(world);
  const opened = await openApprovals({ place: store, directory, create: false, approvers, redact });
  if (opened === undefined) return undefined;
  try {
    const found = await opened.find(id);
    return found !== undefined && (await isOwn(found, world)) ? found : undefined;
  } finally {
    await opened.close();
  }
}

async function isOwn({ requester }: ApprovalRequest, world: StandingWorld): Promise<boolean> {
  const outside: SessionFact = { standing: "outside" };
  const { scope } = await requesterOf(world, outside);
  if (requester.scope === scope) return true;
  // A session's requests have its scope; whoever holds its token is in it, or was.
  const standing = await findStanding(world);
  return standing.kind === "ask" && requester.session === standing.record.id;
}
