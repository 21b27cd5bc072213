// A process that is killed at the worst moment, and what the next one finds.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asked, claimOf, PERSON, queryOf } from "../../support/approval-requests.ts";
import { type Both, reach, uniqueName } from "../../support/approval-states.ts";
import { type Place, storeKinds } from "../../support/approval-stores.ts";
import { buildWorkers, type Worker, type Workers } from "../../support/approvals-workers.ts";

let workers: Workers;
let place: Place;
let both: Both;

beforeAll(async () => {
  workers = buildWorkers();
  const [sqlite] = storeKinds();
  if (sqlite === undefined) throw new Error("no store");
  place = await sqlite.place();
  both = { gate: await place.open(), person: await place.open() };
});
afterAll(async () => {
  await workers.remove();
  await place.remove();
});

async function opened(hang?: string): Promise<Worker> {
  const worker = workers.start();
  const { place: where, directory } = place;
  await worker.call("open", { place: where, directory, create: true }, hang);
  return worker;
}

test("P2: killed before the claim is committed: it stays approved, and can be claimed", async () => {
  const { id, request } = await reach(both, "approved");
  const worker = await opened("before-commit");
  expect(await worker.call("claim", claimOf(request, id))).toBe("before-commit");
  await worker.kill();
  expect((await both.gate.find(id))?.state).toBe("approved");
  expect((await both.gate.claim(claimOf(request, id, { attempt: "next" }))).done).toBe(true);
});

test("P2: killed after it: executing, then unknown once the lease is over, and never again", async () => {
  const { id, request } = await reach(both, "approved");
  const worker = await opened();
  expect(await worker.call("claim", claimOf(request, id, { leaseMs: 1500 }))).toMatchObject({
    done: true,
  });
  await worker.kill();
  expect((await both.gate.standing(queryOf(request))).standing).toBe("executing");
  expect((await both.gate.claim(claimOf(request, id, { attempt: "next" }))).done).toBe(false);
  await sleep(1600);
  expect((await both.gate.standing(queryOf(request))).standing).toBe("unknown");
  expect((await both.gate.claim(claimOf(request, id, { attempt: "next" }))).done).toBe(false);
});

test("P5: killed before the outcome is committed: still executing, without an entry", async () => {
  const { id } = await reach(both, "executing");
  const worker = await opened("before-commit");
  expect(await worker.call("conclude", id, "attempt-1", "succeeded")).toBe("before-commit");
  await worker.kill();
  expect((await both.gate.find(id))?.state).toBe("executing");
  const events: string[] = [];
  for await (const entry of both.gate.audit()) if (entry.request === id) events.push(entry.event);
  expect(events).toEqual(["requested", "approved", "claimed"]);
});

test("P1: killed while filing: nothing was filed, and nobody is told", async () => {
  const request = asked(uniqueName());
  const worker = await opened("before-commit");
  const told = [{ recipient: "https://hear.example.com", afterMs: 0 }];
  expect(await worker.call("file", request, told)).toBe("before-commit");
  await worker.kill();
  expect(await both.gate.standing(queryOf(request))).toEqual({ standing: "none" });
  expect(await both.gate.takeNotice(1000)).toBeUndefined();
  expect((await both.gate.file(request, [])).isNew).toBe(true);
  await both.gate.withdraw((await both.gate.file(request, [])).request.id, PERSON);
});
