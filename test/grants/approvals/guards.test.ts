// What the databases refuse by themselves, whatever client asks (guards.ts).

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { MIGRATIONS } from "../../../src/grants/approvals/migrations.ts";
import { REQUEST_STATES, TRANSITIONS } from "../../../src/policy/approval.ts";
import { type Both, reach } from "../../support/approval-states.ts";
import { type Place, storeKinds } from "../../support/approval-stores.ts";
import { rawly } from "../../support/raw-sql.ts";

test("M1: a migration that was released is as it was", () => {
  const digest = (value: unknown) =>
    createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
  expect(
    MIGRATIONS.map(({ version, sqlite, postgres }) => [version, digest([sqlite, postgres])]),
  ).toEqual([[1, "85b737c6c939ea1d"]]);
});

describe.each(storeKinds())("guards of $name", (kind) => {
  let place: Place | undefined;
  let both: Both;

  beforeAll(async () => {
    if (!(await kind.start())) return;
    place = await kind.place();
    both = { gate: await place.openAs("agent"), person: await place.openAs("alice") };
  });
  afterAll(async () => {
    await place?.remove();
    await kind.stop();
  });

  const check = (title: string, work: (place: Place) => Promise<void>) =>
    test(title, async ({ skip }) => {
      if (place === undefined) return skip(`no ${kind.name} on this platform`);
      await work(place);
    });

  for (const from of REQUEST_STATES)
    check(`G1: ${from} leads nowhere but along TRANSITIONS`, async (at) => {
      const { id } = await reach(both, from);
      for (const to of REQUEST_STATES) {
        if (to === from || TRANSITIONS.some(([one, other]) => one === from && other === to))
          continue;
        await expect(
          rawly(at, `UPDATE {request} SET state = '${to}', attempt_id = 'x' WHERE id = '${id}'`),
          `${from} -> ${to}`,
        ).rejects.toThrow(/holdfast:/);
      }
      expect((await both.gate.find(id))?.state).toBe(from);
    });

  const refused = (
    title: string,
    state: (typeof REQUEST_STATES)[number],
    statement: (id: string) => string,
  ) =>
    check(title, async (at) => {
      const { id } = await reach(both, state);
      const before = await both.gate.find(id);
      await expect(rawly(at, statement(id))).rejects.toThrow(/holdfast:/);
      expect(await both.gate.find(id)).toEqual(before);
    });

  for (const [column, value] of [
    ["digest", "'sha256:0'"],
    ["scope", "'session:EVIL'"],
    ["body", "'{}'"],
    ["resource_key", "'x'"],
    ["policy_digest", "'x'"],
    ["approvers", "99"],
    ["usable_ms", "86400000"],
    ["created_at", "1"],
    ["requested_by", "'x'"],
  ] as const)
    for (const state of ["pending", "executing"] as const)
      refused(
        `G2: the ${column} of a request that is ${state} does not change`,
        state,
        (id) => `UPDATE {request} SET ${column} = ${value} WHERE id = '${id}'`,
      );

  refused(
    "G3: nothing is approved without a decision",
    "pending",
    (id) => `UPDATE {request} SET state = 'approved' WHERE id = '${id}'`,
  );
  refused(
    "G3: an approval is not prolonged",
    "approved",
    (id) => `UPDATE {request} SET expires_at = expires_at + 1 WHERE id = '${id}'`,
  );
  refused(
    "G4: there is no claim without an attempt",
    "approved",
    (id) => `UPDATE {request} SET state = 'executing' WHERE id = '${id}'`,
  );
  refused(
    "G4: nor one that lasts for ever",
    "approved",
    (id) =>
      `UPDATE {request} SET state = 'executing', attempt_id = 'x', lease_until = <now> + 999999999 WHERE id = '${id}'`,
  );
  refused(
    "G4: an attempt is not exchanged for another",
    "executing",
    (id) => `UPDATE {request} SET attempt_id = 'mine' WHERE id = '${id}'`,
  );
  refused(
    "G5: nothing expires before its time",
    "approved",
    (id) => `UPDATE {request} SET state = 'expired' WHERE id = '${id}'`,
  );
  refused(
    "G6: a decision needs a pending request",
    "denied",
    (id) =>
      `INSERT INTO {decision} (request, verdict, by_user, by_machine, by_pid, by_proof, digest)
       SELECT id, 'approve', 'holdfast_admin', 'm', 1, 'code', digest FROM {request} WHERE id = '${id}'`,
  );
  refused(
    "G6: and its digest",
    "pending",
    (id) =>
      `INSERT INTO {decision} (request, verdict, by_user, by_machine, by_pid, by_proof, digest)
       VALUES ('${id}', 'approve', 'holdfast_admin', 'm', 1, 'code', 'another')`,
  );
  refused("a request is not deleted", "denied", (id) => `DELETE FROM {request} WHERE id = '${id}'`);
  refused(
    "a decision is not changed",
    "approved",
    (id) => `UPDATE {decision} SET verdict = 'deny' WHERE request = '${id}'`,
  );
  refused(
    "a decision is not deleted",
    "approved",
    (id) => `DELETE FROM {decision} WHERE request = '${id}'`,
  );
  refused("P5: an entry is not changed", "denied", () => "UPDATE {audit} SET entry = '{}'");
  refused("P5: an entry is not deleted", "denied", () => "DELETE FROM {audit}");

  check("G6: a request begins as pending", async (at) => {
    await expect(
      rawly(
        at,
        `INSERT INTO {request} (id, scope, digest, resource_key, policy_digest, approvers, pending_ms,
          usable_ms, expires_at, body, state) VALUES ('EVIL', 's', 'd', 'k', 'p', 1, 1000, 1000,
          <now> + 1000, '{}', 'approved')`,
      ),
    ).rejects.toThrow(/holdfast: a request begins as pending/);
  });
});
