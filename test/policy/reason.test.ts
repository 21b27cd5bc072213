// Each reason: what it says, and that its ways on work as printed, against the real executable.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "../../src/policy/operation.ts";
import { type Reason, REASONS, reasonText, remediesOf } from "../../src/policy/reason.ts";
import { visible } from "../../src/system/terminal-text.ts";
import { deletion } from "../support/operations.ts";
import { putOnPath } from "../support/shells.ts";
import { type Finished, finished, HOLDFAST, type Stage, setStage } from "../support/stage.ts";
import { freshWorkspace, varsetOf } from "../support/workspaces.ts";

let stage: Stage;
let path: string;
beforeAll(async () => {
  stage = await setStage();
  path = mkdtempSync(join(tmpdir(), "hf-"));
  putOnPath(path, HOLDFAST);
});
afterAll(async () => {
  rmSync(path, { recursive: true });
  await stage.close();
});
beforeEach(() => stage.api.reset());

const ran = new Map<string, Promise<Finished>>();
/** As `shell`, but the same line is run once. */
function shellOnce(line: string): Promise<Finished> {
  const running = ran.get(line) ?? shell(line);
  ran.set(line, running);
  return running;
}

const shell = (line: string): Promise<Finished> =>
  finished(
    spawn("sh", ["-c", line], {
      env: { ...stage.env, PATH: `${path}:${stage.env.PATH}` },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
const reasons = Object.keys(REASONS) as Reason[];
const details = [undefined, "4242", "acme", "a long clause; with more in it"];
const operations = (): Operation[] => [
  deletion("vars", stage.api.address),
  deletion("unknown", stage.api.address),
  deletion("varset-workspaces", stage.api.address, {
    request: {
      method: "DELETE",
      path: "/api/v2/varsets/varset-1/relationships/workspaces",
      query: [["include", "it's"]],
      headers: { "content-type": "application/vnd.api+json", "x-why": "it's $HOME" },
      body: '{"data":[{"type":"workspaces","id":"\u202e"}]}',
    },
  }),
];

describe.each(reasons)("%s", (reason) => {
  it("says why in one line, with and without a session and a detail", () => {
    for (const operation of operations())
      for (const session of [undefined, "7KQF2M"])
        for (const detail of details) {
          const context = {
            operation,
            ...(session === undefined ? {} : { session }),
            ...(detail === undefined ? {} : { detail }),
          };
          const text = reasonText(reason, context);
          expect(text).toMatch(/^[^\n]+$/);
          expect(text).not.toMatch(/undefined|null|\[object/);
        }
    expect(REASONS[reason].when).toMatch(/^[A-Z].*\.$/);
  });

  it("offers only commands that parse and can be typed as shown", async () => {
    const lines = new Set<string>();
    for (const operation of operations())
      for (const { command } of remediesOf(reason, {
        operation,
        session: "7KQF2M",
        detail: "4242",
      }))
        lines.add(command);
    for (const line of lines) {
      expect(visible(line)).toBe(line);
      const { code, stderr } = await shellOnce(line);
      expect(stderr, line).not.toMatch(/defect|--help|command not found|Syntax error/);
      // 2: what it names is not there; 7: nobody can be asked here.
      expect([0, 2, 7], line).toContain(code);
    }
  });

  it("offers a way on exactly where it denies, and is no person's own no", () => {
    const [operation] = operations();
    if (operation === undefined) throw new Error("no operation");
    const offered = remediesOf(reason, { operation }).length > 0;
    expect(offered).toBe(REASONS[reason].effect === "deny" && reason !== "declined");
  });
});

describe("a refusal's commands, run as printed", () => {
  const requests: [string, () => string[]][] = [
    ["a workspace", () => [`/workspaces/${freshWorkspace(stage.api)}`, "-X", "DELETE"]],
    [
      "with a query and headers",
      () => [
        `workspaces/${freshWorkspace(stage.api)}?include=organization`,
        ...[
          "-X",
          "delete",
          "-H",
          "X-Why: it's $(touch planted) `x` !!",
          "-H",
          "Accept: text/plain",
        ],
      ],
    ],
    [
      "links in a body",
      () => {
        const workspace = freshWorkspace(stage.api);
        const data = [{ type: "workspaces", id: workspace, meta: { note: "it's \u200b\u202e\n" } }];
        return [
          `/varsets/${varsetOf(stage.api, [workspace])}/relationships/workspaces`,
          ...["-X", "DELETE", "-i", JSON.stringify({ data })],
        ];
      },
    ],
    [
      "a body that only stdin can hold",
      () => [`/workspaces/${freshWorkspace(stage.api)}`, "-X", "DELETE", "-i", "body.json"],
    ],
  ];

  it.each(requests)(
    "%s: by hand it is the same operation, in a session it is sent",
    async (_, make) => {
      writeFileSync(join(stage.directory, "body.json"), '"a text, \\u0007 and more"');
      const refused = await stage.run(["api", ...make(), "--json"]);
      const told = JSON.parse(refused.stdout);
      expect([refused.code, told.reason, stage.api.mutations]).toEqual([7, "no-session", []]);
      for (const { command } of told.remedies) expect(refused.stderr).toContain(command);

      const byHand = told.remedies.find((each: { for: string }) => each.for === "by hand");
      const again = await shell(`${byHand.command} --json`);
      expect(JSON.parse(again.stdout).operation.digest).toBe(told.operation.digest);
      expect([again.code, stage.api.mutations]).toEqual([7, []]);

      const inSession = told.remedies.find((each: { for: string }) => each.for === "in a session");
      expect((await shell(inSession.command)).code).toBe(0);
      expect(stage.api.mutations).toHaveLength(1);
      const [sent] = stage.api.mutations;
      expect(sent).toMatchObject({ method: "DELETE", path: told.operation.path });
      expect(sent?.query).toEqual(told.operation.query);
    },
  );

  it("a body too long for a line: the refusal says why, and offers nothing untrue", async () => {
    const ids = Array.from({ length: 300 }, () => ({
      type: "workspaces",
      id: "ws-0123456789abcdef",
    }));
    writeFileSync(join(stage.directory, "long.json"), JSON.stringify({ data: ids }));
    const words = ["api", "/varsets/varset-1/relationships/workspaces", "-X", "DELETE"];
    const refused = await stage.run([...words, "-i", "long.json", "--json"]);
    expect(JSON.parse(refused.stdout)).toMatchObject({ reason: "no-session", remedies: [] });
    expect(refused.stderr).toContain("refused, nothing sent");
    expect(refused.stderr.length).toBeLessThan(1000);
  });
});
