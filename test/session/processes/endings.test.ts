import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exec, shell, workspace } from "../../support/scripts.ts";
import { type Stage, setStage } from "../../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
afterEach(() => {
  expect(readdirSync(stage.sessions)).toEqual([]);
  expect(readdirSync(stage.env.HOLDFAST_RUNTIME_DIR ?? "")).toEqual([]);
});

const run = (...command: string[]) => stage.run(exec([], command));

describe("harness exec ends with its command's code and leaves nothing behind (E1, E3)", () => {
  it.each([0, 1, 7, 125, 126, 127, 130, 255])("the command exits with %i", async (code) => {
    const { code: found, stderr } = await run("/bin/sh", "-c", `exit ${code}`);
    expect(found).toBe(code);
    expect(stderr).toContain(`sh exited with ${code}`);
  });

  it.each([
    ["TERM", 143],
    ["INT", 130],
    ["KILL", 137],
    ["SEGV", 139],
    ["ABRT", 134],
    ["PIPE", 141],
    ["USR2", 140],
  ])("the command dies of SIG%s: %i", async (signal, code) => {
    const { code: found, stderr } = await run("/bin/sh", "-c", `kill -${signal} $$`);
    expect(found).toBe(code);
    expect(stderr).toContain(`sh was ended by SIG${signal}`);
  });

  it.each([
    ["no such command on PATH", ["no-such-command-anywhere"]],
    ["no such file", ["/no/such/file"]],
    ["a link to nowhere", ["./nowhere"]],
  ])("127: %s", async (_, command) => {
    if (command[0] === "./nowhere") symlinkSync("missing", join(stage.directory, "nowhere"));
    const { code, stderr } = await run(...command);
    expect(code).toBe(127);
    expect(stderr).toContain(`${command[0]}: command not found`);
  });

  it.each([
    ["not executable", "plain"],
    ["a directory", "folder"],
    ["below a file", "plain/below"],
    ["a loop of links", "loop"],
    ["too long a name", "x".repeat(300)],
  ])("126: %s", async (_, name) => {
    const path = join(stage.directory, name);
    if (name === "plain") writeFileSync(path, "#!/bin/sh\n", { mode: 0o600 });
    if (name === "folder") mkdirSync(path);
    if (name === "loop") symlinkSync("loop", path);
    const { code, stderr } = await run(path);
    expect(code).toBe(126);
    expect(stderr).toMatch(/: cannot be executed \([A-Z]+\)/);
    expect(stderr).not.toContain("defect");
  });

  it("127: a script without its interpreter", async () => {
    const script = join(stage.directory, "script");
    writeFileSync(script, "#!/no/such/interpreter\n", { mode: 0o700 });
    const { code, stderr } = await run(script);
    expect(code).toBe(127);
    expect(stderr).toContain("script: command not found");
  });

  it("passes odd arguments on as they are", async () => {
    const odd = [
      "",
      " ",
      "--",
      "-x",
      "--allow-delete=vars",
      "a b",
      "*",
      "$HOME",
      "'",
      '"',
      "\\",
      "é\n",
    ];
    const script = 'for word do printf "<%s>\\n" "$word"; done';
    const { code, stdout } = await run("/bin/sh", "-c", script, "sh", ...odd);
    expect(code).toBe(0);
    expect(stdout).toBe(odd.map((word) => `<${word}>\n`).join(""));
  });

  it("takes -- as the command's own, when it stands twice", async () => {
    const { code, stdout } = await run("/bin/echo", "--", "x");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "-- x\n" });
  });

  it.each([[[""]], [[]]])("is wrong usage without a command: %j", async (command) => {
    const { code, stderr } = await run(...command);
    expect(code).toBe(1);
    expect(stderr).toContain("no COMMAND to run");
  });

  it("passes standard input, output and error through", async () => {
    const script = "read line; echo out $line; echo err $line >&2";
    const { code, stdout, stderr } = await stage.run([
      "harness",
      "exec",
      "--quiet",
      "--",
      "/bin/sh",
      "-c",
      `echo in | (${script})`,
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe("out in\n");
    expect(stderr).toContain("err in\n");
  });

  it("gives the command the token, and shows it to nobody", async () => {
    const script = shell(
      'printf %s "$HOLDFAST_EXEC_SESSION" | wc -c; ls "$HOLDFAST_CONFIG_DIR/exec"',
    );
    const { stdout, stderr } = await stage.run(exec(["--allow-delete=vars"], script));
    const token = /([A-Z2-7]{32})\.hcl/.exec(stdout)?.[1] ?? "";
    expect(stdout).toMatch(/^32\n/);
    expect(token).toHaveLength(32);
    expect(stderr).not.toContain(token);
  });

  it("ends the same way after a nested delete", async () => {
    const id = workspace(stage, "tmp-000");
    const script = shell(`holdfast api -X DELETE /workspaces/${id} && exit 42`);
    const { code, stderr } = await stage.run(exec(["--allow-delete=workspaces"], script));
    expect(code).toBe(42);
    expect(stderr).toMatch(/deleted {2}1\n/);
  });
});
