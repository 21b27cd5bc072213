// A person's answer, put straight into the store of a stage: for tests that are about what an answer is
// good for. Who may answer at all is tested with people at terminals.

import { hostname, userInfo } from "node:os";
import { openApprovals } from "../../src/grants/approvals/open.ts";
import type { Stage } from "./stage.ts";

/** Answers a request that waits. @throws Error that says why it could not be */
export async function answerIn(
  { env }: Pick<Stage, "env">,
  id: string,
  verdict: "approve" | "deny" = "approve",
): Promise<void> {
  const store = await openApprovals({
    place: { kind: "sqlite" },
    directory: env.HOLDFAST_CONFIG_DIR ?? "",
    create: false,
  });
  try {
    const request = await store?.find(id);
    if (store === undefined || request === undefined) throw new Error(`there is no request ${id}`);
    const by = { user: userInfo().username, machine: hostname(), pid: process.pid };
    const { done, ...more } = await store.decide(id, request.digest, verdict, {
      ...by,
      proof: "terminal",
    });
    if (!done) throw new Error(`request ${id} was not answered: ${JSON.stringify(more)}`);
  } finally {
    await store?.close();
  }
}
