import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCloudBlock } from "../../src/hcp/cloud-block.ts";
import { resolveOrganization, resolveWorkspaceName } from "../../src/hcp/organization.ts";
import { Failure } from "../../src/policy/failure.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "holdfast-project-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(cwd, name);
  writeFileSync(path, text);
  return path;
}

const cloud = (body: string) => `terraform {\n  cloud {\n${body}\n  }\n}\n`;
const acme = cloud('organization = "acme"\nworkspaces {\n name = "web"\n}');

describe("the organization and the workspace", () => {
  it("the variables come first, and no file is read", async () => {
    write("main.tf", "terraform { cloud {");
    const env = { TF_CLOUD_ORGANIZATION: "acme", TF_WORKSPACE: "web" };
    expect(await resolveOrganization(env, cwd)).toEqual({
      name: "acme",
      source: "TF_CLOUD_ORGANIZATION",
    });
    expect(await resolveWorkspaceName(env, cwd)).toEqual({ name: "web", source: "TF_WORKSPACE" });
  });

  it("else the cloud block", async () => {
    write("variables.tf", 'variable "cloud" {}\n');
    const source = write("main.tf", acme);
    expect(await resolveOrganization({}, cwd)).toEqual({ name: "acme", source });
    expect(await resolveWorkspaceName({}, cwd)).toEqual({ name: "web", source });
  });

  it.each([
    ["no configuration", "notes.txt", acme],
    ["no cloud block", "main.tf", 'terraform {\n required_version = "1"\n}'],
    ["a block without names", "main.tf", cloud('workspaces {\n tags = ["a"]\n}')],
    ["a malformed file that seems to hold no block", "main.tf", "terraform { # cloud"],
    ["a file that an editor keeps", ".#main.tf", acme],
  ])("else nobody: %s", async (_, name, text) => {
    write(name, text);
    expect(await resolveOrganization({}, cwd)).toBeUndefined();
    expect(await resolveWorkspaceName({}, cwd)).toBeUndefined();
  });

  it("reads JSON configuration", async () => {
    const block = { cloud: { organization: "acme", workspaces: [{ name: "web" }] } };
    const source = write("main.tf.json", JSON.stringify({ terraform: [block] }));
    expect(await readCloudBlock(cwd)).toEqual({
      file: source,
      organization: "acme",
      workspace: "web",
    });
  });

  it("an override file replaces the block", async () => {
    write("main.tf", acme);
    write("local_override.tf", cloud('organization = "first"'));
    write("override.tf", cloud('organization = "last"'));
    expect((await resolveOrganization({}, cwd))?.name).toBe("last");
  });

  it.each([
    ["main.tf", "terraform {\n cloud {\n"],
    ["main.tf", cloud("organization = var.org")],
    ["main.tf", cloud('organization = "a/../b"')],
    ["main.tf", cloud('organization = ".."')],
    ["main.tf", cloud('organization = ["acme"]')],
    ["main.tf.json", '{"terraform": {"cloud"'],
  ])("%s holding %j is a failure that names the file", async (name, text) => {
    write(name, text);
    const sent = resolveOrganization({}, cwd);
    await expect(sent).rejects.toThrow(Failure);
    await expect(sent).rejects.toThrow(join(cwd, name));
  });

  it("two blocks are a failure that names both files", async () => {
    write("a.tf", acme);
    write("b.tf", acme);
    await expect(resolveOrganization({}, cwd)).rejects.toThrow(/b\.tf .*a\.tf/);
  });

  it.each(["a/b", "..", "a b", "a\u001b[2K"])(
    "TF_CLOUD_ORGANIZATION=%j is refused",
    async (value) => {
      const sent = resolveOrganization({ TF_CLOUD_ORGANIZATION: value }, cwd);
      await expect(sent).rejects.toThrow(/^TF_CLOUD_ORGANIZATION /);
    },
  );
});

describe("O1: a cloud block never chooses the host", () => {
  it.each([
    [{}, "app.terraform.io"],
    [{}, "APP.terraform.io"],
    [{ TFE_HOSTNAME: "tfe.test" }, "tfe.test"],
    [{ TFE_ADDRESS: "http://127.0.0.1:8080" }, "127.0.0.1:8080"],
  ])("%j with a block for %s: the same host", async (env, hostname) => {
    write("main.tf", cloud(`organization = "acme"\nhostname = "${hostname}"`));
    expect((await resolveOrganization(env, cwd))?.name).toBe("acme");
  });

  it.each([
    [{}, "evil.test"],
    [{ TFE_HOSTNAME: "tfe.test" }, "app.terraform.io"],
    [{ TFE_HOSTNAME: "tfe.test" }, "tfe.test:8443"],
    [{}, "x; rm -rf ~"],
  ])("%j with a block for %s: refused", async (env, hostname) => {
    write("main.tf", cloud(`organization = "acme"\nhostname = "${hostname}"`));
    const sent = resolveOrganization(env, cwd);
    await expect(sent).rejects.toMatchObject({ code: "other-hostname", exitCode: 1 });
    await expect(sent).rejects.not.toMatchObject({ fix: expect.stringContaining(hostname) });
  });
});
