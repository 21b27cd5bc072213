import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeCredentials, requireToken, resolveToken } from "../../src/hcp/credentials.ts";
import { Failure } from "../../src/policy/failure.ts";

const HOST = "app.terraform.io";
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "holdfast-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

function write(name: string, content: string | object): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), {
    mode: 0o600,
  });
  return path;
}

const stored = (host: string, token: string) => ({ credentials: { [host]: { token } } });
const block = (host: string, token: string) => `credentials "${host}" {\n  token = "${token}"\n}\n`;

async function failure(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

describe("where a token comes from", () => {
  it("the first place that has one wins, in this order", async () => {
    const config = write("elsewhere.tfrc", block(HOST, "from-named-file"));
    write(".terraformrc", block(HOST, "from-main-file"));
    write(".terraform.d/a.tfrc", block(HOST, "from-a"));
    write(".terraform.d/b.tfrc.json", stored(HOST, "from-b"));
    const json = write(".terraform.d/credentials.tfrc.json", stored(HOST, "from-login"));
    const env: Record<string, string> = {
      TFE_TOKEN: "from-tfe-token",
      TF_TOKEN_app_terraform_io: "from-host-variable",
      TF_CLI_CONFIG_FILE: config,
    };
    const order: (string | undefined)[] = [];
    const note = async () => order.push((await resolveToken(HOST, env, home))?.token);
    await note();
    delete env.TFE_TOKEN;
    await note();
    delete env.TF_TOKEN_app_terraform_io;
    await note();
    rmSync(json);
    await note();
    delete env.TF_CLI_CONFIG_FILE;
    await note();
    rmSync(join(home, ".terraform.d/b.tfrc.json"));
    await note();
    rmSync(join(home, ".terraform.d/a.tfrc"));
    await note();
    rmSync(join(home, ".terraformrc"));
    await note();
    expect(order).toEqual([
      "from-tfe-token",
      "from-host-variable",
      "from-login",
      "from-named-file",
      "from-b",
      "from-a",
      "from-main-file",
      undefined,
    ]);
  });

  it.each([
    ["app.terraform.io", "TF_TOKEN_app_terraform_io"],
    ["app.terraform.io", "TF_TOKEN_APP_Terraform_IO"],
    ["my-tfe.test", "TF_TOKEN_my__tfe_test"],
    ["my-tfe.test", "TF_TOKEN_my-tfe_test"],
    ["my-tfe.test", "TF_TOKEN_my-tfe.test"],
    ["xn--caf-dma.fr", "TF_TOKEN_xn____caf__dma_fr"],
    ["xn--caf-dma.fr", "TF_TOKEN_xn--caf-dma_fr"],
    ["xn--caf-dma.fr", "TF_TOKEN_café_fr"],
  ])("the token for %s may be in %s", async (hostname, variable) => {
    expect(await resolveToken(hostname, { [variable]: "t" }, home)).toEqual({
      token: "t",
      source: variable,
    });
  });

  it.each([
    ["tfe.test:8443", "TF_TOKEN_tfe_test"],
    ["tfe.test", "TF_TOKEN_evil_tfe_test"],
    ["tfe.test", "TF_TOKEN_tfe_test_evil"],
    ["tfe.test", "TF_TOKEN_"],
    ["tfe.test", "tf_token_tfe_test"],
  ])("T2: a token for another host is not used: %s, %s", async (hostname, variable) => {
    expect(await resolveToken(hostname, { [variable]: "t" }, home)).toBeUndefined();
  });

  it("T2: a file's token for another host is not used, ports included", async () => {
    write(".terraform.d/credentials.tfrc.json", stored("tfe.test", "t"));
    write(".terraformrc", block("tfe.test:8443", "u"));
    expect(await resolveToken(HOST, {}, home)).toBeUndefined();
    expect((await resolveToken("tfe.test", {}, home))?.token).toBe("t");
    expect((await resolveToken("tfe.test:8443", {}, home))?.token).toBe("u");
  });

  it.each([
    ["TF_CLI_CONFIG_FILE", block(HOST, "t")],
    ["TERRAFORM_CONFIG", block("APP.terraform.io", "t")],
    ["TF_CLI_CONFIG_FILE", JSON.stringify(stored(HOST, "t"))],
    [
      "TF_CLI_CONFIG_FILE",
      `plugin_cache_dir = "$HOME/x"\n${block("b.test", "no")}${block(HOST, "t")}`,
    ],
    ["TF_CLI_CONFIG_FILE", `${block(HOST, "earlier")}${block(HOST, "t")}`],
  ])("a file named by %s: %s", async (variable, content) => {
    const path = write("cli-config", content);
    expect(await resolveToken(HOST, { [variable]: path }, home)).toEqual({
      token: "t",
      source: path,
    });
  });

  it("a file that the places before it made needless is not read", async () => {
    write(".terraformrc", "credentials {{{");
    expect((await resolveToken(HOST, { TFE_TOKEN: "t" }, home))?.token).toBe("t");
  });

  it("having none says how to get one", async () => {
    const none = await failure(requireToken("my-tfe.test", {}, home));
    expect(none).toMatchObject({ code: "no-token", exitCode: 3 });
    expect(none.fix).toBe("terraform login my-tfe.test, or set TF_TOKEN_my__tfe_test");
  });
});

describe("T3: a place that cannot be used is a failure that names it, and T1: never the token", () => {
  it.each([
    [
      ".terraform.d/credentials.tfrc.json",
      '{"credentials": {"app.terraform.io": {"token": "hunter2"',
    ],
    [
      ".terraform.d/credentials.tfrc.json",
      '{"credentials": {"app.terraform.io": {"token": ["hunter2"]}}}',
    ],
    [".terraform.d/credentials.tfrc.json", '{"credentials": {"app.terraform.io": "hunter2"}}'],
    [".terraform.d/credentials.tfrc.json", '{"credentials": ["hunter2"]}'],
    [".terraform.d/credentials.tfrc.json", '["credentials"]'],
    [".terraform.d/credentials.tfrc.json", stored(HOST, "hunter2\nx")],
    [".terraform.d/credentials.tfrc.json", stored(HOST, " hunter2")],
    [".terraform.d/credentials.tfrc.json", stored(HOST, "hunter2é")],
    [".terraform.d/x.tfrc", 'credentials "app.terraform.io" {\n token = "hunter2'],
    [".terraformrc", 'credentials "app.terraform.io" {\n token = file("hunter2")\n}'],
    [".terraformrc", "credentials hunter2"],
  ])("%s holding %j", async (name, content) => {
    const path = write(name, content);
    const error = await failure(resolveToken(HOST, {}, home));
    expect(error.message).toContain(path);
    expect(`${error.message} ${error.fix} ${String(error.cause)}`).not.toContain("hunter2");
  });

  it.each([
    ["TFE_TOKEN", "hunter2\r\nx-evil: 1"],
    ["TF_TOKEN_app_terraform_io", "hunter2\u0000"],
  ])("%s=%j", async (variable, value) => {
    const error = await failure(resolveToken(HOST, { [variable]: value }, home));
    expect(error.message).toContain(variable);
    expect(error.message).not.toContain("hunter2");
  });

  it("a configuration file that is named but missing", async () => {
    const path = join(home, "gone");
    const error = await failure(resolveToken(HOST, { TF_CLI_CONFIG_FILE: path }, home));
    expect(error.message).toBe(`cannot read ${path} (ENOENT)`);
  });

  it("a directory in the place of a file", async () => {
    mkdirSync(join(home, ".terraformrc"));
    expect((await failure(resolveToken(HOST, {}, home))).message).toContain(
      ".terraformrc (EISDIR)",
    );
  });

  it("two variables that say different things", async () => {
    const env = { TF_TOKEN_a__b_test: "one", "TF_TOKEN_a-b_test": "two" };
    expect((await failure(resolveToken("a-b.test", env, home))).message).toBe(
      "TF_TOKEN_a__b_test and TF_TOKEN_a-b_test hold different tokens for a-b.test",
    );
  });
});

describe("describeCredentials", () => {
  it("tells every place, its mode and its problem, and T1: never a token", async () => {
    const login = write(".terraform.d/credentials.tfrc.json", stored(HOST, "hunter2"));
    chmodSync(login, 0o644);
    const broken = write(".terraform.d/x.tfrc", "credentials {{{");
    const env = { TFE_TOKEN: "hunter2 ", TF_TOKEN_app_terraform_io: "hunter2" };
    const places = await describeCredentials(HOST, env, home);
    expect(places).toEqual([
      { place: "TFE_TOKEN", found: false, problem: expect.stringContaining("TFE_TOKEN") },
      { place: "TF_TOKEN_app_terraform_io", found: true },
      { place: login, found: true, mode: 0o644 },
      { place: broken, found: false, mode: 0o600, problem: `${broken} is not valid HCL` },
      { place: join(home, ".terraformrc"), found: false },
    ]);
    expect(JSON.stringify(places)).not.toContain("hunter2");
  });
});
