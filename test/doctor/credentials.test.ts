import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, run } from "./world.ts";

const HOST = "tfe.example.com";
const SECRET = "s3cret.atlasv1.never-shown";

let place: Place;

beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

function store(text: string, mode: number): string {
  const directory = join(place.directory, "home", ".terraform.d");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "credentials.tfrc.json");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const holding = JSON.stringify({ credentials: { [HOST]: { token: SECRET } } });
const env = { TFE_ADDRESS: `https://${HOST}` };

describe("credentials", () => {
  it("has a fix for having none", async () => {
    expect(await run("credentials", await place.world(env))).toMatchObject({
      status: "problem",
      text: expect.stringContaining(HOST),
      fix: expect.stringContaining(`terraform login ${HOST}`),
    });
  });

  it.each([
    ["TFE_TOKEN", { TFE_TOKEN: SECRET }],
    ["TF_TOKEN_tfe_example_com", { TF_TOKEN_tfe_example_com: SECRET }],
  ])("says that the token is in %s, and not which", async (name, variable) => {
    const found = await run("credentials", await place.world({ ...env, ...variable }));
    expect(found).toMatchObject({ status: "ok", text: expect.stringContaining(`in ${name}`) });
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it("names the places that hold one too and are not used", async () => {
    const file = store(holding, 0o600);
    const found = await run("credentials", await place.world({ ...env, TFE_TOKEN: SECRET }));
    expect(found).toMatchObject({
      status: "ok",
      text: expect.stringContaining(`also in ${file}, not used`),
    });
  });

  it.each([
    ["is not JSON", `{"credentials": ${SECRET}`],
    [
      "holds a token with a line break",
      JSON.stringify({ credentials: { [HOST]: { token: `${SECRET}\n` } } }),
    ],
  ])("a file that %s is a problem that is named, without its content", async (_, text) => {
    const file = store(text, 0o600);
    const found = await run("credentials", await place.world(env));
    expect(found).toMatchObject({ status: "problem", text: expect.stringContaining(file) });
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it("tells of a broken place that is not needed", async () => {
    store('{"credentials":', 0o600);
    const found = await run("credentials", await place.world({ ...env, TFE_TOKEN: SECRET }));
    expect(found).toMatchObject({ status: "note", text: expect.stringContaining("not needed") });
  });

  it("says nothing of credentials where there is no address", async () => {
    const world = await place.world({ TFE_ADDRESS: "ftp://x" });
    expect((await run("credentials", world)).status).toBe("note");
  });
});

describe("credential files", () => {
  it.each(["644", "640", "604", "666"])("mode 0%s is a note whose fix works", async (mode) => {
    store(holding, Number.parseInt(mode, 8));
    const before = await run("credential-files", await place.world(env));
    expect(before.status).toBe("note");
    execFileSync("sh", ["-c", before.fix ?? "false"]);
    expect((await run("credential-files", await place.world(env))).status).toBe("ok");
  });

  it.each(["600", "400"])("mode 0%s is fine", async (mode) => {
    store(holding, Number.parseInt(mode, 8));
    expect((await run("credential-files", await place.world(env))).status).toBe("ok");
  });

  it("does not mind an open file that holds no token", async () => {
    store("{}", 0o644);
    expect((await run("credential-files", await place.world(env))).status).toBe("ok");
  });
});
