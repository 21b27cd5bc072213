import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { procfs } from "../../src/system/processes-procfs.ts";
import { psProcesses } from "../../src/system/processes-ps.ts";

let directory: string;
let path: string | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-ps-"));
  path = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true, force: true });
});

/** Puts a `ps` first on PATH that makes every process a child of ours, and remembers that it ran. */
function forgePs(): string {
  const ran = join(directory, "ran");
  const rows = `echo "1 0 0 0.0 0.0 Thu Jan  1 00:00:00 1970 forged forged"`;
  const forged = `#!/bin/sh\necho x > '${ran}'\n${rows}\necho "${process.pid} 1 0 0.0 0.0 Thu Jan  1 00:00:00 1970 forged forged"\n`;
  writeFileSync(join(directory, "ps"), forged, { mode: 0o755 });
  process.env.PATH = `${directory}${delimiter}${path}`;
  return ran;
}

describe("the process table as ps shows it", () => {
  const processes = psProcesses();

  it("is the one that the kernel has", async () => {
    const chain = await processes.lineage(processes.self());
    expect(chain.length).toBeGreaterThan(1);
    expect(chain[0]).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(chain.at(-1)?.pid).toBe(1);
    if (process.platform === "linux") {
      const real = await procfs().lineage(process.pid);
      expect(chain.map(({ pid }) => pid)).toEqual(real.map(({ pid }) => pid));
    }
  });

  it("tells start times to the second, in milliseconds since 1970", async () => {
    const found = await processes.info(process.pid);
    const started = found?.started ?? 0;
    expect(Math.abs(started - (Date.now() - process.uptime() * 1000))).toBeLessThan(60_000);
    expect(started % 1000).toBe(0);
  });

  it("knows each one's terminal by the number that the kernel has", async () => {
    const pty = spawn("/bin/sh", ["-c", "read line"], {});
    try {
      const found = await processes.info(pty.pid);
      expect(found?.terminal).toBeGreaterThan(0);
      if (process.platform !== "linux") return;
      expect(found?.terminal).toBe((await procfs().info(pty.pid))?.terminal);
      const here = (await procfs().info(process.pid))?.terminal;
      expect((await processes.info(process.pid))?.terminal).toBe(here);
    } finally {
      pty.kill("SIGKILL");
    }
  });

  it("does not ask a forged ps on PATH", async () => {
    const ran = forgePs();
    const before = process.env.PATH;
    const chain = await processes.lineage(process.pid);
    expect(existsSync(ran)).toBe(false);
    expect(chain[0]).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(chain.some(({ name }) => name === "forged")).toBe(false);
    expect(process.env.PATH).toBe(before);
  });

  it("puts PATH back where there was none", async () => {
    delete process.env.PATH;
    expect((await processes.info(process.pid))?.pid).toBe(process.pid);
    expect(process.env.PATH).toBeUndefined();
  });

  it("asks at the same time and still puts PATH back", async () => {
    const ran = forgePs();
    const before = process.env.PATH;
    const all = await Promise.all([1, 2, 3].map(() => processes.info(process.pid)));
    expect(all.map((each) => each?.ppid)).toEqual([process.ppid, process.ppid, process.ppid]);
    expect(existsSync(ran)).toBe(false);
    expect(process.env.PATH).toBe(before);
  });

  it("proves nothing by descriptors, and says so", () => {
    expect(processes.proof).toBe("start-times");
    expect(processes.hasOpen(process.pid, "/dev/null")).toBe(false);
    expect(processes.namespaced(process.pid, 1)).toEqual([]);
    expect(processes.initialEnvironment(process.pid)).toBeUndefined();
  });

  it("does not know a pid that nobody has", async () => {
    expect(await processes.info(4_194_303)).toBeUndefined();
    expect(await processes.lineage(4_194_303)).toEqual([]);
  });
});
