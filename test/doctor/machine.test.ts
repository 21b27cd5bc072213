import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStandIn } from "../../src/demo/stand-in/server.ts";
import { OLDEST_NODE } from "../../src/doctor/machine.ts";
import { makePlace, type Place, run } from "./world.ts";

let place: Place;

beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

describe("Node.js", () => {
  it.each([
    ["v20.12.0", "ok"],
    ["v22.0.0", "ok"],
    ["v20.11.9", "problem"],
    ["v18.20.0", "problem"],
  ])("%s: %s", async (nodeVersion, status) => {
    expect((await run("node", await place.world({}, { nodeVersion }))).status).toBe(status);
  });

  it("asks for what package.json asks for", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(engines.node).toBe(`>=${OLDEST_NODE.join(".")}`);
  });
});

describe("clock", () => {
  const HOUR = 3_600_000;
  const clock = (wall: number) => ({ wall: () => wall, boot: () => 1 });

  it.each([
    ["a second ahead", 1000, "ok", "agrees"],
    ["an hour ahead", HOUR, "note", "ahead of"],
    ["an hour behind", -HOUR, "note", "behind"],
  ])("%s of the API's", async (_, difference, status, text) => {
    const api = await startStandIn();
    const world = await place.world(
      { TFE_ADDRESS: api.url },
      { clock: clock(Date.now() + difference) },
    );
    const found = await run("clock", world);
    await api.close();
    expect(found).toMatchObject({ status, text: expect.stringContaining(text) });
  });

  it("is a problem where it says 1970, and fine offline otherwise", async () => {
    expect((await run("clock", await place.world({}, { clock: clock(0) }))).status).toBe("problem");
    expect((await run("clock", await place.world())).status).toBe("ok");
  });
});

describe("variables", () => {
  it("names the ones that nothing reads, never their values", async () => {
    const found = await run("variables", await place.world({ HOLDFAST_CONFG_DIR: "s3cret" }));
    expect(found).toMatchObject({ status: "note", fix: "unset HOLDFAST_CONFG_DIR" });
    expect(found.text).toContain("HOLDFAST_CONFIG_DIR");
    expect(JSON.stringify(found)).not.toContain("s3cret");
  });

  it("knows its own", async () => {
    expect((await run("variables", await place.world({ HOLDFAST_EXEC_SESSION: "x" }))).status).toBe(
      "ok",
    );
  });
});

describe("self-tests", () => {
  it.each(["sandbox", "lineage"])("S1: %s works here and leaves nothing behind", async (id) => {
    expect((await run(id, await place.world())).status).toBe("ok");
    expect(readdirSync(join(place.directory, "r"))).toEqual([]);
  });

  it("is not fooled by a process table that finds nobody", async () => {
    const world = await place.world();
    const processes = { ...world.processes, hasOpen: () => false };
    expect((await run("lineage", { ...world, processes })).status).toBe("problem");
  });

  it("says that start times prove less", async () => {
    const world = await place.world();
    const processes = { ...world.processes, proof: "start-times" as const };
    expect(await run("lineage", { ...world, processes })).toMatchObject({
      status: "note",
      text: expect.stringContaining("not proven"),
    });
  });
});
