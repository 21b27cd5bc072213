// Many at once, on every store: real processes, and many connections of one.
//
// HOLDFAST_RACE_ROUNDS sets how many rounds the connections race; 20 if it is not set.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApprovalStore, Changed, Claimed, Filed } from "../../src/grants/approvals/store.ts";
import { asked, claimOf, PERSON } from "../support/approval-requests.ts";
import { type Both, type Reached, reach, uniqueName } from "../support/approval-states.ts";
import { type Place, storeKinds } from "../support/approval-stores.ts";
import { buildWorkers, type Worker, type Workers } from "../support/approvals-workers.ts";

const RACERS = 32;
const MIGRATORS = 8;
const ROUNDS = Number(process.env.HOLDFAST_RACE_ROUNDS ?? 20);
const PROCESS_ROUNDS = 2;

const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe.each(storeKinds())("races in $name", (kind) => {
  let workers: Workers;
  let place: Place | undefined;
  let both: Both;

  beforeAll(async () => {
    workers = buildWorkers();
    if (!(await kind.start())) return;
    place = await kind.place();
    both = { gate: await place.openAs("agent"), person: await place.openAs("alice") };
  });
  afterAll(async () => {
    await workers.remove();
    await place?.remove();
    await kind.stop();
  });

  const check = (title: string, work: (place: Place) => Promise<void>, ms = 60_000) =>
    test(
      title,
      async ({ skip }) => {
        if (place === undefined) return skip(`no ${kind.name} on this platform`);
        await work(place);
      },
      ms,
    );

  async function openedWorkers(count: number, at: Place): Promise<Worker[]> {
    const started = times(count, () => workers.start());
    const options = { place: at.agentPlace, directory: at.directory, create: true };
    const opened = await Promise.all(started.map((worker) => worker.call("open", options)));
    for (const answer of opened) expect(answer).toEqual(both.gate.place);
    return started;
  }

  check("P1, P2: 32 processes file one request, and one of them takes its approval", async (at) => {
    const racers = await openedWorkers(RACERS, at);
    for (let round = 0; round < PROCESS_ROUNDS; round++) {
      const request = asked(uniqueName(), { scope: uniqueName() });
      const told = [{ recipient: "https://hear.example.com", afterMs: 0 }];
      const filed: Filed[] = await Promise.all(
        racers.map((racer) => racer.call("file", request, told)),
      );
      expect(filed.filter(({ isNew }) => isNew)).toHaveLength(1);
      const ids = new Set(filed.map((each) => each.request.id));
      expect(ids.size).toBe(1);
      const notices = await Promise.all(racers.map((racer) => racer.call("takeNotice", 60_000)));
      expect(notices.filter((notice) => notice !== null)).toHaveLength(1);
      const [id = ""] = ids;
      await both.person.decide(id, request.digest, "approve", PERSON);
      const claims: Claimed[] = await Promise.all(
        racers.map((racer, index) =>
          racer.call("claim", claimOf(request, id, { attempt: `attempt-${index}` })),
        ),
      );
      const winners = claims.filter(({ done }) => done);
      expect(winners).toHaveLength(1);
      // The losers see the winner.
      const winner = `attempt-${claims.findIndex(({ done }) => done)}`;
      for (const claimed of claims)
        if (!claimed.done) expect(claimed.request?.attempt?.id).toBe(winner);
      expect((await both.person.find(id))?.attempt?.id).toBe(winner);
    }
    await Promise.all(racers.map((racer) => racer.kill()));
  });

  check(
    `P1, P2: so do 32 connections, in ${ROUNDS} rounds`,
    async (at) => {
      const stores = await Promise.all(times(RACERS, () => at.openAs("agent")));
      for (let round = 0; round < ROUNDS; round++) {
        const request = asked(uniqueName(), { scope: uniqueName() });
        const filed = await Promise.all(stores.map((store) => store.file(request, [])));
        expect(filed.filter(({ isNew }) => isNew)).toHaveLength(1);
        const id = filed[0]?.request.id ?? "";
        await both.person.decide(id, request.digest, "approve", PERSON);
        const claims = await Promise.all(
          stores.map((store, index) =>
            store.claim(claimOf(request, id, { attempt: `a-${index}` })),
          ),
        );
        expect(claims.filter(({ done }) => done)).toHaveLength(1);
      }
    },
    60_000 + ROUNDS * 2000,
  );

  check("P3: answers that race come to one state, and every loser sees it", async (at) => {
    const people = await Promise.all(times(4, () => at.openAs("alice")));
    const race = async (
      { id, request }: Reached,
      answers: ((store: ApprovalStore, id: string, digest: string) => Promise<Changed>)[],
    ) => {
      const changes = await Promise.all(
        answers.map((answer, index) =>
          answer(people[index % 4] ?? both.person, id, request.digest),
        ),
      );
      const final = await both.person.find(id);
      expect(changes.filter(({ done }) => done).length).toBeLessThanOrEqual(1);
      for (const { request: seen } of changes) expect(seen?.state).toBe(final?.state);
      return { final, winners: changes.filter(({ done }) => done).length };
    };
    for (let round = 0; round < 5; round++) {
      const answered = await race(await reach(both, "pending"), [
        (store, id, digest) => store.decide(id, digest, "deny", PERSON),
        (store, id) => store.withdraw(id, PERSON),
        (store, id, digest) => store.decide(id, digest, "deny", { ...PERSON, user: "bob" }),
      ]);
      expect(answered.winners).toBe(1);
      const used = await race(await reach(both, "approved"), [
        (store, id) => store.revoke(id, PERSON),
        (store, id) => store.revoke(id, PERSON),
      ]);
      expect(used).toMatchObject({ winners: 1, final: { state: "revoked" } });
      // The clock races with the answers here: whoever is first, it is one state.
      const request = asked(uniqueName(), { scope: uniqueName(), pendingMs: 10 + 10 * round });
      const { id } = (await both.gate.file(request, [])).request;
      await race({ request, id }, [
        (store) => store.decide(id, request.digest, "deny", PERSON),
        (store) => store.withdraw(id, PERSON),
        (store) => store.decide(id, request.digest, "approve", PERSON),
      ]);
    }
  });

  check(
    "P2, P3: approve, deny, withdraw, revoke and claim at once: nothing is used that was not approved",
    async (at) => {
      const people = await Promise.all(times(2, () => at.openAs("alice")));
      const [one = both.person, two = both.person] = people;
      for (let round = 0; round < 8; round++) {
        const { id, request } = await reach(both, "pending");
        const [approved, denied, withdrawn, revoked, claimed] = await Promise.all([
          one.decide(id, request.digest, "approve", PERSON),
          two.decide(id, request.digest, "deny", PERSON),
          both.gate.withdraw(id, PERSON),
          two.revoke(id, PERSON),
          both.gate.claim(claimOf(request, id)),
        ]);
        expect([approved, denied, withdrawn].filter(({ done }) => done)).toHaveLength(1);
        expect([revoked, claimed].filter(({ done }) => done).length).toBeLessThanOrEqual(1);
        if (revoked.done || claimed.done) expect(approved.done).toBe(true);
        const final = (await both.gate.find(id))?.state;
        const expected = claimed.done
          ? "executing"
          : revoked.done
            ? "revoked"
            : denied.done
              ? "denied"
              : withdrawn.done
                ? "withdrawn"
                : "approved";
        expect(final).toBe(expected);
      }
    },
  );

  check("M2: eight processes make the schema at once", async () => {
    const empty = await kind.emptyPlace();
    const started = times(MIGRATORS, () => workers.start());
    const options = { place: empty.place, directory: empty.directory, create: true };
    const opened = await Promise.all(started.map((worker) => worker.call("open", options)));
    for (const answer of opened) expect(typeof answer).toBe("string");
    const request = asked(uniqueName());
    const filed: Filed[] = await Promise.all(
      started.map((worker) => worker.call("file", request, [])),
    );
    expect(filed.filter(({ isNew }) => isNew)).toHaveLength(1);
    await Promise.all(started.map((worker) => worker.kill()));
    await empty.remove();
  });
});
