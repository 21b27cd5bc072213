// Bash is the oracle: whatever is read as one plain command, bash runs as exactly that, and nothing else.

import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { readShellText } from "../../src/operations/shell/parse.ts";
import { differences } from "../support/bash-oracle.ts";
import { FUZZ_RUNS, fuzzTimeout } from "../support/fuzz-runs.ts";
import { randomFrom, shellText } from "../support/shell-texts.ts";

/** 1,000,000 in `npm run fuzz`. */
const TEXTS = FUZZ_RUNS * 50;
const BATCH = 20_000;
const SEED = Number(process.env.HOLDFAST_FUZZ_SEED ?? Date.now() % 1_000_000_007);

it.skipIf(!existsSync("/bin/bash"))(
  `Z1: of ${TEXTS} texts, bash runs each that is read as a command as that command (seed ${SEED}; needs /bin/bash)`,
  { timeout: fuzzTimeout(200) },
  async () => {
    const random = randomFrom(SEED);
    let commands = 0;
    for (let done = 0; done < TEXTS; done += BATCH) {
      const texts = Array.from({ length: Math.min(BATCH, TEXTS - done) }, () => shellText(random));
      const read = texts.flatMap((text) => {
        const reading = readShellText(text);
        return reading.kind === "argv" ? [{ text, argv: reading.argv }] : [];
      });
      commands += read.length;
      const locale = (done / BATCH) % 4 === 3 ? "C" : "C.UTF-8";
      expect(await differences(read, locale), `seed ${SEED}`).toEqual([]);
    }
    // A reader that reads nothing would be right about everything.
    expect(commands).toBeGreaterThan(TEXTS / 10);
    if (process.env.HOLDFAST_FUZZ_SAY !== undefined)
      process.stderr.write(`${TEXTS} texts, ${commands} read as one command, seed ${SEED}\n`);
  },
);
