// What an agent can do to its session's record: refuse itself, and nothing else.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { claimFromSession, knock } from "../../src/session/caller/claim.ts";
import { type AgentStage, setAgentStage } from "../support/agent.ts";
import { HOSTNAME, type LiveSession, openLiveSession } from "../support/live-session.ts";
import { deletion } from "../support/operations.ts";
import { removal } from "../support/workspaces.ts";

async function verdict(session: LiveSession, resourceClass: "vars" | "projects"): Promise<string> {
  const found = await knock(session.world);
  if (found.kind === "fact") return "reason" in found.fact ? found.fact.reason : "outside";
  const { fact } = await claimFromSession({
    ...found,
    world: session.world,
    operation: deletion(resourceClass, HOSTNAME),
    type: "peek",
    lookUp: async () => ({}),
  });
  return "reason" in fact ? fact.reason : "outside";
}

describe("E1, C5: the record grants nothing, whatever stands in it", () => {
  let session: LiveSession;
  beforeAll(async () => {
    session = await openLiveSession({ classes: ["vars"] });
  });
  afterAll(() => session.close());

  const seen = new Map<string, number>();
  const remember = (word: string) => seen.set(word, (seen.get(word) ?? 0) + 1);

  it("every bit of it flipped: refused, or the host still decides", async () => {
    const whole = readFileSync(session.record);
    for (let at = 0; at < whole.length; at++)
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const flipped = Buffer.from(whole);
        flipped[at] = (whole[at] ?? 0) ^ bit;
        writeFileSync(session.record, flipped);
        const where = `bit ${bit} of byte ${at}`;
        expect(await verdict(session, "projects"), where).toMatch(
          /^(record-refused|class-not-granted)$/,
        );
        const granted = await verdict(session, "vars");
        expect(granted, where).toMatch(/^(record-refused|granted)$/);
        remember(granted);
      }
    writeFileSync(session.record, whole);
    expect(seen.get("record-refused")).toBeGreaterThan(1000);
    expect(seen.get("granted")).toBeGreaterThan(100);
  });

  it("cut off after every byte: refused", async () => {
    const whole = readFileSync(session.record);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(session.record, whole.subarray(0, length));
      expect(await verdict(session, "vars"), `${length} bytes`).toBe("record-refused");
    }
    writeFileSync(session.record, whole);
    expect(await verdict(session, "vars")).toBe("granted");
  });

  it("classes written into it: the host grants what it granted", async () => {
    const whole = readFileSync(session.record, "utf8");
    writeFileSync(session.record, whole.replace('["vars"]', '["projects","reversible"]'));
    expect(await verdict(session, "projects")).toBe("class-not-granted");
    expect(await verdict(session, "vars")).toBe("granted");
    writeFileSync(session.record, whole);
  });
});

describe("C5: what the real command says of a record that cannot be trusted", () => {
  let stage: AgentStage;
  beforeAll(async () => {
    stage = await setAgentStage();
  });
  afterAll(() => stage.close());
  afterEach(() => stage.api.reset());

  const isRoot = process.getuid?.() === 0;
  it.each<[string, string, string]>([
    ["0644", 'chmod 644 "$R"', "is open to other users"],
    ["a link", 'mv "$R" "$R.moved" && ln -s "$R.moved" "$R"', "is a symbolic link"],
    ["of two names", 'ln "$R" "$R.too"', "has more than one name"],
    ["a named pipe", 'rm "$R" && mkfifo -m 600 "$R"', "is not a regular file"],
    ["huge", 'truncate -s 1T "$R"', "is too large"],
    ["empty", ': > "$R"', "is truncated"],
    ["of another version", 'sed -i "s/^version = 1$/version = 2/" "$R"', "has a wrong version"],
    ["with an attribute more", 'echo "extra = 1" >> "$R"', "has an unknown attribute"],
    ["with one twice", 'L=$(grep ^pid "$R"); echo "$L" >> "$R"', "has pid twice"],
    ["with one less", 'sed -i /^uid/d "$R"', "lacks uid"],
    ["another user's", 'sed -i "s/^uid = .*/uid = 54321/" "$R"', "is another user's session"],
    [
      "another session's",
      'sed -i "s/^token = .*/token = \\"$(printf %032d 0 | tr 0 A)\\"/" "$R"',
      "holds another token",
    ],
    ["in an open directory", 'chmod 755 "$S"', "is open to other users"],
    [
      "in a linked directory",
      'mv "$S" "$S.moved" && ln -s "$S.moved" "$S"',
      "is not a directory of its own",
    ],
  ])("%s: refused, and the line says why", (_, spoil, why) => expectRefused(spoil, why));

  it.skipIf(!isRoot).each([
    ["owned by another", 'chown 12345 "$R"', "belongs to another user"],
    ["in another's directory", 'chown 12345 "$S"', "belongs to another user"],
  ])("%s (needs root to give it away)", (_, spoil, why) => expectRefused(spoil, why));

  async function expectRefused(spoil: string, why: string): Promise<void> {
    const session = await stage.enter(["--allow-delete=workspaces"]);
    const { env } = await session.agent.facts();
    const record = `${stage.sessions}/${env.HOLDFAST_EXEC_SESSION}.hcl`;
    const shell = (script: string) =>
      execFileSync("sh", ["-c", script], { env: { ...process.env, R: record, S: stage.sessions } });
    shell(spoil);
    const result = await session.agent.run(removal(stage.api));
    expect(result.stderr).toContain(why);
    expect(result.stderr).toContain("[record-refused]");
    expect(result.code).toBe(7);
    expect(stage.api.mutations).toEqual([]);
    session.agent.leave();
    const { code, stderr } = await session.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining("refused")]);
    shell('rm -rf "$S" "$S.moved" "$R.moved" "$R.too"');
  }
});
