import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Ended, Executable, type Started, started } from "./executable.ts";

let holdfast: Executable;
beforeAll(async () => {
  holdfast = await Executable.build();
});
afterAll(() => holdfast.remove());

const DEADLINE = 60_000;
const printed = (process: Started, text: string) =>
  expect.poll(process.text, { timeout: DEADLINE }).toContain(text);

describe("holdfast demo --serve", { timeout: DEADLINE }, () => {
  let serving: Started;
  let exports: string;
  beforeEach(async () => {
    serving = holdfast.start(["demo", "--serve"]);
    await printed(serving, "Afterwards:");
    exports = /^export .+$/m.exec(serving.text())?.[0] ?? "";
  });
  afterEach(async () => {
    serving.child.kill("SIGTERM");
    await serving.ended;
  });

  /** What a person types into another terminal after pasting the exports. */
  function typed(command: string, shell = "/bin/sh"): Promise<Ended> {
    const launcher = join(holdfast.home, "holdfast");
    writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${holdfast.file}' "$@"\n`);
    chmodSync(launcher, 0o755);
    const env = {
      ...holdfast.env,
      PATH: `${holdfast.home}:${holdfast.env.PATH}`,
      HOLDFAST_CONFIG_DIR: join(holdfast.home, "c"),
      HOLDFAST_RUNTIME_DIR: join(holdfast.home, "r"),
    };
    return started([shell, "-c", `${exports}\n${command}`], env).ended;
  }

  it.each(["/bin/sh", "/bin/bash", "/usr/bin/zsh", "/bin/zsh"].filter((file) => existsSync(file)))(
    "prints exports that work when pasted into %s",
    async (shell) => {
      const { code, stdout } = await typed("holdfast api '/organizations/{organization}'", shell);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).data.id).toBe("acme");
    },
  );

  it("prints commands that work as printed, in their order", async () => {
    const commands = serving.text().match(/(?<=^ {2})holdfast .+$/gm) ?? [];
    const codes: (number | null)[] = [];
    for (const command of commands) codes.push((await typed(command)).code);
    expect(codes).toEqual([0, 7, 0, 7, 0]);
  });

  it("has nothing on stdout but the exports", async () => {
    serving.child.kill("SIGINT");
    const { stdout } = await serving.ended;
    expect(stdout).toMatch(/^export TFE_ADDRESS=http:\/\/127\.0\.0\.1:\d+ TFE_TOKEN=\S+ [^\n]+\n$/);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s is a good end, and the port is closed",
    async (signal) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(exports)?.[0] ?? "";
      expect((await fetch(url)).status).toBeGreaterThan(0);
      serving.child.kill(signal);
      const { code, stderr } = await serving.ended;
      expect(code).toBe(0);
      expect(stderr).toContain("the stand-in has ended");
      await expect(fetch(url)).rejects.toThrow();
    },
  );
});

describe("holdfast demo --serve, for programs", { timeout: DEADLINE }, () => {
  it("--json prints one object with the environment to set", async () => {
    const serving = holdfast.start(["demo", "--serve", "--json", "--quiet"]);
    await printed(serving, "\n}\n");
    const { url, pid, environment } = JSON.parse(serving.text());
    expect(environment).toMatchObject({ TFE_ADDRESS: url, TF_CLOUD_ORGANIZATION: "acme" });
    expect(pid).toBe(serving.child.pid);
    const answer = await fetch(`${url}/api/v2/organizations/acme`, {
      headers: { authorization: `Bearer ${environment.TFE_TOKEN}` },
    });
    expect(answer.status).toBe(200);
    serving.child.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
  });

  it("works inside a session too: it grants nothing", async () => {
    const env = {
      HOLDFAST_CONFIG_DIR: join(holdfast.home, "c"),
      HOLDFAST_RUNTIME_DIR: join(holdfast.home, "r"),
      TFE_ADDRESS: "http://127.0.0.1:9",
    };
    const words = ["harness", "exec", "--", process.execPath, holdfast.file, "demo", "--serve"];
    const session = holdfast.start(words, env);
    await printed(session, "Afterwards:");
    session.child.kill("SIGTERM");
    expect((await session.ended).code).toBe(0);
    rmSync(join(holdfast.home, "c"), { recursive: true });
  });
});
