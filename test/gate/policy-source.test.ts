import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPolicy } from "../../src/gate/policy-source.ts";
import { Failure } from "../../src/policy/failure.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { has } from "../support/scripts.ts";
import { isReachableByOthers } from "../support/reachable.ts";

let directory = "";
let systemFile = "";
let configDirectory = "";
let userFile = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-"));
  for (const name of ["etc", "config"]) mkdirSync(join(directory, name), { mode: 0o755 });
  systemFile = join(directory, "etc", "policy.yaml");
  configDirectory = join(directory, "config");
  userFile = join(configDirectory, "policy.yaml");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = () => readPolicy({ configDirectory, systemFile });
const write = (file: string, text: string, mode = 0o644) => {
  writeFileSync(file, `version: 1\n${text}`);
  chmodSync(file, mode);
};

async function failure(): Promise<Failure> {
  try {
    await read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("where policy is read from", () => {
  it("L1: nowhere: the built-in policy", async () => {
    expect(await read()).toEqual(combine([]));
    rmSync(join(directory, "etc"), { recursive: true });
    rmSync(configDirectory, { recursive: true });
    expect(await read()).toEqual(combine([]));
  });

  it("the machine's, then the user's; the strictest wins", async () => {
    write(systemFile, "commands: {defaults: {security: full, ask: always}}");
    expect((await read()).files).toEqual([systemFile]);
    write(userFile, "commands: {defaults: {security: allowlist}}");
    const policy = await read();
    expect(policy.files).toEqual([systemFile, userFile]);
    expect(policy.commands.defaults).toEqual({
      security: "allowlist",
      ask: "always",
      fallback: "deny",
    });
  });

  it("not the project's directory", async () => {
    const cwd = process.cwd();
    try {
      process.chdir(directory);
      for (const file of ["policy.yaml", "holdfast.yaml", ".holdfast.yaml"])
        write(join(directory, file), "x: 1");
      expect((await read()).files).toEqual([]);
    } finally {
      process.chdir(cwd);
    }
  });

  it("L1: a malformed one denies, and says which", async () => {
    write(userFile, "comands: {}");
    write(systemFile, "commands: {}");
    expect(await failure()).toMatchObject({ code: "policy-malformed", exitCode: 7 });
    expect((await failure()).message).toContain(`${userFile}:2: unknown key "comands"`);
    write(userFile, "");
    write(systemFile, "commands: {}}");
    expect((await failure()).message).toContain(`${systemFile}:2: `);
  });

  it("L1: one that is no text, or no file, denies", async () => {
    writeFileSync(userFile, Buffer.from([0x76, 0xff, 0xfe]));
    expect((await failure()).message).toContain("is not UTF-8");
    writeFileSync(userFile, "x".repeat(300_000));
    expect((await failure()).message).toContain("too large");
    rmSync(userFile);
    mkdirSync(userFile);
    expect(await failure()).toMatchObject({ code: "policy-refused", exitCode: 7 });
    rmSync(userFile, { recursive: true });
    execFileSync("mkfifo", [userFile]);
    expect((await failure()).message).toContain("not a regular file");
    rmSync(configDirectory, { recursive: true });
    writeFileSync(configDirectory, "");
    expect((await failure()).message).toBe(
      `the configuration directory ${configDirectory} is not a directory`,
    );
  });

  it("L2: the user's is no symbolic link; the machine's may be one, but not to nowhere", async () => {
    const target = join(directory, "etc", "real.yaml");
    write(target, "approvals: {approvers: 1}");
    symlinkSync(target, systemFile);
    expect((await read()).files).toEqual([systemFile]);
    symlinkSync(target, userFile);
    expect((await failure()).message).toContain(`${userFile} is a symbolic link`);
    rmSync(userFile);
    rmSync(target);
    expect((await failure()).message).toContain(`${systemFile} cannot be read (ENOENT)`);
  });

  it("L2: nobody else can change the file or its directory", async () => {
    for (const [path, mode] of [
      [userFile, 0o664],
      [systemFile, 0o646],
      [configDirectory, 0o777],
    ] as const) {
      write(userFile, "");
      write(systemFile, "");
      chmodSync(path, mode);
      const { message, fix } = await failure();
      expect(message).toContain(`${path} can be changed by other users`);
      execFileSync("/bin/sh", ["-c", fix ?? ""]);
      expect((await read()).files).toHaveLength(2);
    }
  });

  it.skipIf(process.getuid?.() !== 0)(
    "L2: a file of another user is refused (needs root)",
    async () => {
      for (const file of [userFile, systemFile]) {
        write(file, "");
        chownSync(file, 12_345, 12_345);
        expect((await failure()).message).toContain(`${file} belongs to another user`);
        rmSync(file);
      }
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    "L1: one that cannot be opened denies (not as root)",
    async () => {
      write(userFile, "", 0o000);
      expect((await failure()).message).toContain(`${userFile} cannot be read (EACCES)`);
    },
  );

  it("a password that others can read is refused; a changed mode mends it", async () => {
    write(userFile, "approvals: {store: {postgres: 'postgres://a:hunter2@h/d'}}");
    const { message, fix } = await failure();
    expect(message).toContain("holds a password");
    expect(message).not.toContain("hunter2");
    expect(fix).toContain(`chmod 600 ${userFile}`);
    chmodSync(userFile, 0o600);
    expect((await read()).approvals.store.kind).toBe("postgres");
  });

  it("L3: no YAML parser is loaded where there is no file", () => {
    expect(readElsewhere([])).toMatchObject({ files: [], yaml: false });
    write(userFile, "");
    expect(readElsewhere([])).toMatchObject({ files: [userFile], yaml: true });
  });

  const ordinary = { uid: 12_345, gid: 12_345 };
  const unshare = ["unshare", "--user", "--map-current-user"];
  const canUnshare =
    process.getuid?.() === 0 &&
    has("unshare") &&
    isReachableByOthers("node_modules") &&
    spawnSync("unshare", [...unshare.slice(1), "true"], ordinary).status === 0;
  it.skipIf(!canUnshare)(
    "L2: in a sandbox's user namespace root's file is still root's, where we cannot write it (needs root, unshare and a checkout that others may enter)",
    () => {
      chmodSync(directory, 0o755);
      write(systemFile, "");
      expect(readElsewhere(unshare, ordinary)).toMatchObject({
        files: [systemFile],
        uid: ordinary.uid,
      });
      write(userFile, "");
      expect(() => readElsewhere(unshare, ordinary)).toThrow(`${userFile} belongs to another user`);
    },
  );
});

/** Reads in a process of its own, which `words` start. */
function readElsewhere(words: string[], user: { uid?: number; gid?: number } = {}): object {
  const program = join(directory, "program.cjs");
  buildSync({
    entryPoints: ["test/support/policy-reader.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["yaml"],
    logLevel: "error",
  });
  const [first = "", ...rest] = [...words, process.execPath, program, configDirectory, systemFile];
  const env = { ...process.env, NODE_PATH: resolve("node_modules") };
  const done = spawnSync(first, rest, { ...user, cwd: "/", env, encoding: "utf8" });
  if (done.stderr !== "") throw new Error(done.stderr);
  return JSON.parse(done.stdout) as object;
}

describe("a file that was named", () => {
  const named = (extraFile = join(directory, "named.yaml")) =>
    readPolicy({ configDirectory, systemFile, extraFile });
  const failureOf = async (extraFile?: string): Promise<Failure> => {
    const error = await named(extraFile).then(
      () => new Error("it was read"),
      (error: unknown) => error,
    );
    if (error instanceof Failure) return error;
    throw error;
  };

  it("L4: counts after the machine's and the user's; the strictest wins", async () => {
    const path = join(directory, "named.yaml");
    write(userFile, "environments: {prod: {plan_ttl: 10m}}");
    write(path, "environments: {prod: {plan_ttl: 20m, changes: deny}}");
    const policy = await named();
    expect(policy.files).toEqual([userFile, path]);
    expect(policy.environments.prod.planMs).toBe(600_000);
    expect(policy.rules.at(-1)).toMatchObject({ id: "prod-changes", file: path, line: 2 });
  });

  it("L4: missing, malformed or in conflict it is wrong usage", async () => {
    const path = join(directory, "named.yaml");
    expect(await failureOf()).toMatchObject({ code: "policy-missing", exitCode: 1 });
    write(path, "environments: {production: {}}");
    expect(await failureOf()).toMatchObject({ code: "policy-malformed", exitCode: 1 });
    write(path, "environments: {prod: {kubernetes: {context: a}}}");
    write(userFile, "environments: {prod: {kubernetes: {context: b}}}");
    expect(await failureOf()).toMatchObject({ code: "policy-conflict", exitCode: 1 });
    write(userFile, "nonsense: 1");
    expect(await failureOf()).toMatchObject({ code: "policy-malformed", exitCode: 7 });
  });

  it("L4: is trusted as the user's own is", async () => {
    const path = join(directory, "named.yaml");
    write(path, "", 0o666);
    const open = await failureOf();
    expect(open).toMatchObject({ code: "policy-refused", exitCode: 1 });
    expect(open.message).toContain("can be changed by other users");
    chmodSync(path, 0o644);
    const link = join(directory, "link.yaml");
    symlinkSync(path, link);
    expect((await failureOf(link)).message).toContain("is a symbolic link");
    write(path, "approvals: {store: {postgres: 'postgres://a:hunter2@h/d'}}");
    const password = await failureOf();
    expect(password).toMatchObject({ code: "policy-refused", exitCode: 1 });
    expect(`${password.message} ${password.fix}`).not.toContain("hunter2");
  });

  it("that is one of the two is read once", async () => {
    write(userFile, "rules: [{id: a, effect: ask, kinds: [hcp]}]");
    expect((await named(userFile)).files).toEqual([userFile]);
  });
});
