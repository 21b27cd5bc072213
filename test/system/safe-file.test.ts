import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkPrivateDirectory,
  createPrivateFile,
  ensurePrivateDirectory,
  readPrivateFile,
  UnsafeFile,
} from "../../src/system/safe-file.ts";

const isRoot = process.getuid?.() === 0;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UnsafeFile) return error.code;
    throw error;
  }
  return "fine";
}

describe("F1: a private directory", () => {
  it("is made with its parents, 0700, whatever the umask", () => {
    const before = process.umask(0);
    try {
      ensurePrivateDirectory(join(root, "a", "b"));
    } finally {
      process.umask(before);
    }
    expect(statSync(join(root, "a", "b")).mode & 0o777).toBe(0o700);
    ensurePrivateDirectory(join(root, "a", "b"));
  });

  it.each<[string, string, (path: string) => void]>([
    ["missing", "missing", () => {}],
    ["a file", "wrong-kind", (path) => writeFileSync(path, "")],
    ["a link to a directory of ours", "wrong-kind", (path) => symlinkSync(root, path)],
    ["a dangling link", "wrong-kind", (path) => symlinkSync("nowhere", path)],
    ["readable by the group", "too-open", (path) => mkdirSync(path, { mode: 0o750 })],
    ["searchable by others", "too-open", (path) => mkdirSync(path, { mode: 0o701 })],
    ["0500", "fine", (path) => mkdirSync(path, { mode: 0o500 })],
  ])("%s: %s", (_, code, make) => {
    make(join(root, "d"));
    expect(codeOf(() => checkPrivateDirectory(join(root, "d")))).toBe(code);
  });

  it("below a file cannot be made", () => {
    writeFileSync(join(root, "f"), "");
    expect(codeOf(() => ensurePrivateDirectory(join(root, "f", "d")))).toBe("unusable");
    expect(codeOf(() => checkPrivateDirectory(join(root, "f", "d")))).toBe("unusable");
  });

  it("an open one that is there is refused, never mended", () => {
    mkdirSync(join(root, "d"), { mode: 0o755 });
    expect(codeOf(() => ensurePrivateDirectory(join(root, "d")))).toBe("too-open");
    expect(statSync(join(root, "d")).mode & 0o777).toBe(0o755);
  });

  it.skipIf(!isRoot)("of another owner is refused (needs root to give it away)", () => {
    mkdirSync(join(root, "d"), { mode: 0o700 });
    chownSync(join(root, "d"), 12345, 12345);
    expect(codeOf(() => checkPrivateDirectory(join(root, "d")))).toBe("not-ours");
  });
});

describe("F2: a private file is created, never opened", () => {
  it("0600, whatever the umask", () => {
    const before = process.umask(0);
    try {
      createPrivateFile(join(root, "f"), "text");
    } finally {
      process.umask(before);
    }
    expect(statSync(join(root, "f")).mode & 0o777).toBe(0o600);
    expect(readPrivateFile(join(root, "f"), 10)).toBe("text");
  });

  it.each<[string, (path: string) => void]>([
    ["a file", (path) => writeFileSync(path, "kept")],
    ["a link to nowhere", (path) => symlinkSync(join(root, "made-through-it"), path)],
    ["a link to a file", (path) => symlinkSync("/etc/hostname", path)],
    ["a directory", (path) => mkdirSync(path)],
    ["a named pipe", (path) => execFileSync("mkfifo", [path])],
  ])("not where there is %s", (_, put) => {
    put(join(root, "f"));
    expect(codeOf(() => createPrivateFile(join(root, "f"), "text"))).toBe("unusable");
    expect(existsSync(join(root, "made-through-it"))).toBe(false);
  });
});

describe("F3: a private file is read only if it is safely ours", () => {
  const write = (mode = 0o600) => {
    const file = join(root, "f");
    writeFileSync(file, "text", { mode });
    chmodSync(file, mode);
    return file;
  };
  const read = () => codeOf(() => readPrivateFile(join(root, "f"), 10));

  it.each([
    [0o600, "fine"],
    [0o400, "fine"],
    [0o700, "fine"],
    [0o640, "too-open"],
    [0o620, "too-open"],
    [0o604, "too-open"],
    [0o601, "too-open"],
  ])("mode %o: %s", (mode, code) => {
    write(mode);
    expect(read()).toBe(code);
  });

  it("a FIFO, a directory and a device are refused, at once", () => {
    execFileSync("mkfifo", ["-m", "600", join(root, "f")]);
    expect(read()).toBe("wrong-kind");
    rmSync(join(root, "f"));
    mkdirSync(join(root, "f"));
    expect(read()).toBe("wrong-kind");
    expect(codeOf(() => readPrivateFile("/dev/null", 10))).toBe("wrong-kind");
  });

  it("a socket is refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "f"), resolve));
    expect(read()).toMatch(/unusable|wrong-kind/);
    server.close();
  });

  it("links of both kinds are refused", () => {
    const file = write();
    linkSync(file, join(root, "g"));
    expect(read()).toBe("linked");
    rmSync(file);
    expect(codeOf(() => readPrivateFile(join(root, "g"), 10))).toBe("fine");
    symlinkSync(join(root, "g"), file);
    expect(read()).toBe("linked");
  });

  it("what is larger than it may be is refused, to the byte", () => {
    const file = write();
    expect(readPrivateFile(file, 4)).toBe("text");
    expect(codeOf(() => readPrivateFile(file, 3))).toBe("too-large");
  });

  it("missing is missing, also where its directory is none", () => {
    expect(read()).toBe("missing");
    write();
    expect(codeOf(() => readPrivateFile(join(root, "f", "g"), 10))).toBe("missing");
  });

  it.skipIf(!isRoot)("of another owner is refused (needs root to give it away)", () => {
    chownSync(write(), 12345, 12345);
    expect(read()).toBe("not-ours");
  });
});

it("the command that mends a mode works as printed, whatever the path", () => {
  const directory = join(root, "it's $(here)");
  mkdirSync(directory, { mode: 0o755 });
  try {
    checkPrivateDirectory(directory);
    expect.unreachable();
  } catch (error) {
    execFileSync("sh", ["-c", (error as UnsafeFile).fix ?? "false"]);
  }
  createPrivateFile(join(directory, "f"), "text");
  chmodSync(join(directory, "f"), 0o644);
  try {
    readPrivateFile(join(directory, "f"), 10);
    expect.unreachable();
  } catch (error) {
    execFileSync("sh", ["-c", (error as UnsafeFile).fix ?? "false"]);
  }
  expect(readPrivateFile(join(directory, "f"), 10)).toBe("text");
  expect(readFileSync(join(directory, "f"), "utf8")).toBe("text");
});
