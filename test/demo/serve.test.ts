import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { goOutside } from "../support/outside.ts";
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

  const places = (name = "") => ({
    HOLDFAST_CONFIG_DIR: join(holdfast.home, `c${name}`),
    HOLDFAST_RUNTIME_DIR: join(holdfast.home, `r${name}`),
  });

  /** What a person types into another terminal after pasting the exports, which find holdfast too. */
  function typed(command: string, shell = "/bin/sh"): Promise<Ended> {
    const env = { ...holdfast.env, ...places() };
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
    expect(codes).toEqual([0, 8, 0, 8, 0]);
    const deleted = commands.flatMap((command) => /\w+-\w+(?= -X DELETE)/.exec(command) ?? []);
    expect(new Set(deleted).size).toBe(deleted.length);
  });

  it("prints an agent's command and a person's answer, for two terminals", async () => {
    const outside = await goOutside();
    try {
      const at = (label: string) => {
        const command = new RegExp(`^ {2}${label} +(holdfast .+)$`, "m").exec(serving.text())?.[1];
        const env = { ...holdfast.env, ...places("2") };
        const words = ["/bin/sh", "-c", `${exports}\n${command}; echo "exit $?"`];
        return outside.atTerminal(words, { env, cwd: "/" });
      };
      const agent = await at("agent");
      await agent.shows(/waiting for a person: holdfast approve \w{4}/);
      const person = await at("you");
      await person.shows(/Allow it, once\? \[y\/N\] /);
      person.type("y\r");
      await person.shows("exit 0");
      expect(await agent.shows("exit 0")).toContain("holdfast: deleted /workspaces/");
    } finally {
      await outside.close();
    }
  });

  it("has nothing on stdout but the exports", async () => {
    serving.child.kill("SIGINT");
    const { stdout } = await serving.ended;
    expect(stdout).toMatch(/^export TFE_ADDRESS=http:\/\/127\.0\.0\.1:\d+ TFE_TOKEN=\S+ [^\n]+\n$/);
    expect(readdirSync(holdfast.temporary)).toEqual([]);
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

  it("--json says on stderr where the variables are, and asks to paste no line", async () => {
    const serving = holdfast.start(["demo", "--serve", "--json"]);
    await printed(serving, "Afterwards:");
    serving.child.kill("SIGTERM");
    const { stderr } = await serving.ended;
    expect(stderr).toContain('set the variables of "environment":\n');
    expect(stderr).not.toContain("Paste");
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
