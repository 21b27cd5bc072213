// A process of its own with a store of its own: one JSON line in, one out.
//
//   {"method": "open", "args": [{place, directory, create}, hang?]}   then any method of the store.
//   hang: "before-commit" stops inside the first transaction that changes something, and says so.

import { createInterface } from "node:readline";
import type { ApprovalDatabase } from "../../src/grants/approvals/database.ts";
import { KeptApprovals } from "../../src/grants/approvals/kept-approvals.ts";
import { type OpenApprovals, openApprovals } from "../../src/grants/approvals/open.ts";
import { openSqlite } from "../../src/grants/approvals/sqlite.ts";
import type { ApprovalStore } from "../../src/grants/approvals/store.ts";
import { Failure } from "../../src/policy/failure.ts";

const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** The real database, with every transaction stopped after its last statement. */
function hanging(database: ApprovalDatabase): ApprovalDatabase {
  const all: ApprovalDatabase = {
    place: database.place,
    user: database.user,
    isLocal: database.isLocal,
    mostApprovers: database.mostApprovers,
    read: (statement) => database.read(statement),
    write: (work) =>
      database.write(async (run) => {
        await work(run);
        say({ value: "before-commit" });
        return new Promise(() => setInterval(() => undefined, 1000));
      }),
    together: (change, kept) =>
      all.write(async (run) => {
        const rows = await run(change);
        if (rows.length > 0) await run(kept);
        return rows.length > 0;
      }),
    close: () => database.close(),
  };
  return all;
}

async function open(options: OpenApprovals, hang?: string): Promise<ApprovalStore> {
  if (hang === "before-commit") {
    const database = await openSqlite(options.directory, true);
    if (database === undefined) throw new Error("no database");
    return new KeptApprovals(hanging(database));
  }
  const store = await openApprovals(options);
  if (store === undefined) throw new Error("no store");
  return store;
}

let store: ApprovalStore | undefined;

async function answer(line: string): Promise<unknown> {
  const { method, args } = JSON.parse(line) as { method: string; args: never[] };
  if (method === "open") {
    store = await open(...(args as unknown as [OpenApprovals, string?]));
    return store.place;
  }
  const call = store?.[method as keyof ApprovalStore] as (...args: never[]) => unknown;
  return call.apply(store, args);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  answer(line).then(
    (value) => say({ value: value ?? null }),
    (error: unknown) => say({ failure: error instanceof Failure ? error.code : String(error) }),
  );
});
