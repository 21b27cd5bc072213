import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isSignalled } from "../../src/system/signalled.ts";

const onLinux = process.platform === "linux";

describe.skipIf(!onLinux)("a signal that has come (needs /proc)", () => {
  it("is seen while it waits, and once it has ended the process", async () => {
    const child = spawn("/bin/cat", [], { stdio: ["pipe", "ignore", "ignore"] });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    expect(isSignalled(pid, "SIGTERM")).toBe(false);
    // A process that is stopped is given nothing but what it waits for.
    process.kill(pid, "SIGSTOP");
    await expect.poll(() => isSignalled(pid, "SIGSTOP")).toBe(false);
    process.kill(pid, "SIGTERM");
    expect(isSignalled(pid, "SIGTERM")).toBe(true);
    expect(isSignalled(pid, "SIGINT")).toBe(false);
    process.kill(pid, "SIGCONT");
    expect((await once(child, "exit"))[1]).toBe("SIGTERM");
    expect(isSignalled(pid, "SIGTERM")).toBe(false);
  });
});
