// What the doctor says of the session that it is asked in, by the word of the session's own host.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckResult } from "../../src/doctor/check.ts";
import { eventually, exec, shell } from "../support/scripts.ts";
import { type Stage, setStage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** What `script` has the doctor write to $REPORT, in a session of its own. */
async function report(name: string, script: string): Promise<Record<string, CheckResult>> {
  const file = join(stage.directory, name);
  const words = exec(["--allow-delete=vars"], shell(script));
  await stage.run(words, { env: { ...stage.env, REPORT: file } });
  const { checks } = await eventually(`${file} is there`, () => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as { checks: CheckResult[] };
    } catch {
      return undefined;
    }
  });
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

const ID = 'id=$(holdfast session list --json | sed -n \'s/.*"id": "\\(.*\\)".*/\\1/p\' | head -1)';

describe("inside a session", () => {
  it("that was revoked: no grant, and none of the live ones", async () => {
    const script = `${ID}; holdfast session revoke "$id"; holdfast doctor --json > "$REPORT"`;
    const { session, sessions } = await report("revoked", script);
    expect(session).toMatchObject({ status: "note", text: expect.stringMatching(/; revoked$/) });
    expect(sessions?.text).toMatch(/^none live; 1 without a grant any more: \w{6} \(sh, revoked\)/);
  });

  it("that this process has come loose from: how to bring it back", async () => {
    const script = `( setsid sh -c '${process.execPath} "$0" doctor --json > "$REPORT.new"; mv "$REPORT.new" "$REPORT"' ${process.cwd()}/dist/holdfast.cjs & )
      while [ ! -f "$REPORT" ]; do sleep 0.05; done`;
    const { session } = await report("loose", script);
    expect(session).toMatchObject({
      status: "note",
      text: expect.stringContaining("come loose from session"),
      fix: expect.stringMatching(/holdfast session adopt \d+ --session [A-Z2-7]{6}$/),
    });
  });

  it("with a variable that is not the session's: which one", async () => {
    const script = `HOLDFAST_EXTRA=1; export HOLDFAST_EXTRA; holdfast doctor --json > "$REPORT"`;
    const { session } = await report("changed", script);
    expect(session).toMatchObject({
      status: "problem",
      text: expect.stringContaining("HOLDFAST_EXTRA differs from what session"),
    });
  });
});
