// The executable where its surroundings are broken: each time one line, and an exit code.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HOLDFAST } from "../support/stage.ts";

const directory = mkdtempSync(join(tmpdir(), "hfs-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = {
  PATH: process.env.PATH,
  HOME: directory,
  HOLDFAST_CONFIG_DIR: join(directory, "config"),
  TFE_ADDRESS: "http://127.0.0.1:9",
  TFE_TOKEN: "none",
};

/** Runs it from a directory that is removed first. */
function fromNowhere(words: readonly string[]) {
  const script = 'd=$(mktemp -d) && cd "$d" && rmdir "$d" && exec "$@"';
  const command = ["-c", script, "sh", process.execPath, HOLDFAST, ...words];
  return spawnSync("sh", command, { env: { ...env, TMPDIR: directory }, encoding: "utf8" });
}

describe("a current directory that is gone", () => {
  it("matters only where it is needed", () => {
    expect(fromNowhere(["explain", "api", "/workspaces/ws-1", "-X", "DELETE"]).status).toBe(7);
    const { status, stderr } = fromNowhere(["api", "/vars", "-X", "POST", "-i", "body.json"]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "holdfast: the current directory does not exist any more\n  fix  cd to one that does\n",
    );
  });
});

describe.runIf(process.platform === "linux")("a stdout that takes nothing", () => {
  it("is told in one line, and is not the exit code of what was refused", () => {
    const full = openSync("/dev/full", "w");
    const run = (...words: string[]) =>
      spawnSync(process.execPath, [HOLDFAST, ...words], {
        env,
        encoding: "utf8",
        stdio: ["ignore", full, "pipe"],
      });
    const explained = run("explain", "--allow-delete=all", "--json");
    expect(explained.stderr).toBe("holdfast: cannot write to stdout (ENOSPC)\n");
    expect(explained.status).toBe(125);
    expect(run("api", "/organizations/acme", "-X", "DELETE", "--json").status).toBe(7);
    closeSync(full);
  });
});

describe("--json", () => {
  it.each([[["--json"]], [["harness", "--json"]], [["session", "--json"]]])(
    "%j without a command is one object too",
    (words) => {
      const run = spawnSync(process.execPath, [HOLDFAST, ...words], { env, encoding: "utf8" });
      expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: "usage", exitCode: 1 } });
      expect(run.status).toBe(1);
    },
  );
});
