// A planted value is never printed, wherever it stands beside ours.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AGENT_IDS, type Launch, type Part } from "../../src/agents/agent.ts";
import { AGENTS } from "../../src/agents/catalogue.ts";
import { unifiedDiff } from "../../src/agents/diff.ts";
import { putJson, takeJson } from "../../src/agents/json-edit.ts";
import { shownTextOf } from "../../src/agents/shown-text.ts";
import { putToml, takeToml } from "../../src/agents/toml-block.ts";
import { fuzzRuns } from "../support/fuzz-runs.ts";

const launch: Launch = { node: "/usr/bin/node", script: "/opt/holdfast.cjs", environment: "dev" };
const partsOf = (id: (typeof AGENT_IDS)[number]) =>
  AGENTS[id].parts({ env: {}, home: "/h", file: "/h/f.json" }, launch);
const JSON_PARTS = AGENT_IDS.flatMap(partsOf).flatMap((part) => (part.kind === "json" ? part : []));
const TOML_PART = partsOf("codex").find(({ kind }) => kind === "toml") as Part & { kind: "toml" };

const SECRET = "ghp_S3cretS3cretS3cret1";

const diffs = (before: string, part: Part): string => {
  const shown = shownTextOf([part]);
  if (part.kind === "own") throw new Error("not edited");
  const isJson = part.kind === "json";
  const after = isJson ? putJson(before, part) : putToml(before, part);
  const gone = isJson ? takeJson(after, part) : takeToml(after, part);
  return unifiedDiff("f", before, after, shown) + unifiedDiff("f", after, gone, shown);
};

/** JSON with the secret somewhere: a value, an item, in a URL, a header, a longer text. */
const planted = fc
  .tuple(
    fc.constantFrom(
      SECRET,
      `https://u:${SECRET}@h/?k=${SECRET}`,
      `Bearer ${SECRET}`,
      ["--token", SECRET],
      { env: { GITHUB_TOKEN: SECRET } },
      { headers: { Authorization: SECRET } },
      { [SECRET]: true },
      { command: "npx", args: [`--key=${SECRET}`, "x"] },
      { hooks: [{ command: `T=${SECRET} '/x/holdfast.cjs' hook codex || exit 2` }] },
    ),
    fc.constantFrom("a", "mcpServers", "env", "hooks", "mcp", "zz"),
    fc.constantFrom(0, 1, 2, "\t"),
    fc.constantFrom("", `// ${SECRET}\n`, `/* a\n ${SECRET} */`),
    fc.constantFrom("\n", "\r\n"),
  )
  .map(([value, name, indent, comment, eol]) => {
    const held = ["mcpServers", "mcp", "hooks"].includes(name) ? { other: value } : value;
    const text = JSON.stringify({ first: 1, [name]: held, last: [SECRET] }, null, indent);
    return `${text.replace("{", `{${comment}`)}\n`.replaceAll("\n", eol);
  });

describe("what is shown of a JSON file", () => {
  it("V1: never somebody else's value", () => {
    fc.assert(
      fc.property(planted, fc.constantFrom(...JSON_PARTS), (text, part) => {
        const printed = diffs(text, part);
        expect(printed).not.toContain("S3cret");
        expect(printed).toContain("holdfast");
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  it("V1: nor one that somebody has added to ours", () => {
    const [part] = JSON_PARTS;
    if (part === undefined) throw new Error("none");
    const mine = putJson("{}\n", part).replace('"type"', `"env": {"T": "${SECRET}"}, "type"`);
    const after = putJson(mine, part);
    expect(after).not.toBe(mine);
    const printed = unifiedDiff("f", mine, after, shownTextOf([part]));
    expect(printed).not.toContain("S3cret");
    expect(printed).toContain('"T": ...');
  });

  it("shows all that holdfast writes, and whose the rest is", () => {
    const [part] = JSON_PARTS;
    if (part === undefined) throw new Error("none");
    const printed = diffs('{"mcpServers": {"github": {"command": "npx", "n": 5}}}', part);
    expect(printed).toContain(
      '{"mcpServers": {"github": {"command": ..., "n": ...}, "holdfast": {',
    );
    expect(printed).toContain('"gateway",');
    expect(printed).toContain('"/opt/holdfast.cjs"');
    for (const each of JSON_PARTS) {
      const text = putJson(undefined, each);
      expect(shownTextOf([each])(text)).toBe(text);
    }
  });
});

describe("what is shown of a TOML file", () => {
  it.each([
    `[mcp_servers.other]\nenv = { T = "${SECRET}" }\n`,
    `[a] # ${SECRET}\nb = """\n[${SECRET}]\nargs = "${SECRET}"\n"""`,
    `# ${SECRET}\nkey = [\n "${SECRET}",\n]\n["${SECRET}"]\n`,
  ])("V1: never somebody else's value: %j", (text) => {
    const printed = diffs(text, TOML_PART);
    expect(printed).not.toContain("S3cret");
    expect(printed).toContain('+command = "/usr/bin/node"');
  });

  it("V1: nor one that somebody has put between our marks", () => {
    const mine = putToml("", TOML_PART).replace("args", `env = { T = "${SECRET}" }\nargs`);
    const printed = unifiedDiff("f", mine, putToml(mine, TOML_PART), shownTextOf([TOML_PART]));
    expect(printed).toContain("-env = ...");
    expect(printed).not.toContain("S3cret");
  });
});
