// What only PostgreSQL has: two roles, people that can be told apart, and a network.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standingStatement } from "../../../src/grants/approvals/looking.ts";
import { openApprovals } from "../../../src/grants/approvals/open.ts";
import { openPostgres } from "../../../src/grants/approvals/postgres.ts";
import { addressOf } from "../../../src/grants/approvals/postgres-address.ts";
import { POSTGRES_WORDS } from "../../../src/grants/approvals/postgres-schema.ts";
import { raw, statementText } from "../../../src/grants/approvals/sql.ts";
import { asked, claimOf, PERSON, queryOf } from "../../support/approval-requests.ts";
import { type Both, reach, uniqueName } from "../../support/approval-states.ts";
import { type Place, PostgresKind } from "../../support/approval-stores.ts";
import { fillApprovals } from "../../support/many-approvals.ts";
import { passwordOf, type TestServer } from "../../support/postgres.ts";

const kind = new PostgresKind();
let server: TestServer | undefined;
let place: Place;
let both: Both;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hfpw-"));
  if (!(await kind.start())) return;
  server = kind.server;
  place = await kind.place();
  both = { gate: await place.openAs("agent"), person: await place.openAs("alice") };
});
afterAll(async () => {
  await place?.remove();
  await kind.stop();
  rmSync(directory, { recursive: true, force: true });
});

const check = (title: string, work: (running: TestServer) => Promise<void>) =>
  test(title, async ({ skip }) => {
    if (server === undefined) return skip("no postgres on this platform");
    await work(server);
  });

const databaseOf = (at: Place): string =>
  at.place.kind === "postgres" ? new URL(at.place.url).pathname.slice(1) : "";

describe("R1: a requester may not", () => {
  const refused = (
    title: string,
    state: Parameters<typeof reach>[1],
    statement: (id: string, digest: string) => string,
  ) =>
    check(title, async (running) => {
      const { id, request } = await reach(both, state);
      const before = await both.gate.find(id);
      await expect(
        running.query(databaseOf(place), statement(id, request.digest), "agent"),
      ).rejects.toMatchObject({ code: "42501" });
      expect(await both.gate.find(id)).toEqual(before);
    });

  const set = (what: string) => (id: string) =>
    `UPDATE holdfast.request SET ${what} WHERE id = '${id}'`;

  refused("approve", "pending", set("state = 'approved'"));
  refused("deny", "pending", set("state = 'denied'"));
  refused("reopen", "denied", set("state = 'withdrawn'"));
  refused("revoke", "approved", set("state = 'revoked'"));
  refused("resolve", "unknown", set("state = 'succeeded'"));
  refused(
    "insert a decision",
    "pending",
    (id, digest) =>
      `INSERT INTO holdfast.decision (request, verdict, by_user, by_machine, by_pid, by_proof, digest)
     VALUES ('${id}', 'approve', 'agent', 'm', 1, 'code', '${digest}')`,
  );
  for (const column of ["digest", "body", "scope", "resource_key", "policy_digest", "requested_by"])
    refused(`change the ${column}`, "pending", set(`${column} = 'x'`));
  for (const column of ["approvers", "expires_at", "usable_ms", "pending_ms", "created_at"])
    refused(`change the ${column}`, "pending", set(`${column} = 1`));
  refused("delete a request", "denied", (id) => `DELETE FROM holdfast.request WHERE id = '${id}'`);
  refused("delete a decision", "approved", () => "DELETE FROM holdfast.decision");
  refused("change an entry", "denied", () => "UPDATE holdfast.audit SET entry = '{}'");
  refused("delete an entry", "denied", () => "DELETE FROM holdfast.audit");
  refused("empty a table", "denied", () => "TRUNCATE holdfast.request CASCADE");
  refused(
    "say in the log that a person approved",
    "pending",
    (id) =>
      `INSERT INTO holdfast.audit (hash, writer, seq, entry)
     VALUES ('${id}', 'w', 1, '{"event": "approved", "by": "alice"}')`,
  );
  refused("change the schema", "pending", () => "DROP TRIGGER request_change ON holdfast.request");
  refused("become an approver", "pending", () => "GRANT holdfast_approver TO agent");
  refused(
    "file what is approved already",
    "pending",
    (id) =>
      `INSERT INTO holdfast.request (id, scope, digest, resource_key, policy_digest, approvers,
       pending_ms, usable_ms, expires_at, body, state)
     SELECT 'EVIL', 'x', digest, resource_key, policy_digest, 1, 1000, 1000, 1, body, 'approved'
     FROM holdfast.request WHERE id = '${id}'`,
  );

  check("bring anything back to approved", async (running) => {
    for (const state of ["executing", "unknown", "succeeded", "denied", "expired"] as const) {
      const { id } = await reach(both, state);
      await expect(
        running.query(databaseOf(place), set("state = 'approved'")(id), "agent"),
      ).rejects.toThrow(/holdfast:/);
    }
  });

  check("use or withdraw what another database user asked for", async (running) => {
    await running.user("other", ["holdfast_requester"]);
    const url = running.url(databaseOf(place), "other");
    const other = await openApprovals({
      place: { kind: "postgres", url },
      directory,
      create: true,
    });
    const { id, request } = await reach(both, "approved");
    const failure = { code: "approvals-not-permitted" };
    await expect(other?.claim(claimOf(request, id))).rejects.toMatchObject(failure);
    const pending = await reach(both, "pending");
    await expect(other?.withdraw(pending.id, PERSON)).rejects.toMatchObject(failure);
    await other?.close();
  });

  check("answer with our own client, which says why", async () => {
    const { id, request } = await reach(both, "pending");
    await expect(both.gate.decide(id, request.digest, "approve", PERSON)).rejects.toMatchObject({
      code: "approvals-not-permitted",
      fix: expect.stringContaining("holdfast_approver"),
    });
  });
});

check("R2: nobody decides in another's name, an approver included", async (running) => {
  const { id, request } = await reach(both, "pending", { approvers: 2 });
  await expect(
    running.query(
      databaseOf(place),
      `INSERT INTO holdfast.decision (request, verdict, by_user, by_machine, by_pid, by_proof, digest)
       VALUES ('${id}', 'approve', 'bob', 'm', 1, 'code', '${request.digest}')`,
      "alice",
    ),
  ).rejects.toMatchObject({ code: "23514" });
});

check("two approvers are two database users, and not the one who asked", async () => {
  const bob = await place.openAs("bob");
  const { id, request } = await reach(both, "pending", { approvers: 2 });
  const first = await both.person.decide(id, request.digest, "approve", PERSON);
  expect(first).toMatchObject({ done: true, request: { state: "pending" } });
  // The same person again, whatever the client calls itself.
  const again = await both.person.decide(id, request.digest, "approve", { ...PERSON, user: "eve" });
  expect(again).toMatchObject({ done: false, request: { state: "pending" } });
  expect((await both.gate.claim(claimOf(request, id))).done).toBe(false);
  const second = await bob.decide(id, request.digest, "approve", PERSON);
  expect(second).toMatchObject({ done: true, request: { state: "approved" } });
  expect(second.request?.decisions.map(({ by }) => by.user)).toEqual(["alice", "bob"]);
  expect((await both.gate.claim(claimOf(request, id))).done).toBe(true);

  const own = asked(uniqueName(), { approvers: 2 });
  const { request: filed } = await both.person.file(own, []);
  const self = await both.person.decide(filed.id, own.digest, "approve", PERSON);
  expect(self).toMatchObject({ done: false, why: expect.stringContaining("asked") });
  expect((await bob.decide(filed.id, own.digest, "deny", PERSON)).request?.state).toBe("denied");
});

check("of many approvers at once, as many count as there are", async () => {
  const people = await Promise.all(
    ["alice", "alice", "bob", "bob"].map((name) => place.openAs(name as "bob")),
  );
  for (let round = 0; round < 5; round++) {
    const { id, request } = await reach(both, "pending", { approvers: 2 });
    const answers = await Promise.all(
      people.map((person) => person.decide(id, request.digest, "approve", PERSON)),
    );
    expect(answers.filter(({ done }) => done)).toHaveLength(2);
    expect(await both.gate.find(id)).toMatchObject({ state: "approved" });
  }
});

describe("opening", () => {
  const at = (url: string, more = {}) =>
    openApprovals({ place: { kind: "postgres", url, ...more }, directory, create: true });

  check("nothing is made where nothing is to be made", async (running) => {
    const url = running.url(await running.database());
    const opened = await openApprovals({
      place: { kind: "postgres", url },
      directory,
      create: false,
    });
    expect(opened).toBeUndefined();
  });

  check("whoever may not make the schema is told so", async (running) => {
    const name = await running.database();
    await expect(at(running.url(name, "agent"))).rejects.toMatchObject({ code: "approvals-older" });
  });

  check("whoever is in neither role is told so", async (running) => {
    await running.user("stranger", []);
    await expect(at(running.url(databaseOf(place), "stranger"))).rejects.toMatchObject({
      code: "approvals-not-permitted",
      fix: expect.stringContaining("GRANT holdfast_requester"),
    });
  });

  check("M3: a newer schema is left alone", async (running) => {
    const other = await kind.place();
    const name = databaseOf(other);
    await running.query(name, "INSERT INTO holdfast.migration (version) VALUES (99)");
    await expect(at(running.url(name))).rejects.toMatchObject({ code: "approvals-newer" });
    await other.remove();
  });

  check("C1: the password comes from a private file, and is in no message", async (running) => {
    const file = join(directory, "password");
    writeFileSync(file, `${passwordOf("agent")}\n`, { mode: 0o600 });
    const url = `postgres://agent@127.0.0.1:${running.port}/${databaseOf(place)}`;
    const store = await at(url, { passwordFile: file });
    expect(store?.place).toBe(`postgres://127.0.0.1:${running.port}/${databaseOf(place)}`);
    await store?.close();
    chmodSync(file, 0o644);
    await expect(at(url, { passwordFile: file })).rejects.toMatchObject({
      code: "approvals-password-too-open",
    });
    const wrong = url.replace("agent@", "agent:s3cret-word@");
    const failure = await at(wrong).then(String, (error: Error & { fix?: string }) => error);
    expect(failure).toMatchObject({ code: "approvals-not-permitted" });
    expect(JSON.stringify([failure, (failure as Error).message])).not.toMatch(/s3cret-word|agent/);
  });

  test("a database that is not there is said to be unreachable, soon", async () => {
    await expect(at("postgres://u:s3cret@127.0.0.1:1/db")).rejects.toMatchObject({
      code: "approvals-unreachable",
      message: expect.not.stringContaining("s3cret"),
    });
  });

  test("X1: so is one that accepts the connection and says nothing", async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    await expect(at(`postgres://u:p@127.0.0.1:${port}/db`)).rejects.toMatchObject({
      code: "approvals-unreachable",
    });
    await new Promise((resolve) => silent.close(resolve));
  });

  test("C2: what leaves the machine is encrypted unless the URL says otherwise", () => {
    const ssl = (url: string) => addressOf({ kind: "postgres", url }).ssl;
    expect(ssl("postgres://u:p@db.example.com/holdfast")).toBe("verify-full");
    expect(ssl("postgres://u:p@db.example.com/holdfast?sslmode=disable")).toBe(false);
    expect(ssl("postgres://u:p@127.0.0.1/holdfast")).toBe(false);
    for (const bad of ["mysql://u@h/d", "postgres://h/d", "postgres://u@h", "nonsense"])
      expect(() => ssl(bad)).toThrow(/approvals\.store/);
  });
});

check("X1, X3: every connection commits to the disk, and has its limits", async () => {
  if (place.place.kind !== "postgres") throw new Error("not PostgreSQL");
  const database = await openPostgres(place.place, true);
  const setting = async (name: string) => (await database?.read(raw(`SHOW ${name}`)))?.[0]?.[name];
  expect(await setting("synchronous_commit")).toBe("on");
  expect(await setting("statement_timeout")).toBe("5s");
  expect(await setting("idle_in_transaction_session_timeout")).toBe("5s");
  await database?.close();
});

check("P6: with very many requests, standing goes by its indexes alone", async (running) => {
  await fillApprovals({ place: place.place, directory }, 20_000);
  const text = statementText(standingStatement(queryOf(asked("payments1"))), POSTGRES_WORDS);
  const plan = await running.query(databaseOf(place), `EXPLAIN ${text.replace(/\$\d+/g, "'x'")}`);
  const lines = plan.map((row) => String(row["QUERY PLAN"])).join("\n");
  expect(lines).not.toMatch(/Seq Scan/);
  expect(lines).toMatch(/request_live/);
  expect(lines).toMatch(/request_blocking|request_attempt/);
});
