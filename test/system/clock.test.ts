import { uptime } from "node:os";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/system/clock.ts";

describe("the machine's clocks", () => {
  it("tell the time of day", () => {
    const before = Date.now();
    const told = systemClock.wall();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });

  it.runIf(process.platform === "linux")("count from boot, in milliseconds", () => {
    expect(Math.abs(systemClock.boot() - uptime() * 1000)).toBeLessThan(5000);
  });

  it("go on, and the boot clock never goes back", async () => {
    let last = systemClock.boot();
    for (let turn = 0; turn < 1000; turn += 1) {
      const next = systemClock.boot();
      expect(next).toBeGreaterThanOrEqual(last);
      last = next;
    }
    await setTimeout(50);
    expect(systemClock.boot()).toBeGreaterThan(last);
  });
});
