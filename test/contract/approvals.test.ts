// What src/grants/approvals/store.ts promises, on every store there is.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MOST_PENDING } from "../../src/grants/approvals/store.ts";
import { mayMove, REQUEST_STATES, type RequestState } from "../../src/policy/approval.ts";
import { AuditChain, type AuditEntry, entryHash } from "../../src/policy/audit-entry.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import type { HcpOperation } from "../../src/policy/operation.ts";
import { resourceKey } from "../../src/policy/resource-key.ts";
import {
  asked,
  claimOf,
  PERSON,
  queryOf,
  workspaceDeletion,
} from "../support/approval-requests.ts";
import { type Both, reach, uniqueName } from "../support/approval-states.ts";
import { type Place, storeKinds } from "../support/approval-stores.ts";

const OTHER_POLICY = "b".repeat(64);

/** What is tried in every state, and the only edge on which it may succeed. */
const TRIED: readonly {
  readonly name: string;
  readonly from: RequestState;
  readonly to: RequestState;
  readonly by: "person" | "requester" | "gate";
  readonly run: (
    both: Both,
    reached: Awaited<ReturnType<typeof reach>>,
  ) => Promise<{ readonly done: boolean }>;
}[] = [
  {
    name: "approve",
    from: "pending",
    to: "approved",
    by: "person",
    run: ({ person }, { id, request }) => person.decide(id, request.digest, "approve", PERSON),
  },
  {
    name: "deny",
    from: "pending",
    to: "denied",
    by: "person",
    run: ({ person }, { id, request }) => person.decide(id, request.digest, "deny", PERSON),
  },
  {
    name: "withdraw by the requester",
    from: "pending",
    to: "withdrawn",
    by: "requester",
    run: ({ gate }, { id }) => gate.withdraw(id, PERSON, "not needed"),
  },
  {
    name: "withdraw by a person",
    from: "pending",
    to: "withdrawn",
    by: "person",
    run: ({ person }, { id }) => person.withdraw(id, PERSON),
  },
  {
    name: "claim",
    from: "approved",
    to: "executing",
    by: "gate",
    run: ({ gate }, { id, request }) => gate.claim(claimOf(request, id, { attempt: "another" })),
  },
  {
    name: "revoke",
    from: "approved",
    to: "revoked",
    by: "person",
    run: ({ person }, { id }) => person.revoke(id, PERSON),
  },
  ...(["succeeded", "failed_no_effect", "unknown"] as const).map((outcome) => ({
    name: `conclude as ${outcome}`,
    from: "executing" as const,
    to: outcome,
    by: "gate" as const,
    run: ({ gate }: Both, { id }: { id: string }) => gate.conclude(id, "attempt-1", outcome),
  })),
  ...([true, false] as const).map((happened) => ({
    name: `resolve: ${happened ? "it happened" : "it did not"}`,
    from: "unknown" as const,
    to: happened ? ("succeeded" as const) : ("failed_no_effect" as const),
    by: "person" as const,
    run: ({ person }: Both, { id }: { id: string }) =>
      person.resolve(id, happened, "looked in the console", PERSON),
  })),
  {
    name: "reopen",
    from: "denied",
    to: "withdrawn",
    by: "person",
    run: ({ person }, { id }) => person.reopen(id, PERSON),
  },
];

/** One change for each field that an operation's digest covers. */
const MUTATIONS: readonly (readonly [string, (name: string) => HcpOperation])[] = [
  ["class", (name) => workspaceDeletion(name, { resourceClass: "vars" })],
  [
    "hostname",
    (name) => {
      const operation = workspaceDeletion(name);
      return { ...operation, target: { ...operation.target, hostname: "tfe.example.com" } };
    },
  ],
  [
    "organization",
    (name) => {
      const operation = workspaceDeletion(name);
      return { ...operation, target: { ...operation.target, organization: "other" } };
    },
  ],
  ["resource", (name) => workspaceDeletion(`${name}x`)],
  ...(
    [
      ["method", { method: "POST" }],
      ["path", { path: "/api/v2/workspaces/ws-other" }],
      ["query", { query: [["force", "true"]] }],
      ["headers", { headers: { "x-extra": "1" } }],
      ["body", { body: "{}" }],
    ] as const
  ).map(
    ([field, change]) =>
      [
        field,
        (name: string) => {
          const operation = workspaceDeletion(name);
          return { ...operation, request: { ...operation.request, ...change } } as HcpOperation;
        },
      ] as const,
  ),
];

describe.each(storeKinds())("approvals in $name", (kind) => {
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

  const check = (title: string, work: () => Promise<void>) =>
    test(title, async ({ skip }) => {
      if (place === undefined) return skip(`no ${kind.name} on this platform`);
      await work();
    });

  describe.each(REQUEST_STATES)("in state %s", (state) => {
    for (const { name, to, by, run } of TRIED.filter(({ from }) => from === state))
      check(`P3: ${name} leads to ${to}`, async () => {
        const reached = await reach(both, state);
        const { done } = await run(both, reached);
        expect({ done, state: (await both.person.find(reached.id))?.state }).toEqual({
          done: true,
          state: to,
        });
        expect(mayMove(state, to, by)).toBe(true);
      });

    check("P3: nothing else changes anything", async () => {
      const reached = await reach(both, state);
      const before = await both.person.find(reached.id);
      for (const { name, run } of TRIED.filter(({ from }) => from !== state)) {
        const { done } = await run(both, reached);
        expect({ name, done, now: await both.person.find(reached.id) }).toEqual({
          name,
          done: false,
          now: before,
        });
      }
    });
  });

  check("P1: a request that stands is returned, whoever files it again", async () => {
    const request = asked(uniqueName());
    const first = await both.gate.file(request, [{ recipient: "one", afterMs: 0 }]);
    const second = await both.person.file(request, [{ recipient: "two", afterMs: 0 }]);
    expect(first.isNew).toBe(true);
    expect(second).toEqual({ isNew: false, request: first.request });
    expect(first.request).toMatchObject({
      operation: request.operation,
      card: request.card,
      requester: request.requester,
      reason: request.reason,
      resourceKey: request.resourceKey,
      state: "pending",
      decisions: [],
    });
    expect(first.request.id).toMatch(/^[A-Z2-7]{4,6}$/);
    expect((await both.gate.find(first.request.id.toLowerCase()))?.id).toBe(first.request.id);
    expect(await both.gate.find("nothing'; --")).toBeUndefined();
    await both.gate.withdraw(first.request.id, PERSON);
  });

  check("O1, O2: one notice for many filings, to one courier, until somebody answers", async () => {
    const request = asked(uniqueName());
    const told = [
      { recipient: "https://one.example.com", afterMs: 0 },
      { recipient: "https://two.example.com", afterMs: 60_000 },
    ];
    for (let times = 0; times < 5; times++) await both.gate.file(request, told);
    const notice = await both.gate.takeNotice(60_000);
    expect(notice).toMatchObject({ recipient: told[0]?.recipient, tries: 0 });
    expect(await both.person.takeNotice(60_000)).toBeUndefined();
    expect(await both.gate.nextNoticeMs()).toBeGreaterThan(30_000);
    await both.gate.settleNotice(`${notice?.id}`, { delivered: false, againMs: 0, error: "503" });
    const again = await both.person.takeNotice(1);
    expect(again).toMatchObject({ id: notice?.id, tries: 1 });
    await sleep(5);
    // A courier that died: its lease lapses, and the notice goes to the next.
    expect(await both.gate.takeNotice(1)).toMatchObject({ id: notice?.id, tries: 2 });
    await sleep(5);
    await both.person.decide(`${notice?.request.id}`, request.digest, "deny", PERSON);
    expect(await both.gate.takeNotice(1)).toBeUndefined();
    expect(await both.gate.nextNoticeMs()).toBeUndefined();
  });

  check("O2: a delivered or given-up notice is not handed out again", async () => {
    const told = [
      { recipient: "a", afterMs: 0 },
      { recipient: "b", afterMs: 0 },
    ];
    const { request } = await both.gate.file(asked(uniqueName()), told);
    const first = await both.gate.takeNotice(100);
    const second = await both.gate.takeNotice(100);
    await both.gate.settleNotice(`${first?.id}`, { delivered: true });
    await both.gate.settleNotice(`${second?.id}`, {
      delivered: false,
      againMs: undefined,
      error: "gone",
    });
    await sleep(150);
    expect(await both.gate.takeNotice(1)).toBeUndefined();
    await both.gate.withdraw(request.id, PERSON);
  });

  check("P2: an approval is good for one claim, with everything on record", async () => {
    const { id, request } = await reach(both, "approved");
    const query = queryOf(request);
    expect(await both.gate.standing(query)).toMatchObject({ standing: "approved", id });
    expect(await both.gate.claim(claimOf(request, id))).toEqual({ done: true });
    expect(await both.gate.find(id)).toMatchObject({
      state: "executing",
      attempt: { id: "attempt-1", machine: "laptop", pid: 4242 },
    });
    const second = await both.gate.claim(claimOf(request, id, { attempt: "attempt-2" }));
    expect(second).toMatchObject({ done: false, request: { attempt: { id: "attempt-1" } } });
    expect(await both.gate.standing(query)).toMatchObject({ standing: "executing", id });
  });

  describe("P2: a claim is refused", () => {
    for (const [field, mutate] of MUTATIONS)
      check(`with another ${field}`, async () => {
        const { id, request } = await reach(both, "approved");
        const name = request.operation.target.id?.slice("ws-".length) ?? "";
        const operation = mutate(name);
        const changed = claimOf(request, id, {
          operation,
          digest: operationDigest(operation),
          resourceKey: resourceKey(operation),
        });
        expect(changed.digest).not.toBe(request.digest);
        expect((await both.gate.claim(changed)).done).toBe(false);
        expect((await both.gate.standing({ ...changed })).standing).not.toBe("approved");
        expect((await both.gate.find(id))?.state).toBe("approved");
      });

    for (const [what, change] of [
      ["scope", { scope: "session:ELSE" }],
      ["policy", { policyDigest: OTHER_POLICY }],
      ["session", { session: "ELSE" }],
      ["resource key", { resourceKey: "app.terraform.io ws-else1" }],
      ["operation than the one of its digest", { operation: workspaceDeletion("else2") }],
    ] as const)
      check(`with another ${what}`, async () => {
        const { id, request } = await reach(both, "approved");
        const refused = await both.gate.claim(claimOf(request, id, change));
        expect(refused).toMatchObject({ done: false, request: { state: "approved" } });
        expect((await both.gate.claim(claimOf(request, id))).done).toBe(true);
      });

    check("once the approval has expired, however it was looked at before", async () => {
      const { id, request } = await reach(both, "approved", { usableMs: 1500 });
      expect((await both.gate.standing(queryOf(request))).standing).toBe("approved");
      await sleep(1600);
      expect(await both.gate.claim(claimOf(request, id))).toMatchObject({
        done: false,
        request: { state: "expired" },
      });
    });

    check("P6: while another request about the same resource is executing", async () => {
      const name = uniqueName();
      const operation = workspaceDeletion(name);
      const first = await reach(both, "approved", { operation, scope: "session:one" });
      const second = await reach(both, "approved", { operation, scope: "session:two" });
      await both.gate.claim(claimOf(first.request, first.id));
      expect(await both.gate.claim(claimOf(second.request, second.id))).toMatchObject({
        done: false,
        request: { state: "approved" },
      });
      await both.gate.conclude(first.id, "attempt-1", "succeeded");
      expect((await both.gate.claim(claimOf(second.request, second.id))).done).toBe(true);
    });
  });

  check("P3: a late writer changes nothing, nor does one without the attempt's id", async () => {
    const { id, request } = await reach(both, "approved");
    await both.gate.claim(claimOf(request, id));
    expect((await both.gate.conclude(id, "somebody else", "succeeded")).done).toBe(false);
    expect(await both.gate.renew(id, "somebody else", 60_000)).toBe(false);
    expect(await both.gate.renew(id, "attempt-1", 300)).toBe(true);
    await sleep(400);
    expect(await both.gate.renew(id, "attempt-1", 60_000)).toBe(false);
    expect(await both.gate.conclude(id, "attempt-1", "succeeded")).toMatchObject({
      done: false,
      request: { state: "unknown" },
    });
    expect((await both.gate.standing(queryOf(request))).standing).toBe("unknown");
  });

  check(
    "P6: a no stands for the resource under any scope and spelling, until it is reopened",
    async () => {
      const name = uniqueName();
      const operation = workspaceDeletion(name);
      const { id, request } = await reach(both, "denied", { operation });
      const spelled = workspaceDeletion(name, {
        request: { ...operation.request, query: [["force", "true"]] },
      });
      for (const again of [
        asked(name, { operation, scope: "session:other" }),
        asked(name, { operation: spelled, scope: "lineage:1:2:3" }),
        asked(name, { operation, policyDigest: OTHER_POLICY }),
      ])
        expect(await both.gate.standing(queryOf(again))).toMatchObject({ standing: "denied", id });
      expect(await both.gate.blocks()).toContainEqual({
        resourceKey: request.resourceKey,
        state: "denied",
        id,
      });
      expect(await both.gate.file(request, [])).toMatchObject({ isNew: false, request: { id } });
      await both.person.reopen(id, PERSON);
      expect(await both.gate.standing(queryOf(request))).toEqual({ standing: "none" });
      const anew = await both.gate.file(request, []);
      expect(anew.isNew).toBe(true);
      expect(anew.request.id).not.toBe(id);
    },
  );

  check("an answer under another policy does not count: it is asked again", async () => {
    for (const state of ["pending", "approved"] as const) {
      const { id, request } = await reach(both, state);
      const now = { ...request, policyDigest: OTHER_POLICY };
      expect(await both.gate.standing(queryOf(now))).toEqual({ standing: "none" });
      const anew = await both.gate.file(now, []);
      expect(anew.isNew).toBe(true);
      expect(await both.gate.find(id)).toMatchObject({ state: "withdrawn", note: /policy/ });
    }
  });

  check("a decision needs the digest that was shown, and an operation that has it", async () => {
    const { id } = await reach(both, "pending");
    const other = await both.person.decide(id, "sha256:other", "approve", PERSON);
    expect(other).toMatchObject({ done: false, request: { state: "pending", decisions: [] } });
    const lying = { ...asked(uniqueName()), operation: workspaceDeletion("harmless1") };
    const { request } = await both.gate.file(lying, []);
    const refused = await both.person.decide(request.id, lying.digest, "approve", PERSON);
    expect(refused).toMatchObject({ done: false, request: { state: "pending" } });
    expect((await both.person.decide(request.id, lying.digest, "deny", PERSON)).done).toBe(true);
  });

  check("who decided comes with the decision", async () => {
    const { id, request } = await reach(both, "pending");
    const by = { user: "somebody", machine: "desk", pid: 5, proof: "code" } as const;
    const changed = await both.person.decide(id, request.digest, "approve", by);
    // PostgreSQL knows better than the client.
    const user = kind.name === "postgres" ? "alice" : "somebody";
    expect(changed.request?.decisions).toMatchObject([{ verdict: "approve", by: { ...by, user } }]);
    const revoked = await both.person.revoke(id, by);
    expect(revoked.request).toMatchObject({ endedBy: { ...by, user } });
  });

  check("what became of an unknown attempt needs evidence", async () => {
    const { id } = await reach(both, "unknown");
    await expect(both.person.resolve(id, true, " \n ", PERSON)).rejects.toMatchObject({
      code: "no-evidence",
    });
    const { request } = await both.person.resolve(id, true, "it is gone", PERSON);
    expect(request).toMatchObject({ state: "succeeded", note: "it is gone" });
  });

  check("a lineage has at most so many requests pending", async () => {
    const scope = `session:${uniqueName()}`;
    for (let filed = 0; filed < MOST_PENDING; filed++)
      await both.gate.file(asked(uniqueName(), { scope }), []);
    const next = asked(uniqueName(), { scope });
    await expect(both.gate.file(next, [])).rejects.toMatchObject({ code: "too-many-requests" });
    expect(
      (await both.gate.file({ ...next, requester: { ...next.requester, scope: "x" } }, [])).isNew,
    ).toBe(true);
  });

  check(
    "text from outside is bounded: cut where people read it, refused where it decides",
    async () => {
      const long = "x".repeat(100_000);
      const { id } = await reach(both, "pending");
      const { request } = await both.gate.withdraw(id, { ...PERSON, machine: long }, `\0${long}`);
      expect(request?.note?.length).toBeLessThan(3000);
      expect(request?.endedBy?.machine.length).toBeLessThan(300);
      for (const scope of [long, "", "\0", "\ud800"])
        await expect(both.gate.file(asked(uniqueName(), { scope }), [])).rejects.toMatchObject({
          code: "request-too-long",
        });
    },
  );

  check("lists the newest first, by state and by session", async () => {
    const session = uniqueName();
    const first = await reach(both, "denied", { session });
    const second = await reach(both, "pending", { session });
    const ids = async (query: object) => (await both.person.list(query)).map(({ id }) => id);
    expect(await ids({ session })).toEqual([second.id, first.id]);
    expect(await ids({ session, states: ["denied"] })).toEqual([first.id]);
    expect(await ids({ states: ["pending"], limit: 1 })).toEqual([second.id]);
    expect((await ids({ states: ["pending", "denied"] })).slice(0, 2)).toEqual([
      second.id,
      first.id,
    ]);
    expect(await ids({ limit: 2 })).toEqual([second.id, first.id]);
    expect(await ids({ states: [] })).toEqual([]);
  });

  check("whoever looks moves what the clock has ended, once, with an entry", async () => {
    const looks = [
      (id: string) => both.gate.find(id),
      () => both.gate.list({}),
      (_: string, query: ReturnType<typeof queryOf>) => both.gate.standing(query),
      () => both.gate.blocks(),
    ];
    for (const look of looks) {
      const waiting = asked(uniqueName(), { scope: uniqueName(), pendingMs: 50 });
      const filed = await both.gate.file(waiting, []);
      const pending = { id: filed.request.id, request: waiting };
      const { id, request } = await reach(both, "approved");
      await both.gate.claim(claimOf(request, id, { leaseMs: 1 }));
      await sleep(120);
      for (const each of [pending, { id, request }]) await look(each.id, queryOf(each.request));
      await Promise.all([both.gate.list({}), both.person.list({})]);
      const events = (await entries()).filter((entry) =>
        [pending.id, id].includes(`${entry.request}`),
      );
      expect(events.filter(({ event }) => event === "approval-expired")).toHaveLength(1);
      expect(events.filter(({ outcome }) => outcome === "unknown")).toHaveLength(1);
    }
  });

  const entries = async (): Promise<AuditEntry[]> => {
    const all: AuditEntry[] = [];
    for await (const entry of both.person.audit()) all.push(entry);
    return all;
  };

  check("P5, J2: a claim that fails has no entry, and the next one its number", async () => {
    const { id, request } = await reach(both, "approved");
    const lost = { attempt: "lost", policyDigest: OTHER_POLICY };
    expect((await both.gate.claim(claimOf(request, id, { attempt: "won" }))).done).toBe(true);
    const [before] = (await entries()).slice(-1);
    for (let tries = 0; tries < 3; tries++)
      expect((await both.gate.claim(claimOf(request, id, lost))).done).toBe(false);
    expect((await entries()).at(-1)).toEqual(before);
    await both.gate.conclude(id, "won", "succeeded");
    expect((await entries()).at(-1)).toMatchObject({
      writer: before?.writer,
      seq: (before?.seq ?? 0) + 1,
      previous: before?.hash,
    });
  });

  check("P5: every change has its entry, in chains without gaps", async () => {
    const { id, request } = await reach(both, "unknown");
    await both.person.resolve(id, false, "it is still there", PERSON);
    const all = await entries();
    const own = all.filter((entry) => entry.request === id);
    expect(own.map(({ event }) => event)).toEqual([
      "requested",
      "approved",
      "claimed",
      "concluded",
      "resolved",
    ]);
    expect(own[0]).toMatchObject({
      class: "workspaces",
      digest: request.digest,
      operation: `DELETE /workspaces/${request.operation.target.id}`,
    });
    const by = (event: string) => own.find((entry) => entry.event === event)?.by;
    expect(by("approved")).toBe("alice@laptop");
    expect(by("requested")).toBe(kind.name === "postgres" ? "agent@laptop" : "alice@laptop");
    const chains = group(all);
    for (const chain of chains.values())
      for (const [index, entry] of chain.entries()) {
        expect(entry.seq).toBe(index + 1);
        expect(entry.hash).toBe(entryHash(entry));
        expect(entry.previous).toBe(
          chain[index - 1]?.hash ??
            new AuditChain().next({ event: "decided" }, new Date(), []).previous,
        );
      }
    const heads = await both.gate.auditHeads();
    expect(heads[0]).toBe(all.at(-1)?.hash);
  });
});

function group(all: readonly AuditEntry[]): Map<string, AuditEntry[]> {
  const chains = new Map<string, AuditEntry[]>();
  for (const entry of all) chains.set(entry.writer, [...(chains.get(entry.writer) ?? []), entry]);
  return chains;
}
