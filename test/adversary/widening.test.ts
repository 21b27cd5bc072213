// Nothing inside a session widens it, nor what came loose from it, nor an agent anywhere (host.ts, H4).

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { has, quoted, workspace, written } from "../support/scripts.ts";
import { operationOn } from "../support/summary.ts";
import { setVisitedStage, type VisitedStage } from "../support/visited-stage.ts";

const GRANT = { type: "grant", resourceClass: "workspaces", request: "K7QF" };
const DONE = 'said: {"type":"done"}';

let visited: VisitedStage;
beforeAll(async () => {
  visited = await setVisitedStage(["--allow-delete=vars", "--max-deletes=3"]);
  mkdirSync(join(visited.stage.directory, "said"));
});
afterAll(() => visited.close());
beforeEach(() => visited.stage.api.reset());

/** Writes a script, and returns the words that run it. */
function scriptFile(name: string, text: string): string {
  const { directory } = visited.stage;
  writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  return `./${name}`;
}

// What a way of asking needs of the environment, once it is taken away.
const KEPT = [
  "PATH",
  "HOME",
  "HOLDFAST_CONFIG_DIR",
  "HOLDFAST_RUNTIME_DIR",
  "PROGRAM",
  "id",
  "file",
];
const SCRUBBED = `env -i TERM=xterm SHELL=/bin/sh ${KEPT.map((name) => `${name}="$${name}"`).join(" ")}`;

/** How something inside a session asks: given the name of a script that asks. */
const WAYS: [string, string, (script: string) => string, RegExp, string?][] = [
  ["its own command", "child", (script) => script, /asked from inside the session/],
  [
    "one without a variable left to show it",
    "scrubbed",
    (script) => `${SCRUBBED} ${script}`,
    /asked from inside the session/,
  ],
  [
    "an orphan",
    "orphan",
    (script) => `( setsid ${script} < /dev/null & )`,
    /asked from inside a session/,
  ],
  [
    "an orphan without a variable",
    "loose",
    (script) => `( setsid ${SCRUBBED} ${script} < /dev/null & )`,
    /asked without a terminal/,
  ],
  [
    "setsid -f env -i script: a terminal of its own, and nothing that shows where from",
    "script",
    (script) => `setsid -f ${SCRUBBED} script -qc ${script} /dev/null < /dev/null > /dev/null 2>&1`,
    /younger than the session/,
    "script",
  ],
  [
    "a tmux server that was started inside",
    "tmux",
    (script) => `${SCRUBBED} tmux -f /dev/null -S "$PWD/tmux" new-session -d ${script}`,
    /younger than the session/,
    "tmux",
  ],
];

/** What the host of a session says to something inside it that asks in a way. */
async function fromInside(name: string, way: (script: string) => string, message: object) {
  const { stage, program } = visited;
  const file = join(stage.directory, "said", name);
  const asking = scriptFile(
    `${name}.ask`,
    `'${process.execPath}' "$PROGRAM" "$id" ${quoted([JSON.stringify(message)])} > "$file.new" 2>&1
     mv "$file.new" "$file"`,
  );
  const record = '"$HOLDFAST_CONFIG_DIR/exec/$HOLDFAST_EXEC_SESSION.hcl"';
  const words = scriptFile(
    name,
    `file=${file}; PROGRAM=${program.file}; id=$(sed -n 's/^id = "\\(.*\\)"/\\1/p' ${record})
     export file PROGRAM id
     ${way(asking)}
     cat > /dev/null`,
  );
  const { terminal, id } = await visited.start(["--allow-delete=vars"], [words]);
  const said = await written(file);
  const { classes } = await visited.describe(id);
  terminal.type("\x04");
  await terminal.ended;
  return { said, classes };
}

describe("whoever is inside, or came from inside", () => {
  for (const [who, name, way, why, needs] of WAYS)
    it.skipIf(needs !== undefined && !has(needs)).each([
      ["grant", GRANT],
      ["vouch", { type: "vouch" }],
    ])(`${who}: %s`, async (kind, message) => {
      const { said, classes } = await fromInside(`${name}-${kind}`, way, message);
      expect(said).toContain('said: {"type":"error"');
      expect(said).toMatch(why);
      expect(classes).toEqual(["vars"]);
    });

  it("an orphan that reports what it never did", async () => {
    const [, , way] = WAYS[3] ?? WAYS[0] ?? [];
    const operation = operationOn("x", "vars");
    const report = { type: "report", operation, reason: "approved", outcome: "succeeded" };
    const { said } = await fromInside("loose-report", way ?? ((script) => script), report);
    expect(said).toContain("only from inside the session");
  });

  it.each(["granted", "confirmed", "not-destructive", "denied"])(
    "a report that something was %s",
    async (reason) => {
      const operation = operationOn("x", "vars");
      const report = { type: "report", operation, reason, outcome: "succeeded" };
      const { said } = await fromInside(`report-${reason}`, (script) => script, report);
      expect(said).toContain("nothing to report");
    },
  );
});

describe("whoever is outside, and no person", () => {
  it.each([
    ["CLAUDECODE", "Claude Code"],
    ["CODEX_THREAD_ID", "Codex"],
  ])("an agent at an old terminal: %s", async (marker, name) => {
    for (const message of [GRANT, { type: "vouch" }, { ...GRANT, code: visited.session.code }])
      expect(await visited.ask(message, { env: { [marker]: "1" } })).toContain(
        `it was asked by ${name}`,
      );
  });

  it("anybody without a terminal", async () => {
    expect(await visited.ask(GRANT, { how: "start" })).toContain("asked without a terminal");
  });

  it("a report changes nothing", async () => {
    const operation = operationOn("x", "vars");
    const report = { type: "report", operation, reason: "approved", outcome: "succeeded" };
    expect(await visited.ask(report)).toContain("only from inside the session");
  });

  it("and none of them changed anything", async () => {
    const { classes, widened, counts } = await visited.describe();
    expect([classes, widened]).toEqual([["vars"], []]);
    expect(counts).toEqual({ deleted: 0, failed: 0, unknown: 0, refused: 0 });
    const path = `/workspaces/${workspace(visited.stage, "tmp-000")}`;
    const refused = await visited.agent.run("api", "-X", "DELETE", path);
    expect(refused.text).toContain("[class-not-granted]");
    expect(visited.stage.api.mutations).toEqual([]);
  });

  it("while a person there could (so the tests above can fail)", async () => {
    expect(await visited.ask({ type: "vouch" })).toContain(DONE);
    expect(await visited.ask(GRANT)).toContain(DONE);
  });
});
