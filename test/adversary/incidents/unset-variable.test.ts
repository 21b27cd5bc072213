// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell text
// `rm -rf` through a variable that nobody has set.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";

const FILES = ["src/main.ts", "build/out.js", "notes"];

describe.skipIf(!existsSync("/bin/bash"))("rm -rf through an unset variable (needs bash)", () => {
  let scene: Incident;
  beforeAll(async () => {
    scene = await openIncident({ environment: "dev", env: { BUILD_DIR: "build" } });
    for (const name of FILES) scene.file(name, "text\n");
  });
  afterAll(() => scene?.close());

  const left = () => FILES.filter((name) => existsSync(scene.path(name)));
  /** What bash makes of the words, the program's name left out and nothing looked up in directories. */
  const expanded = (text: string) =>
    execFileSync("/bin/bash", ["-f", "-c", text.replace(/\brm\b/, "echo")], {
      cwd: scene.work,
      env: {},
      encoding: "utf8",
    }).trim();

  it.each([
    ['rm -rf "$BUILD_DIR/"*', "-rf /*"],
    ["rm -rf $BUILD_DIR/*", "-rf /*"],
    ["rm -rf ${BUILD_DIR}/", "-rf /"],
    ['rm -rf -- "$ROOT/$BUILD_DIR"', "-rf -- /"],
    ["set -f; bash -fc 'rm -rf \"$BUILD_DIR/\"*'", "-rf /*"],
  ])(
    "what bash would make of it is a whole machine, and denied as that: %s",
    async (command, words) => {
      expect(expanded(command)).toBe(words);
      const called = await scene.call("shell_exec", { command });
      expect([called.isError, called.result.status]).toEqual([true, "refused"]);
      expect(called.result.rule).toMatchObject({ id: "recursive-rm-root", effect: "deny" });
      expect(called.text).toContain("a whole machine or home directory would be gone");
      expect(left()).toEqual(FILES);
    },
  );

  it.each(['cd "$BUILD_DIR" && rm -rf *', 'rm -rf "$BUILD_DIR"*', "find ./$BUILD_DIR -delete"])(
    "where it is less than that, the card says that the variable stands for nothing: %s",
    async (command) => {
      const called = await scene.call("shell_exec", { command });
      expectWaiting(called);
      expect([called.result.operation?.impact, called.result.operation?.reversible]).toEqual([
        "destroy",
        "irreversible",
      ]);
      const card = await scene.card(called);
      expect(card).toContain(`argument '${command}'`);
      expect(card).toContain("unset $BUILD_DIR: not passed on; a shell puts nothing there");
      expect(card).toMatch(/known for (?:rm: it removes or overwrites|find: it deletes the) files/);
      expect(card).toContain(`in ${scene.work}`);
      expect(card).toContain("environment dev");
      expect(left()).toEqual(FILES);
    },
  );

  it("a variable that the text sets is not said to be unset, and a person may say yes", async () => {
    const command = 'BUILD_DIR=build; rm -rf "$BUILD_DIR/"*';
    const called = await scene.call("shell_exec", { command });
    expectWaiting(called);
    expect(await scene.card(called)).not.toContain("unset");
    expect((await scene.approve(called)).code).toBe(0);
    const ran = await scene.call("shell_exec", { command });
    expect(ran.result.status, ran.text).toBe("done");
    expect(left()).toEqual(["src/main.ts", "notes"]);
  });
});
