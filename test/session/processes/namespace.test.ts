import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { goOutside, type Outside } from "../../support/outside.ts";
import { exec, exists, quoted, shell, workspace, written } from "../../support/scripts.ts";
import { HOLDFAST, type Stage, setStage } from "../../support/stage.ts";

/** Ways into a pid namespace of one's own; `-r` is how users without rights do it. */
const WAYS = {
  "with a /proc of its own": ["unshare", "--pid", "--fork", "--mount-proc"],
  "with the /proc of the outside": ["unshare", "--pid", "--fork"],
  "with a user namespace and a /proc of its own": [
    "unshare",
    "-r",
    "--pid",
    "--fork",
    "--mount-proc",
  ],
  "with a user namespace and the /proc of the outside": ["unshare", "-r", "--pid", "--fork"],
} as const;
/** A time namespace in which every process seems to be older than it is. */
const OLDER = ["unshare", "-r", "--time", `--boottime=-${Math.floor(uptime() / 2)}`, "--fork"];

function probe(found: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(found).map(([name, words]) => {
    const [file = "", ...args] = words;
    const works = spawnSync(file, [...args, "/bin/true"]).status === 0;
    return { name: works ? name : `${name} (skipped: forbidden here)`, words, works };
  });
}
const ways = probe(WAYS);
const waysAround = [...ways, ...probe({ "with a time namespace": OLDER })];

const holdfast = [process.execPath, HOLDFAST];
let stage: Stage;
let outside: Outside;
beforeAll(async () => {
  stage = await setStage();
  outside = await goOutside();
});
afterAll(async () => {
  await outside.close();
  await stage.close();
});
beforeEach(() => stage.api.reset());

const deletion = (name: string) => [
  ...holdfast,
  ...["api", "-X", "DELETE", `/workspaces/${workspace(stage, name)}`],
];
const GRANT = ["--allow-delete=workspaces"];

describe("a child in a pid namespace of its own (N5)", () => {
  for (const [index, { name, words, works }] of ways.entries())
    it.skipIf(!works)(`is inside the session: ${name}`, async () => {
      const id = workspace(stage, `tmp-00${index}`);
      const result = await stage.run(exec(GRANT, [...words, ...deletion(`tmp-00${index}`)]));
      expect(result.stderr).toContain("allows DELETE");
      expect(result.code).toBe(0);
      expect(exists(stage, id)).toBe(false);
    });

  for (const [index, { name, words, works }] of ways.entries())
    it.skipIf(!works)(
      `is inside it below a shell, namespaces within namespaces: ${name}`,
      async () => {
        const inner = shell(`${quoted(deletion(`tmp-01${index}`))}; exit $?`);
        const twice = [...words, "/bin/sh", "-c", `${quoted([...words, ...inner])}; exit $?`];
        const result = await stage.run(exec(GRANT, twice));
        expect(result.stderr).toContain("allows DELETE");
        expect(result.code).toBe(0);
      },
    );

  for (const [index, { name, words, works }] of ways.entries())
    it.skipIf(!works)(
      `is inside it when another thread than the first started it: ${name}`,
      async () => {
        const command = JSON.stringify([...words, ...deletion(`tmp-02${index}`)]);
        const script = `
        const { Worker } = require("node:worker_threads");
        const start = \`
          const [file, ...args] = \${JSON.stringify(${command})};
          const child = require("node:child_process").spawn(file, args, { stdio: "inherit" });
          child.on("exit", (code) => process.exit(code));\`;
        new Worker(start, { eval: true }).on("exit", (code) => process.exit(code));`;
        const result = await stage.run(exec(GRANT, [process.execPath, "-e", script]));
        expect(result.stderr).toContain("allows DELETE");
        expect(result.code).toBe(0);
      },
    );

  for (const [index, { name, words, works }] of ways.entries())
    it.skipIf(!works)(
      `is inside it where no variable says where sockets are: ${name}`,
      async () => {
        const { HOLDFAST_RUNTIME_DIR: _, ...env } = stage.env;
        const command = [...words, ...deletion(`tmp-0${16 + index}`)];
        const result = await stage.run(exec(GRANT, command), { env });
        expect(result.stderr).toContain("allows DELETE");
        expect(result.code).toBe(0);
      },
    );

  for (const { name, words, works } of ways)
    it.skipIf(!works)(`may lead a session of its own: ${name}`, async () => {
      const id = workspace(stage, "scratch");
      const nested = exec(["--allow-delete=vars"], deletion("scratch"));
      const granted = exec(GRANT, ["/bin/sh", "-c", `cat /proc/self/status > status; exit 3`]);
      for (const [command, code] of [
        [granted, 3],
        [nested, 7],
      ] as const) {
        const result = await outside.start([...words, ...holdfast, ...command], {
          env: stage.env,
          cwd: stage.directory,
        });
        expect((await result.ended).code, result.screen).toBe(code);
        expect(result.screen).toContain("may delete without asking");
      }
      expect(exists(stage, id)).toBe(true);
    });
});

describe("a namespace of one's own is no way around", () => {
  for (const { name, words, works } of waysAround)
    it.skipIf(!works)(
      `a session that starts in it sweeps nobody else's record (S5): ${name}`,
      async () => {
        const script = `${quoted([...words, ...holdfast, ...exec([], ["/bin/sleep", "0.5"])])}
        ls "$HOLDFAST_CONFIG_DIR/exec" | grep -c 'hcl$'; cat "$HOLDFAST_CONFIG_DIR"/exec/*.hcl > /dev/null`;
        // Beside the session, not in it: whoever shares the store from a container, for example.
        const session = await outside.start([...holdfast, ...exec(GRANT, ["/bin/cat"])], {
          env: stage.env,
          cwd: stage.directory,
        });
        await session.shows("rail, not a wall");
        const before = readdirSync(stage.sessions);
        const other = await outside.start(["/bin/sh", "-c", script], {
          env: stage.env,
          cwd: stage.directory,
        });
        expect((await other.ended).code, other.screen).toBe(0);
        expect(other.screen).toContain("sleep exited with 0");
        for (const file of before) expect(readdirSync(stage.sessions)).toContain(file);
        session.hangUp();
        expect((await session.ended).code).toBe(0);
      },
    );

  for (const [index, { name, words, works }] of waysAround.entries())
    it.skipIf(!works)(
      `canned answers in it, without any variable, change nothing (N7): ${name}`,
      async () => {
        const id = workspace(stage, "batch-dev");
        const file = (part: string) => join(stage.directory, `canned-${index}.${part}`);
        const attempt = `${quoted(deletion("batch-dev"))} > ${file("said")} 2>&1; echo $? > ${file("code")}`;
        writeFileSync(file("sh"), attempt);
        const answers = "for i in 1 2 3 4 5 6 7 8; do sleep 0.15; echo batch-dev; done";
        const pty = quoted(["script", "-qec", `sh ${file("sh")}`, "/dev/null"]);
        const script = `(${answers}) | ${quoted(words)} ${pty} > ${file("seen")} 2>&1; cat`;
        const session = await outside.start(
          [
            ...holdfast,
            ...exec(
              ["--allow-delete=vars"],
              ["/bin/sh", "-c", `exec env -u HOLDFAST_EXEC_SESSION sh -c ${quoted([script])}`],
            ),
          ],
          { env: stage.env, cwd: stage.directory },
        );
        expect(await written(file("code"))).toBe("7\n");
        expect(await written(file("said"))).toMatch(/\[(no-session|environment-changed)\]/);
        expect(exists(stage, id)).toBe(true);
        session.hangUp();
        await session.ended;
      },
    );
});
