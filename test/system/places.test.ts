import { describe, expect, it } from "vitest";
import { configDirectory, runtimeDirectory, sessionDirectory } from "../../src/system/places.ts";

const uid = process.getuid?.() ?? 0;

describe("the configuration directory", () => {
  it.each([
    [{}, "/home/kim/.config/holdfast"],
    [{ XDG_CONFIG_HOME: "/x" }, "/x/holdfast"],
    [{ XDG_CONFIG_HOME: "" }, "/home/kim/.config/holdfast"],
    [{ XDG_CONFIG_HOME: "relative" }, "/home/kim/.config/holdfast"],
    [{ HOLDFAST_CONFIG_DIR: "/c", XDG_CONFIG_HOME: "/x" }, "/c"],
    [{ HOLDFAST_CONFIG_DIR: "" }, "/home/kim/.config/holdfast"],
  ])("%j is %s", (env, directory) => {
    expect(configDirectory(env, "/home/kim")).toBe(directory);
    expect(sessionDirectory(env, "/home/kim")).toBe(`${directory}/exec`);
  });
});

describe("the directory for sockets", () => {
  it("is what the variable says", () => {
    expect(runtimeDirectory({ HOLDFAST_RUNTIME_DIR: "/r" })).toBe("/r");
  });

  it.each([
    ["XDG_RUNTIME_DIR", "/elsewhere"],
    ["TMPDIR", "/elsewhere"],
    ["HOME", "/elsewhere"],
    ["HOLDFAST_RUNTIME_DIR", ""],
  ])("does not follow %s: agents are started with a scrubbed environment", (name, value) => {
    const directory = runtimeDirectory({ [name]: value });
    expect(directory).toBe(runtimeDirectory({}));
    expect([`/run/user/${uid}/holdfast`, `/tmp/holdfast-${uid}`]).toContain(directory);
  });
});
