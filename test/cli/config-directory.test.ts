// A configuration directory that is a file: one line, whatever looks there.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
let path: string;
beforeAll(async () => {
  stage = await setStage({ asks: true });
  path = join(stage.directory, "c");
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, "");
});
afterAll(() => stage.close());

describe("a configuration directory that is a file", () => {
  it.each([
    ["allowlist list"],
    ["allowlist remove AAAAAA --dry-run"],
    ["session list"],
    ["session show AAAAAA"],
    ["approval list"],
    ["audit list"],
    ["audit verify"],
    ["gate -- true"],
    ["api /workspaces/ws-1 -X DELETE"],
  ])("holdfast %s", async (words) => {
    const { code, stderr } = await stage.run(words.split(" "));
    expect(stderr).toContain(`the configuration directory ${path} is not a directory`);
    expect(stderr).toContain(
      "set HOLDFAST_CONFIG_DIR to a directory of your own, or remove the file",
    );
    expect(code).toBe(7);
  });
});
