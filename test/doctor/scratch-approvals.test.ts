import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import {
  answerInScratch,
  makeScratch,
  removeScratch,
  type Scratch,
  scratchEntries,
} from "../../src/doctor/scratch-approvals.ts";

const made: Scratch[] = [];
const make = () => {
  const scratch = makeScratch();
  made.push(scratch);
  return scratch;
};
afterEach(() => {
  for (const each of made.splice(0)) rmSync(each.directory, { recursive: true, force: true });
});

const notScratch = expect.objectContaining({ code: "not-scratch" });

describe("approvals without a person", () => {
  it("makes a place that is ours alone", () => {
    const { directory, configDirectory } = make();
    for (const each of [directory, configDirectory])
      expect(statSync(each).mode & 0o777).toBe(0o700);
  });

  it("Y1: are in no place that this process has not made, whatever it is called", async () => {
    const { directory, configDirectory } = make();
    const copy = { directory, configDirectory };
    await expect(answerInScratch(copy, "AAAA", "approve")).rejects.toEqual(notScratch);
    await expect(scratchEntries(copy)).rejects.toEqual(notScratch);
  });

  it("Y1: are in no other directory that was put at its path", async () => {
    const scratch = make();
    renameSync(scratch.configDirectory, `${scratch.directory}/aside`);
    mkdirSync(scratch.configDirectory, { mode: 0o700 });
    await expect(answerInScratch(scratch, "AAAA", "approve")).rejects.toEqual(notScratch);
  });

  it("Y1: are in none any more once it is removed", async () => {
    const scratch = make();
    removeScratch(scratch);
    expect(existsSync(scratch.directory)).toBe(false);
    await expect(answerInScratch(scratch, "AAAA", "approve")).rejects.toEqual(notScratch);
  });

  it("says so where there is no such request", async () => {
    expect(await answerInScratch(make(), "AAAA", "approve")).toContain("no request AAAA");
  });
});
