// A person's no is obeyed inside a session that would grant it, and so is an attempt that is under way
// or may have happened: by every name of the resource, and up to the moment before it is sent.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeSession } from "../../src/grants/session-store.ts";
import { tellBlocksChanged } from "../../src/session/caller/visit.ts";
import { socketPath } from "../../src/session/protocol/socket-path.ts";
import { readPrivateFile } from "../../src/system/safe-file.ts";
import { listenFalsely } from "../support/false-host.ts";
import { type HostedSession, hostSession } from "../support/hosted-session.ts";
import { recordOf, tokenOf } from "../support/records.ts";
import { exists, workspace } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";
import { operationOn } from "../support/summary.ts";

let stage: Stage;
let hosted: HostedSession;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());
afterEach(() => hosted.end());

const ALL = { classes: ["workspaces"], wildcard: true } as const;
const key = (id: string) => `${stage.api.address} ${id}`;

describe("B5: a resource that a person said no to", () => {
  it("is refused by its id, by its name, and by every request that deletes it, under `all`", async () => {
    hosted = await hostSession(stage, ALL);
    const id = workspace(stage, "tmp-000");
    hosted.blocks.block(key(id), "denied", "K7QF");
    for (const words of [
      [`/workspaces/${id}`, "-X", "DELETE"],
      ["/organizations/acme/workspaces/tmp-000", "-X", "DELETE"],
      [`/workspaces/${id}/actions/safe-delete`, "-X", "POST"],
      ["/organizations/acme/workspaces/tmp-000/actions/safe-delete", "-X", "POST"],
    ]) {
      const { code, stderr } = await hosted.run("api", ...words);
      expect([code, stderr]).toEqual([7, expect.stringContaining("[denied]")]);
      expect(stderr).toContain("holdfast approval show K7QF");
    }
    expect(stage.api.mutations).toEqual([]);
    expect(exists(stage, id)).toBe(true);
    const other = await hosted.run(
      "api",
      `/workspaces/${workspace(stage, "tmp-001")}`,
      "-X",
      "DELETE",
    );
    expect(other.code).toBe(0);
  });

  it.each([
    ["executing", "executing"],
    ["unknown", "outcome-unknown"],
  ] as const)("or that is %s", async (state, reason) => {
    hosted = await hostSession(stage, ALL);
    const id = workspace(stage, "tmp-002");
    hosted.blocks.block(key(id), state, "ABCD");
    const { stderr } = await hosted.run("api", `/workspaces/${id}`, "-X", "DELETE");
    expect(stderr).toContain(`[${reason}]`);
    expect(stderr).toContain("request ABCD");
    expect(stage.api.mutations).toEqual([]);
  });

  it("is refused to whoever only asks, too", async () => {
    hosted = await hostSession(stage, ALL);
    const id = workspace(stage, "tmp-003");
    hosted.blocks.block(key(id));
    const { stdout, stderr } = await hosted.run(
      "api",
      `/workspaces/${id}`,
      "-X",
      "DELETE",
      "--dry-run",
    );
    expect(stdout + stderr).toContain("[denied]");
    expect(hosted.session.host.describe().counts.refused).toBe(0);
  });

  it("a no between reserve and sending is heard; the items return, and the log has no yes", async () => {
    hosted = await hostSession(stage, { ...ALL, maxDeletes: 2 });
    const operation = operationOn(stage.api.address, "workspaces");
    const talk = await hosted.talk();
    expect(await talk.ask({ type: "reserve", operation })).toMatchObject({ type: "allowed" });
    hosted.blocks.block(operation.resource, "denied", "LATE");
    await tellBlocksChanged(hosted.env, stage.directory);
    expect(await talk.ask({ type: "sending" })).toMatchObject({
      type: "refused",
      reason: "denied",
      request: "LATE",
    });
    talk.close();
    expect(hosted.session.host.describe()).toMatchObject({
      spent: 0,
      reserved: 0,
      counts: { refused: 1 },
    });
    const decided = hosted.entries().filter(({ event }) => event === "decided");
    expect(decided).toMatchObject([{ effect: "deny", reason: "denied" }]);
  });
});

describe("X2: a store that cannot be read", () => {
  it("refuses deletions, says why, and is tried again", async () => {
    const file = join(stage.directory, "blocks.json");
    writeFileSync(file, "[]", { mode: 0o600 });
    hosted = await hostSession(stage, ALL, {
      loadBlocks: async () => JSON.parse(readPrivateFile(file, 4096)),
      blocksVersion: () => undefined,
    });
    const remove = (name: string) =>
      hosted.run("api", `/workspaces/${workspace(stage, name)}`, "-X", "DELETE");
    rmSync(file);
    mkdirSync(file);
    const refused = await remove("tmp-004");
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining("[store-refused]")]);
    expect(refused.stderr).toContain(`${file} is not a regular file`);
    expect(stage.api.mutations).toEqual([]);
    rmSync(file, { recursive: true });
    writeFileSync(file, "[]", { mode: 0o600 });
    expect((await remove("tmp-004")).code).toBe(0);
    writeFileSync(file, "[{", { mode: 0o600 });
    await tellBlocksChanged(hosted.env, stage.directory);
    expect((await remove("tmp-005")).stderr).toContain("[store-refused]");
    expect(stage.api.mutations).toHaveLength(1);
  });

  it("reads are not deletions, and go on", async () => {
    hosted = await hostSession(stage, ALL);
    hosted.blocks.failure = new Error("gone");
    expect((await hosted.run("api", "/organizations/acme/workspaces")).code).toBe(0);
  });
});

describe("tellBlocksChanged", () => {
  it("reaches who listens, whoever else is mute, gone or malformed", async () => {
    hosted = await hostSession(stage, ALL);
    const mute = tokenOf(1);
    writeSession(stage.sessions, await recordOf(1));
    writeSession(stage.sessions, await recordOf(2));
    writeFileSync(join(stage.sessions, `${tokenOf(3)}.hcl`), "version = 9\n", { mode: 0o600 });
    await listenFalsely({ path: socketPath(stage.env, mute), manner: "mute" });
    await hosted.ask({ type: "describe" });
    const operation = operationOn(stage.api.address, "workspaces");
    await hosted.ask({ type: "peek", operation });
    hosted.blocks.block(operation.resource);
    await tellBlocksChanged(hosted.env, stage.directory);
    expect(await hosted.ask({ type: "peek", operation })).toMatchObject({ reason: "denied" });
    expect(hosted.blocks.loads).toBe(2);
    for (const n of [1, 2, 3]) rmSync(join(stage.sessions, `${tokenOf(n)}.hcl`));
  });

  it("is nothing where there is no store, and no runtime directory to speak of", async () => {
    hosted = await hostSession(stage, ALL);
    for (const env of [
      { HOLDFAST_CONFIG_DIR: join(stage.directory, "none") },
      { ...stage.env, HOLDFAST_RUNTIME_DIR: "relative" },
    ])
      await expect(tellBlocksChanged(env, stage.directory)).resolves.toBeUndefined();
  });
});
