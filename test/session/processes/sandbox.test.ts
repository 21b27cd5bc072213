import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exec, exists, has, shell, workspace } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

const WITHOUT_SOCKETS = ["perl", resolve("test/support/forbid-unix-sockets.pl")];
/** Root may pass every directory, unless it gives that up. */
const WITHOUT_RIGHTS =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : ["env"];

const works = (words: readonly string[]) => {
  const [file = "", ...args] = words;
  return spawnSync(file, [...args, "/bin/true"]).status === 0;
};
const canFilter = has("perl") && works(WITHOUT_SOCKETS);
const canGiveUp = works(WITHOUT_RIGHTS);

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.api.reset());

const deletion = (name: string, markers: readonly string[] = []) => [
  ...["env", ...markers, process.execPath, HOLDFAST],
  ...["api", "-X", "DELETE", `/workspaces/${workspace(stage, name)}`],
];
const inSession = (command: readonly string[]) =>
  stage.run(exec(["--allow-delete=workspaces"], command));

const MARKERS: [string, string[], RegExp][] = [
  ["Claude Code", ["CLAUDECODE=1"], /sandbox\.network\.allowAllUnixSockets to true/],
  ["Codex", ["CODEX_SANDBOX=1"], /sandbox_workspace_write\.network_access = true/],
  ["any other", [], /let it connect to Unix sockets, or run this command outside it/],
];

describe("a sandbox that forbids Unix sockets", () => {
  it.skipIf(!canFilter).each(MARKERS)(
    "is named with the setting that lets it through (needs perl and seccomp): %s",
    async (_, markers, setting) => {
      const { code, stderr } = await inSession([
        ...WITHOUT_SOCKETS,
        ...deletion("tmp-000", markers),
      ]);
      expect(code).toBe(7);
      expect(stderr).toContain("[sandboxed]");
      expect(stderr).toMatch(/keeps this process from session \w{6}: EPERM on /);
      expect(stderr).toMatch(setting);
      expect(stage.api.mutations).toEqual([]);
    },
  );

  it.skipIf(!canFilter)("keeps an inner session from starting, too", async () => {
    const inner = exec(["--allow-delete=workspaces"], ["/bin/true"]);
    const words = [...WITHOUT_SOCKETS, process.execPath, HOLDFAST, ...inner];
    const { code, stderr } = await inSession(words);
    expect(code).toBe(7);
    expect(stderr).toContain("[sandboxed]");
  });

  it.skipIf(!canFilter)("lets reads through", async () => {
    const read = [process.execPath, HOLDFAST, "api", `/workspaces/${workspace(stage, "tmp-000")}`];
    const { code, stdout } = await inSession([...WITHOUT_SOCKETS, ...read, "--json"]);
    expect(code).toBe(0);
    expect(stdout).toContain("tmp-000");
  });

  it("is not the only way to delete: without it the same command works", async () => {
    const id = workspace(stage, "tmp-000");
    expect((await inSession(deletion("tmp-000", ["CLAUDECODE=1"]))).code).toBe(0);
    expect(exists(stage, id)).toBe(false);
  });
});

describe("a directory that the caller may not pass", () => {
  it.skipIf(!canGiveUp)("is a sandbox too: EACCES (needs setpriv where root runs it)", async () => {
    const runtime = stage.env.HOLDFAST_RUNTIME_DIR ?? "";
    const script = shell(`chmod 000 ${runtime}; "$@"; code=$?; chmod 700 ${runtime}; exit $code`);
    const words = [...script, "sh", ...WITHOUT_RIGHTS, ...deletion("tmp-001", ["CODEX_SANDBOX=1"])];
    const { code, stderr } = await inSession(words);
    chmodSync(runtime, 0o700);
    expect(code).toBe(7);
    expect(stderr).toMatch(/: EACCES on .*Codex blocks sockets.*\[sandboxed\]/);
    expect(stage.api.mutations).toEqual([]);
  });
});
