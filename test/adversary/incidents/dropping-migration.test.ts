// A migration that drops a database: a real one, with rows in it.

import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Called } from "../../support/gateway-client.ts";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";
import { startPostgres } from "../../support/postgres.ts";
import { has } from "../../support/scripts.ts";

const server = await startPostgres();
const DRIVER = resolve("node_modules/postgres/src/index.js");

const DROP = "DROP DATABASE payments WITH (FORCE)";

const migration = (statement: string) => `
import postgres from ${JSON.stringify(DRIVER)};
const sql = postgres(process.env.DATABASE_URL, { database: "postgres", max: 1 });
await sql.unsafe(${JSON.stringify(statement)});
await sql.end();
`;

describe.skipIf(server === undefined)(
  "a migration that drops a database (needs PostgreSQL)",
  () => {
    let scene: Incident;
    let password: string;
    const rows = () => server?.query("payments", "SELECT id FROM customers ORDER BY id");
    const THREE = [{ id: 1 }, { id: 2 }, { id: 3 }];
    beforeAll(async () => {
      await server?.query("postgres", "CREATE DATABASE payments");
      await server?.query("payments", "CREATE TABLE customers AS SELECT generate_series(1, 3) id");
      const url = new URL(server?.url("payments") ?? "");
      password = url.password;
      const env = {
        ...{ DATABASE_URL: url.href, PGHOST: url.hostname, PGPORT: url.port },
        ...{ PGUSER: url.username, PGPASSWORD: password },
      };
      scene = await openIncident({ rules: { pass: Object.keys(env) }, env });
      scene.file("migrations/002.sql", `${DROP};\n`);
      scene.file("migrate.mjs", migration(DROP));
      const scripts = { migrate: "node migrate.mjs" };
      scene.file("package.json", JSON.stringify({ name: "shop", private: true, scripts }));
    });
    afterAll(async () => {
      await scene?.close();
      await server?.stop();
    });

    const exec = (command: string) => scene.call("shell_exec", { command });

    async function expectHeld(called: Called, command: string, files: readonly string[]) {
      expectWaiting(called);
      const card = await scene.card(called);
      expect(card).toContain(`Run ${command}?`);
      expect(card).toContain("environment prod");
      for (const name of files) expect(card).toContain(`file ${scene.path(name)}`);
      expect(`${called.raw}${card}`).not.toContain(password);
      expect(await rows()).toEqual(THREE);
      return card;
    }

    it
      .skipIf(!has("psql"))
      .each([
        "psql -d postgres -f migrations/002.sql",
        "psql -d postgres --file=migrations/002.sql",
      ])(
      "%s waits; the card has it whole, and pins what it would run (needs psql)",
      async (command) => {
        const called = await exec(command);
        expect(called.result.operation).toMatchObject({
          impact: "destroy",
          reversible: "irreversible",
        });
        const card = await expectHeld(called, command, ["migrations/002.sql"]);
        expect(card).toContain("known for psql: what it sends to a database can drop what is in");
      },
    );

    it.skipIf(!has("psql"))(
      "what it drops is on the card where it is among the words",
      async () => {
        const command = `psql -d postgres -c '${DROP}'`;
        await expectHeld(await exec(command), command, []);
      },
    );

    it.skipIf(!has("psql"))("a pipe into psql hides it: nobody can say yes to that", async () => {
      const called = await exec("cat migrations/002.sql | psql -d postgres");
      expect([called.isError, called.result.status, called.result.request]).toEqual([
        true,
        "refused",
        undefined,
      ]);
      expect(called.text).toContain("nobody can approve what they cannot see");
      expect(await rows()).toEqual(THREE);
    });

    it.each([
      ["node migrate.mjs", ["migrate.mjs"]],
      ["npm run migrate", ["package.json", "migrate.mjs"]],
    ] as const)("%s waits, and pins the script", async (command, files) => {
      await expectHeld(await exec(command), command, files);
    });

    it("a script that is edited after the yes is not what was approved", async () => {
      scene.file("harmless.mjs", migration("SELECT 1"));
      const called = await exec("node harmless.mjs");
      expectWaiting(called);
      expect((await scene.approve(called)).code).toBe(0);
      scene.file("harmless.mjs", migration(DROP));
      const again = await exec("node harmless.mjs");
      expectWaiting(again);
      expect(again.result.request?.id).not.toBe(called.result.request?.id);
      expect(await rows()).toEqual(THREE);
      // The very one that was approved is let through.
      scene.file("harmless.mjs", migration("SELECT 1"));
      expect((await exec("node harmless.mjs")).result.status).toBe("done");
      expect(await rows()).toEqual(THREE);
    });

    it("by hand, or approved as it is, it does drop it", async () => {
      const called = await exec("node migrate.mjs");
      expect((await scene.approve(called)).code).toBe(0);
      const ran = await exec("node migrate.mjs");
      expect(ran.result.status, ran.text).toBe("done");
      await expect(rows()).rejects.toThrow("does not exist");
    });
  },
);
