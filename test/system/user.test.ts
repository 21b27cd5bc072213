import { execFileSync, spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { isInUserNamespace, outerUserId } from "../../src/system/user.ts";

const SOURCE = resolve("src/system/user.ts");

/** Asks the module in a process of its own, below `words`. */
function ask(words: readonly string[]): { uid: number; outer: number; mapped: boolean } {
  const { outputFiles } = buildSync({
    entryPoints: [SOURCE],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const script = `${outputFiles[0]?.text}
    const uid = process.getuid();
    console.log(JSON.stringify({ uid, outer: outerUserId(), mapped: isInUserNamespace() }));`;
  const [file = "", ...args] = [...words, process.execPath, "-e", script];
  return JSON.parse(execFileSync(file, args, { encoding: "utf8" }));
}

const canMap = spawnSync("unshare", ["-r", "/bin/true"]).status === 0;

describe("who we are", () => {
  it("is who we are, where nobody maps users", () => {
    if (isInUserNamespace()) return expect(outerUserId()).toBeGreaterThanOrEqual(0);
    expect(outerUserId()).toBe(process.getuid?.());
  });

  it.skipIf(!canMap)("is the outer number in a user namespace (needs unshare -r)", () => {
    expect(ask(["unshare", "-r"])).toEqual({ uid: 0, outer: process.getuid?.(), mapped: true });
  });

  it.skipIf(!canMap)("is our own number where the namespace does not name us", () => {
    const found = ask(["unshare", "-U"]);
    expect(found.outer).toBe(found.uid);
    expect(found.mapped).toBe(true);
  });
});
