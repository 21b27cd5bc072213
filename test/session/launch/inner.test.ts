// What a session inside a session says of itself before anything is deleted.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec, quoted, shell } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const inner = (flags: readonly string[], command = ["true"]) =>
  quoted([process.execPath, HOLDFAST, ...exec(flags, command)]);
const ID = 'id=$(holdfast session list --json | sed -n \'s/.*"id": "\\(.*\\)".*/\\1/p\' | head -1)';
const VARS = "--allow-delete=vars";

describe("the banner of an inner session", () => {
  it.each([
    ["3", "100", 3],
    ["100", "3", 3],
    ["3", undefined, 3],
  ])("outer %s, inner %s: at most %s", async (outer, own, most) => {
    const flags = [VARS, ...(own === undefined ? [] : [`--max-deletes=${own}`])];
    const words = exec([VARS, `--max-deletes=${outer}`], shell(inner(flags)));
    const banners = (await stage.run(words)).stderr.match(/classes .*/g) ?? [];
    expect(banners).toHaveLength(2);
    expect(banners[1]).toContain(`vars (at most ${most}), on`);
  });

  it("names the outer one's organization, and its end where that comes first", async () => {
    const words = exec(
      [VARS, "--organization=acme", "--ttl=30m"],
      shell(inner([VARS, "--ttl=8h"])),
    );
    const { stderr } = await stage.run(words);
    expect(stderr.match(/organization acme/g)).toHaveLength(2);
    const ends = stderr.match(/at \d\d:\d\d/g) ?? [];
    expect(ends).toHaveLength(2);
    expect(ends[1]).toBe(ends[0]);
  });
});

describe("inside a session that is over", () => {
  it.each([
    ["revoked", "was revoked", `${ID}; holdfast session revoke "$id"`, []],
    ["expired", "has expired", "sleep 1.2", ["--ttl=1s"]],
  ])("none is started: %s", async (reason, text, over, flags) => {
    const command = `${over}; ${inner([VARS], ["echo", "started"])}; echo "code $?"`;
    const { stdout, stderr } = await stage.run(exec([VARS, ...flags], shell(command)));
    expect(stdout).toContain("code 7");
    expect(stdout).not.toContain("started");
    expect(stderr).toMatch(new RegExp(`which this process is in, ${text}.*\\[${reason}\\]`));
    expect(stderr).toContain("start a new session from a terminal outside this one");
  });
});
