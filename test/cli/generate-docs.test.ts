import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generatedPages } from "../../src/cli/docs/pages.ts";
import { ROUTES } from "../../src/operations/hcp/route-table.ts";
import { EXIT_MEANING } from "../../src/policy/exit-code.ts";
import { REASONS } from "../../src/policy/reason.ts";
import { RESOURCE_CLASSES } from "../../src/policy/resource-class.ts";
import { VARIABLES } from "../../src/system/places.ts";
import { everyCommand, realProgram } from "./completion-shell.ts";

const directory = mkdtempSync(join(tmpdir(), "hf-"));
const generator = join(directory, "generate-docs.cjs");

beforeAll(() =>
  build({
    entryPoints: ["src/cli/generate-docs.ts"],
    outfile: generator,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["hcl2-parser", "libsql", "postgres", "yaml", "@modelcontextprotocol/*"],
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "undefined" },
    logLevel: "error",
  }),
);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const generate = (words: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [generator, ...words], {
    cwd: directory,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });

const written = (file: string) => readFileSync(join(directory, "docs", file), "utf8");

describe("the generator", () => {
  it("--check names every page that is missing, and exits with 1", () => {
    const done = generate(["--check"]);
    expect(done.status).toBe(1);
    for (const file of ["commands.md", "reasons.md", "classes.md"])
      expect(done.stderr).toContain(file);
  });

  it("writes the pages, the same whatever the terminal, and then --check is content", () => {
    expect(generate([], { COLUMNS: "20", FORCE_COLOR: "3" }).status).toBe(0);
    const before = written("commands.md");
    expect(before).not.toContain("\x1b");
    expect(generate([], { COLUMNS: "300", NO_COLOR: "1" }).stdout).toBe("");
    expect(written("commands.md")).toBe(before);
    expect(generate(["--check"])).toMatchObject({ status: 0, stderr: "" });
  });

  it("--check names the page that was changed, and no other", () => {
    generate([]);
    appendFileSync(join(directory, "docs", "reasons.md"), "changed by hand\n");
    const done = generate(["--check"]);
    expect(done.status).toBe(1);
    expect(done.stderr).toContain("reasons.md");
    expect(done.stderr).not.toContain("commands.md");
    unlinkSync(join(directory, "docs", "reasons.md"));
    expect(generate([]).stdout).toBe("docs/reasons.md\n");
  });

  it("knows one flag", () => {
    expect(generate(["--chekc"])).toMatchObject({ status: 1, stdout: "" });
  });
});

describe("the pages", () => {
  const program = realProgram();
  const pages = generatedPages(realProgram());
  const page = (file: string) => pages[file] ?? "";
  const flagged = (text: string) => text.replaceAll("\\|", "|");

  it("commands.md has every command with its flags, arguments and examples", () => {
    expect(page("commands.md")).not.toContain("approval courier");
    for (const command of everyCommand(program).slice(1)) {
      // Only holdfast itself starts it.
      if (command.name() === "courier") continue;
      const name = [command.parent?.parent && command.parent.name(), command.name()];
      const heading = `\n## holdfast ${name.filter(Boolean).join(" ")}\n`;
      expect(page("commands.md")).toContain(heading);
      const section = page("commands.md").split(heading)[1]?.split("\n## ")[0] ?? "";
      expect(section).toMatch(/```sh\n.*holdfast /);
      for (const option of command.options)
        expect(flagged(section).includes(`\`${option.flags}\``)).toBe(!option.hidden);
      for (const each of command.registeredArguments)
        expect(section).toContain(`| \`${each.name()}\` |`);
    }
  });

  it("commands.md has every exit code and every global flag", () => {
    for (const [code] of EXIT_MEANING) expect(page("commands.md")).toContain(`\n| ${code} | `);
    for (const { flags } of program.options)
      expect(page("commands.md")).toContain(`| \`${flags}\` |`);
  });

  it.each(Object.keys(REASONS))("reasons.md has %s, with what it says", (reason) => {
    const section = page("reasons.md").split(`\n## ${reason}\n`)[1]?.split("\n## ")[0] ?? "";
    expect(section).toMatch(/\*\*(allow|ask|deny)\*\*/);
    expect(section).toContain(`[${reason}]\n`);
    expect(section).not.toMatch(/undefined|\[object/);
  });

  it("classes.md has every class, and every request that has a class", () => {
    for (const name of Object.keys(RESOURCE_CLASSES))
      expect(page("classes.md")).toContain(`\n## ${name}\n`);
    for (const route of ROUTES.filter((each) => each.class !== undefined)) {
      const section = page("classes.md").split(`\n## ${route.class}\n`)[1]?.split("\n## ")[0] ?? "";
      expect(section).toContain(`| \`${route.method} ${route.template}\` | `);
    }
  });

  it("lead only to headings that are there", () => {
    for (const text of Object.values(pages)) {
      const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading.toLowerCase().replaceAll(" ", "-"),
      );
      const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
      expect(links.filter((anchor) => !headings.includes(anchor ?? ""))).toEqual([]);
    }
  });

  it("leave the variables to docs/places.md, which has them all", () => {
    const places = readFileSync("docs/places.md", "utf8");
    expect(Object.keys(VARIABLES).filter((name) => !places.includes(`\`${name}\``))).toEqual([]);
  });
});
