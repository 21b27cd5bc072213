import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_LINEAGE } from "../../../src/system/processes.ts";
import { exec, exists, quoted, shell, workspace } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

const holdfast = [process.execPath, HOLDFAST];
let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  const script = 'if [ "$1" -gt 0 ]; then n=$1; shift; /bin/sh "$0" $((n - 1)) "$@"; exit $?; fi';
  writeFileSync(join(stage.directory, "deep"), `${script}\nshift; "$@"; exit $?\n`);
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

const deletion = (name: string) => [
  ...holdfast,
  ...["api", "-X", "DELETE", `/workspaces/${workspace(stage, name)}`],
];
const inSession = (command: readonly string[], env = stage.env) =>
  stage.run(exec(["--allow-delete=workspaces"], command), { env });
const below = (depth: number, command: readonly string[]) => [
  ...["/bin/sh", "deep", String(depth)],
  ...command,
];

describe("a deep lineage (L3)", () => {
  it("of 200 processes is followed to the host", async () => {
    const id = workspace(stage, "tmp-000");
    const { code, stderr } = await inSession(below(200, deletion("tmp-000")));
    expect(code).toBe(0);
    expect(stderr).toContain(`allows DELETE /workspaces/${id}`);
    expect(exists(stage, id)).toBe(false);
  });

  it("of 200 processes hides no token that was taken away (C4)", async () => {
    const command = ["env", "-u", "HOLDFAST_EXEC_SESSION", ...below(200, deletion("tmp-001"))];
    const { code, stderr } = await inSession(["/bin/sh", "-c", `${quoted(command)}; exit $?`]);
    expect(code).toBe(7);
    expect(stderr).toContain("HOLDFAST_EXEC_SESSION differs");
    expect(stage.api.mutations).toEqual([]);
  });

  it("longer than any real one is not followed to its end, and is refused", async () => {
    const { code, stderr } = await inSession(below(MAX_LINEAGE + 5, deletion("tmp-002")));
    expect(code).toBe(7);
    expect(stderr).toMatch(/\[(detached|not-a-descendant)\]/);
    expect(stage.api.mutations).toEqual([]);
  });
});

describe("a lineage of odd processes", () => {
  it.each([") R 1 1 1 (x", "a\nb) S 9", "systemd", "claude"])(
    "one that calls itself %j is still only what it is (L1)",
    async (name) => {
      const names: Record<string, string> = { systemd: "tmp-010", claude: "tmp-011" };
      const target = names[name] ?? (name.startsWith(")") ? "tmp-012" : "tmp-013");
      const script = `printf %s "$1" > /proc/$$/comm; shift; "$@"; exit $?`;
      const words = ["/bin/sh", "-c", script, "sh", name, ...deletion(target)];
      const { code, stderr } = await inSession(words);
      expect(stderr).toContain("allows DELETE");
      expect(code).toBe(0);
    },
  );

  it("a forged ps and a forged PATH inside the session change nothing", async () => {
    const forged = join(stage.directory, "ps");
    const ran = join(stage.directory, "ps-ran");
    writeFileSync(forged, `#!/bin/sh\necho x > '${ran}'\n`, { mode: 0o755 });
    const env = { ...stage.env, PATH: `${stage.directory}:${stage.env.PATH}` };
    const { code } = await inSession(deletion("tmp-020"), env);
    expect(code).toBe(0);
    expect(existsSync(ran)).toBe(false);
  });

  it("a token that leaked out of a session that has ended grants nothing", async () => {
    const token = shell('echo "$HOLDFAST_EXEC_SESSION" > token; read line < /dev/null');
    await inSession(token);
    const left = readFileSync(join(stage.directory, "token"), "utf8").trim();
    const env = { ...stage.env, HOLDFAST_EXEC_SESSION: left };
    const [, ...words] = deletion("tmp-003");
    const { code, stderr } = await stage.run(words.slice(1), { env });
    expect(code).toBe(7);
    expect(stderr).toMatch(/\[no-session\]/);
    expect(stage.api.mutations).toEqual([]);
  });
});
