import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatSessionRecord } from "../../src/grants/session-record.ts";
import {
  listSessions,
  readSession,
  sessionFile,
  writeSession,
} from "../../src/grants/session-store.ts";
import type { Failure } from "../../src/policy/failure.ts";
import { recordOf, tokenOf } from "../support/records.ts";

const isRoot = process.getuid?.() === 0;
let root: string;
let store: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hf-"));
  store = join(root, "exec");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes a record, lets `spoil` at it, and says why it is refused. */
async function refusalAfter(spoil: (file: string) => void): Promise<string> {
  const record = await recordOf(1);
  writeSession(store, record);
  spoil(sessionFile(store, record.token));
  try {
    readSession(store, record.token);
  } catch (error) {
    return (error as Failure).code;
  }
  return "not refused";
}

describe("S4: a record is read only if it is safely ours", () => {
  it("reads its own, made with 0600 in a directory with 0700", async () => {
    const record = await recordOf(1);
    writeSession(store, record);
    expect(readSession(store, record.token)).toEqual(record);
    expect(
      execFileSync("stat", ["-c", "%a", store, sessionFile(store, record.token)], {
        encoding: "utf8",
      }),
    ).toBe("700\n600\n");
  });

  it("is not there: no record, no failure", () => {
    expect(readSession(store, tokenOf(1))).toBeUndefined();
    expect(listSessions(store)).toEqual([]);
  });

  it("never writes over one, nor through a link", async () => {
    const record = await recordOf(1);
    writeSession(store, record);
    expect(() => writeSession(store, record)).toThrow(/cannot be written/);
    const other = await recordOf(2);
    symlinkSync(join(root, "elsewhere"), sessionFile(store, other.token));
    expect(() => writeSession(store, other)).toThrow(/cannot be written/);
    expect(existsSync(join(root, "elsewhere"))).toBe(false);
  });

  const spoilt: [string, string, (file: string) => void][] = [
    ["readable by the group", "session-file-too-open", (file) => chmodSync(file, 0o640)],
    ["readable by others", "session-file-too-open", (file) => chmodSync(file, 0o604)],
    ["world-readable", "session-file-too-open", (file) => chmodSync(file, 0o644)],
    ["writable by others", "session-file-too-open", (file) => chmodSync(file, 0o602)],
    ["hard-linked", "session-file-linked", (file) => linkSync(file, `${file}.too`)],
    [
      "symlinked",
      "session-file-linked",
      (file) => {
        renameSync(file, `${file}.moved`);
        symlinkSync(`${file}.moved`, file);
      },
    ],
    [
      "symlinked to itself",
      "session-file-linked",
      (file) => {
        rmSync(file);
        symlinkSync(file, file);
      },
    ],
    [
      "a directory",
      "session-file-wrong-kind",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      "a named pipe that nobody writes to",
      "session-file-wrong-kind",
      (file) => {
        rmSync(file);
        execFileSync("mkfifo", ["-m", "600", file]);
      },
    ],
    ["huge", "session-file-too-large", (file) => truncateSync(file, 2 ** 40)],
    ["a little too large", "session-file-too-large", (file) => truncateSync(file, 16 * 1024 + 1)],
    ["empty", "session-record", (file) => truncateSync(file, 0)],
    ["without its last byte", "session-record", (file) => truncateSync(file, 300)],
    ["in a directory with 0755", "session-file-too-open", () => chmodSync(store, 0o755)],
    [
      "in a directory that is a link",
      "session-file-wrong-kind",
      () => {
        renameSync(store, `${store}.moved`);
        symlinkSync(`${store}.moved`, store);
      },
    ],
  ];
  it.each(spoilt)("refuses one that is %s (%s)", async (_, code, spoil) => {
    expect(await refusalAfter(spoil)).toBe(code);
  });

  it.skipIf(!isRoot)("refuses one of another owner (needs root to give it away)", async () => {
    expect(await refusalAfter((file) => chownSync(file, 12345, 12345))).toBe(
      "session-file-not-ours",
    );
  });

  it.skipIf(!isRoot)(
    "refuses a directory of another owner (needs root to give it away)",
    async () => {
      expect(await refusalAfter(() => chownSync(store, 12345, 12345))).toBe(
        "session-file-not-ours",
      );
    },
  );

  it("refuses one that says it is another user's", async () => {
    const record = await recordOf(1, { uid: 54321 });
    writeSession(store, record);
    expect(() => readSession(store, record.token)).toThrow("is another user's session");
  });

  it("a fix for its mode works as printed, whatever the path", async () => {
    store = join(root, "it's here", "exec");
    const record = await recordOf(1);
    writeSession(store, record);
    const file = sessionFile(store, record.token);
    chmodSync(file, 0o644);
    const [stored] = listSessions(store);
    const fix = stored !== undefined && "problem" in stored ? stored.problem.fix : undefined;
    execFileSync("sh", ["-c", fix ?? "false"]);
    expect(readSession(store, record.token)).toEqual(record);
  });

  it("a relative directory is refused by name: host and caller would look in two places", async () => {
    const record = await recordOf(1);
    for (const act of [
      () => writeSession("c/exec", record),
      () => readSession("c/exec", record.token),
      () => listSessions("c/exec"),
    ])
      expect(act).toThrow(/HOLDFAST_CONFIG_DIR/);
    expect(existsSync("c")).toBe(false);
  });

  it("lists what is wrong beside what is right, and nothing that is named otherwise", async () => {
    writeSession(store, await recordOf(1));
    writeSession(store, await recordOf(2));
    truncateSync(sessionFile(store, tokenOf(2)), 5);
    for (const name of ["x.hcl", `${tokenOf(3)}.hcl.lock`, `${tokenOf(3)}.txt`, "a\nb.hcl"])
      writeFileSync(join(store, name), "");
    expect(listSessions(store).map((each) => "record" in each)).toEqual([true, false]);
  });
});

it("a record never holds more than its reader takes", async () => {
  const { RESOURCE_CLASSES } = await import("../../src/policy/resource-class.ts");
  const record = await recordOf(1, {
    allow_delete: [...Object.keys(RESOURCE_CLASSES), "reversible"],
    hostname: "h".repeat(255),
    organization: "o".repeat(255),
  });
  expect(formatSessionRecord(record).length).toBeLessThan(16 * 1024);
  writeSession(store, record);
  expect(readSession(store, record.token)).toEqual(record);
});
