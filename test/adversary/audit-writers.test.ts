// Many processes write one log, and some are killed while they do.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LogPlace, logPlace } from "../support/audit-log.ts";
import { type Bundle, bundle } from "../support/bundle.ts";

let program: Bundle;
let place: LogPlace;
beforeAll(() => {
  program = bundle("test/support/audit-writer.ts");
});
afterAll(() => program.remove());
beforeEach(() => {
  place = logPlace();
});
afterEach(() => place.close());

const start = (...words: string[]): ChildProcess =>
  spawn(process.execPath, [program.file, place.directory, ...words], { stdio: "inherit" });

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const ended = async (child: ChildProcess): Promise<unknown> => (await once(child, "exit"))[0];

describe("A1: writers without a lock", () => {
  it("keep every entry of eight processes at once, whole and in order", async () => {
    const children = Array.from({ length: 8 }, () => start("200", "40"));
    expect(await Promise.all(children.map(ended))).toEqual(Array(8).fill(0));
    const verdict = await place.verify();
    expect(verdict).toMatchObject({ problems: [], setAside: [], writers: 8 });
    const entries = await place.entries();
    const decided = entries.filter(({ event }) => event === "decided");
    const expected = children.flatMap(({ pid }) =>
      [...Array(200).keys()].map((n) => `DELETE /${pid}/${n}`),
    );
    expect(decided.map(({ operation }) => operation).sort()).toEqual(expected.sort());
  });

  it("leave a log that verifies when they are killed, whenever that is", async () => {
    for (let round = 0; round < 12; round++) {
      const before = sizeOf(place.file);
      const children = Array.from({ length: 3 }, () => start("400", "4000"));
      const all = Promise.all(children.map((child) => once(child, "exit")));
      // They are killed while they write, each at another moment.
      while (sizeOf(place.file) < before + 50_000 * (1 + (round % 4)))
        await new Promise((done) => setTimeout(done, 1));
      for (const child of children) child.kill("SIGKILL");
      await all;
      if (round % 4 === 0) expect((await place.verify()).problems).toEqual([]);
    }
    const pen = place.pen();
    const last = pen.append({ event: "decided", operation: "after all of them" });
    expect(await place.verify()).toMatchObject({ problems: [], last: last.hash });
  });
});
