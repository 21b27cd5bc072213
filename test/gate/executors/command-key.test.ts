import { execFile } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandKey, commandKeyFile, commandKeyIfMade } from "../../../src/gate/command-key.ts";
import { bundle } from "../../support/bundle.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-key-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const env = () => ({ HOLDFAST_CONFIG_DIR: join(directory, "c") });
const file = () => commandKeyFile(env(), directory);
const key = () => commandKey(env(), directory);

describe("Y1: the key is made once", () => {
  it("of 32 bytes, for nobody else to read, and is the same again", async () => {
    const made = await key();
    expect(made).toHaveLength(32);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await key()).toEqual(made);
    expect(readdirSync(join(directory, "c"))).toEqual(["command.key"]);
  });

  it("says what to do where none can be made, which is not to remove one", async () => {
    const nowhere = { HOLDFAST_CONFIG_DIR: "/proc/nowhere/holdfast" };
    await expect(commandKey(nowhere, directory)).rejects.toMatchObject({
      message: expect.stringContaining("cannot be made"),
      fix: expect.stringMatching(
        /^make \/proc\/nowhere\/holdfast yours to read and write, or set HOME/,
      ),
    });
  });

  it("looking makes none", async () => {
    expect(await commandKeyIfMade(env(), directory)).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("many processes at once have one key", async () => {
    const made = bundle("test/support/command-key-maker.ts");
    const start = () =>
      promisify(execFile)(process.execPath, [made.file], { env: { ...process.env, ...env() } });
    const all = await Promise.all(Array.from({ length: 8 }, start));
    made.remove();
    const keys = all.flatMap(({ stdout }) => stdout.split("\n"));
    expect(keys).toHaveLength(40);
    expect(new Set(keys).size).toBe(1);
    expect(readdirSync(join(directory, "c"))).toEqual(["command.key"]);
  });
});

describe("a key that cannot be trusted is refused, and left as it is", () => {
  it.each<[string, () => void]>([
    ["empty", () => writeFileSync(file(), "", { mode: 0o600 })],
    ["half", () => writeFileSync(file(), "ab".repeat(16), { mode: 0o600 })],
    ["not hex", () => writeFileSync(file(), `${"z".repeat(64)}\n`, { mode: 0o600 })],
    ["too long", () => writeFileSync(file(), "a".repeat(1000), { mode: 0o600 })],
    [
      "open to others",
      () => {
        writeFileSync(file(), `${"a".repeat(64)}\n`);
        chmodSync(file(), 0o644);
      },
    ],
    [
      "a symbolic link",
      () => {
        writeFileSync(join(directory, "k"), `${"a".repeat(64)}\n`, { mode: 0o600 });
        symlinkSync(join(directory, "k"), file());
      },
    ],
    [
      "a second name of another file",
      () => {
        writeFileSync(join(directory, "k"), `${"a".repeat(64)}\n`, { mode: 0o600 });
        linkSync(join(directory, "k"), file());
      },
    ],
    ["a directory", () => mkdirSync(file())],
  ])("%s", async (_, plant) => {
    mkdirSync(join(directory, "c"), { mode: 0o700 });
    plant();
    await expect(key()).rejects.toMatchObject({ code: "command-key", exitCode: 7 });
    expect(readdirSync(join(directory, "c"))).toEqual(["command.key"]);
  });
});
