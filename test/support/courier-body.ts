// A courier as a process of its own, with times that a test can wait for.

import { runCourier } from "../../src/gate/courier/run.ts";
import { turnOf } from "../../src/gate/courier/turn.ts";
import { readPolicy } from "../../src/gate/policy-source.ts";
import { openApprovals } from "../../src/grants/approvals/open.ts";

const [directory = "", leaseMs = ""] = process.argv.slice(2);

async function main(): Promise<void> {
  const policy = await readPolicy({
    configDirectory: directory,
    systemFile: "/nonexistent/policy",
  });
  const store = await openApprovals({ place: { kind: "sqlite" }, directory, create: false });
  if (store === undefined) throw new Error("there is no store");
  await runCourier(store, policy, {
    signal: new AbortController().signal,
    turn: turnOf(`${directory}/courier`),
    times: { tryMs: 10_000, leaseMs: Number(leaseMs), againMs: 50, lookMs: 500 },
  });
  await store.close();
}

void main();
