// A session that is a forgery from end to end: its own key, token, record, socket and host. It proves
// nothing but itself, so what it tells is shown to a person only where it can be nothing but a
// description.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatSessionRecord } from "../../src/grants/session-record.ts";
import { createIdentity } from "../../src/session/protocol/identity.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { recordOf } from "../support/records.ts";
import { type Stage, setStage } from "../support/stage.ts";
import { eachLine } from "../support/wire.ts";

let stage: Stage;
let server: Server;
let told: object;
const identity = createIdentity();

beforeAll(async () => {
  stage = await setStage();
  const runtime = stage.env.HOLDFAST_RUNTIME_DIR ?? "";
  for (const directory of [stage.sessions, runtime])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  const proof = join(runtime, "proof-forged");
  writeFileSync(proof, "");
  server = createServer((socket) => {
    socket.on("error", () => {});
    let transcript = "";
    eachLine(socket, (line) => {
      transcript += `${line}\n`;
      if (line.includes('"hello"')) {
        const challenge = { type: "challenge", file: proof, key: identity.publicKey };
        transcript += `${JSON.stringify(challenge)}\n`;
        socket.write(`${JSON.stringify(challenge)}\n`);
        return;
      }
      const message = JSON.stringify(told);
      transcript += `${message}\n`;
      socket.write(`${JSON.stringify({ message, signature: identity.sign(transcript) })}\n`);
    });
  });
  const path = socketPath(stage.env, identity.token);
  await new Promise<void>((resolve) => server.listen(path, resolve));
});
afterAll(async () => {
  server.close();
  await stage.close();
});
beforeEach(async () => {
  const record = { ...(await recordOf(1)), token: identity.token, id: "FORGED" };
  const file = join(stage.sessions, `${identity.token}.hcl`);
  writeFileSync(file, formatSessionRecord(record), { mode: 0o600 });
});
afterEach(() => rmSync(join(stage.sessions, `${identity.token}.hcl`)));

const description = {
  id: "FORGED",
  command: "claude",
  hostname: "app.terraform.io",
  classes: ["vars"],
  widened: [],
  wildcard: false,
  spent: 0,
  reserved: 0,
  startedAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2126-01-01T00:00:00.000Z",
  state: "live",
  adopted: [],
  counts: { deleted: 0, failed: 0, unknown: 0, refused: 0 },
  entries: [],
};
const ESCAPE = "\u001b[2K\u009b2J\u202e";

describe("what a forged host tells of itself", () => {
  it("is shown where it is a description", async () => {
    told = { type: "description", description };
    expect((await stage.run(["session", "list"])).stdout).toMatch(/^FORGED {2}live until 2126/);
    expect((await stage.run(["session", "show", "FORGED"])).code).toBe(0);
  });

  it.each<[string, object]>([
    ["another session's id", { id: "ABCDEF" }],
    ["an id that moves the cursor", { id: ESCAPE }],
    ["a class that moves the cursor", { classes: [ESCAPE] }],
    ["a state that moves the cursor", { state: ESCAPE }],
    ["a hostname that moves the cursor", { hostname: ESCAPE }],
    ["a budget that moves the cursor", { maxDeletes: ESCAPE }],
    ["a count that moves the cursor", { spent: ESCAPE }],
    ["an end that is no time", { expiresAt: ESCAPE }],
    ["an outer session that moves the cursor", { inside: ESCAPE }],
    ["adopted processes that are none", { adopted: [ESCAPE] }],
    ["members that no description has", { note: ESCAPE }],
    [
      "a receipt with a reason that moves the cursor",
      {
        counts: { deleted: 0, failed: 0, unknown: 0, refused: 1 },
        entries: [
          {
            at: "2026-01-01T00:00:00.000Z",
            title: "x",
            method: "DELETE",
            path: "/x",
            resourceClass: "vars",
            items: 1,
            result: "refused",
            reason: ESCAPE,
          },
        ],
      },
    ],
  ])("%s: not shown, and said to be none", async (_, change) => {
    told = { type: "description", description: { ...description, ...change } };
    const list = await stage.run(["session", "list"]);
    expect(list.stdout).toContain("FORGED  not live: what answers gives no description of this");
    const show = await stage.run(["session", "show", "FORGED"]);
    expect(show.code).toBe(2);
    for (const text of [list.stdout, list.stderr, show.stdout, show.stderr])
      expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  it.each<[string, object]>([
    ["a failure that moves the cursor", { type: "error", message: ESCAPE }],
    ["an answer of no kind", { type: ESCAPE }],
    ["nothing", {}],
    ["a list", []],
  ])("%s for a revocation: exit 7, and nothing hides", async (_, answer) => {
    told = answer;
    const { code, stderr } = await stage.run(["session", "revoke", "FORGED"]);
    expect([code, stderr]).toEqual([7, expect.stringContaining("session FORGED: ")]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
  });
});
