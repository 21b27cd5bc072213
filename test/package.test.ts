// The package as a user gets it: packed, installed into an empty folder, and run.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hf-pack-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file: string, words: readonly string[], cwd: string): string =>
  execFileSync(file, words, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, HOME: folder },
  });

describe("the packed tarball", () => {
  it("installs into an empty folder and runs", { timeout: 240_000 }, () => {
    const packed = run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
      resolve("."),
    );
    const [{ filename, files }] = JSON.parse(packed);
    const names = files.map((file: { path: string }) => file.path);
    expect(names).toContain("dist/holdfast.cjs");
    expect(names).toContain("LICENSE");
    expect(names.filter((name: string) => /^(src|test)\//.test(name))).toEqual([]);
    run("npm", ["init", "--yes"], folder);
    run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", filename], folder);
    const version = JSON.parse(readFileSync("package.json", "utf8")).version;
    expect(run("npx", ["--no-install", "holdfast", "--version"], folder).trim()).toBe(version);
    const library = 'import("holdfast").then((m) => console.log(typeof m.decide, m.EXIT.refused))';
    expect(run(process.execPath, ["-e", library], folder).trim()).toBe("function 7");
  });
});
