import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, run } from "./world.ts";

let place: Place;

beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

const at = (...names: string[]) => join(place.directory, ...names);

function directory(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}

describe("places", () => {
  it.each(["config-directory", "record-directory", "runtime-directory", "socket-path"])(
    "%s is fine on a fresh machine",
    async (id) => {
      expect((await run(id, await place.world())).status).toBe("ok");
    },
  );

  it.each([
    [
      "a configuration that others may write to",
      "config-directory",
      () => directory(at("c"), 0o777),
    ],
    ["records that others may read", "record-directory", () => directory(at("c", "exec"), 0o755)],
    ["sockets that others may reach", "runtime-directory", () => directory(at("r"), 0o711)],
    ["a configuration that is a file", "config-directory", () => writeFileSync(at("c"), "")],
  ])("%s: a problem whose fix works as printed", async (_, id, arrange) => {
    arrange();
    const before = await run(id, await place.world());
    expect(before.status).toBe("problem");
    execFileSync("sh", ["-c", before.fix ?? "false"]);
    expect((await run(id, await place.world())).status).toBe("ok");
  });

  it("prints a fix that works for a path with blanks and quotes", async () => {
    const path = at("it's a dir");
    directory(path, 0o755);
    const env = { HOLDFAST_RUNTIME_DIR: path };
    const before = await run("runtime-directory", await place.world(env));
    execFileSync("sh", ["-c", before.fix ?? "false"]);
    expect((await run("runtime-directory", await place.world(env))).status).toBe("ok");
  });

  it("refuses records behind a symbolic link, and leads to a directory that works", async () => {
    directory(at("c"), 0o700);
    directory(at("elsewhere"), 0o700);
    symlinkSync(at("elsewhere"), at("c", "exec"));
    const found = await run("record-directory", await place.world());
    expect(found).toMatchObject({ status: "problem", text: expect.stringContaining("link") });
    const script = `${found.fix}; printf %s "$HOLDFAST_CONFIG_DIR"`;
    const made = execFileSync("sh", ["-c", script], { encoding: "utf8" });
    const env = { HOLDFAST_CONFIG_DIR: made };
    expect((await run("record-directory", await place.world(env))).status).toBe("ok");
  });

  it.runIf(process.getuid?.() === 0).each(["config-directory", "runtime-directory"])(
    "%s of another user is a problem (tried as root)",
    async (id) => {
      for (const path of [at("c"), at("r")]) {
        directory(path, 0o700);
        chownSync(path, 12345, 12345);
      }
      expect(await run(id, await place.world())).toMatchObject({
        status: "problem",
        text: expect.stringContaining("another user"),
      });
    },
  );

  it.each([
    ["config-directory", "HOLDFAST_CONFIG_DIR", "problem"],
    ["record-directory", "HOLDFAST_CONFIG_DIR", "problem"],
    ["runtime-directory", "HOLDFAST_RUNTIME_DIR", "problem"],
    ["sandbox", "HOLDFAST_RUNTIME_DIR", "note"],
    ["lineage", "HOLDFAST_RUNTIME_DIR", "note"],
  ])("%s: a relative %s is a %s, and nothing is made there", async (id, variable, status) => {
    const world = await place.world({ [variable]: "relative-for-test" });
    expect((await run(id, world)).status).toBe(status);
    expect(existsSync("relative-for-test")).toBe(false);
  });

  it("refuses a runtime directory whose sockets' paths would be cut", async () => {
    const env = { HOLDFAST_RUNTIME_DIR: at("x".repeat(90)) };
    expect(await run("socket-path", await place.world(env))).toMatchObject({
      status: "problem",
      text: expect.stringContaining("HOLDFAST_RUNTIME_DIR"),
      fix: expect.stringContaining("shorter"),
    });
  });

  it("says on Windows that sessions do not work", async () => {
    const world = await place.world({}, { platform: "win32" });
    expect((await run("runtime-directory", world)).text).toContain("Windows");
  });
});
