// What a plan was made from, and whether making it could run more than that.

import { chmodSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { terraformEnvironment } from "../../../src/operations/terraform/environment.ts";
import { findTerraform } from "../../../src/operations/terraform/executable.ts";
import { whyPlanIsForeign } from "../../../src/operations/terraform/foreign-code.ts";
import { readRootModule } from "../../../src/operations/terraform/root-module.ts";
import { type GatewayYard, makeGatewayYard } from "../../support/gateway-context.ts";

let yard: GatewayYard;
beforeEach(() => {
  yard = makeGatewayYard();
  yard.file("root/main.tf", "locals {}\n");
});
afterEach(() => yard.close());

const KEY = Buffer.alloc(32, 7);
const read = () => readRootModule(yard.path("root"), yard.path("home"), KEY);
const names = () => Object.keys(read().files).map((each) => each.slice(yard.directory.length + 1));
const foreign = () => whyPlanIsForeign(read());

describe("the files of a root module", () => {
  it("M1: are all of its own, in any directory, hidden ones too", () => {
    for (const name of ["a.sh", "x/y/z.tpl", ".hidden", ".terraform.lock.hcl", "a.auto.tfvars"])
      yard.file(`root/${name}`, "1\n");
    yard.file("root/.terraform/environment", "dev");
    yard.file("root/.terraform/terraform.tfstate", "{}");
    expect(names()).toEqual(
      [
        ...[
          ".hidden",
          ".terraform.lock.hcl",
          ".terraform/environment",
          ".terraform/terraform.tfstate",
        ],
        ...["a.auto.tfvars", "a.sh", "main.tf", "x/y/z.tpl"],
      ].map((name) => `root/${name}`),
    );
  });

  it("M1: change with every byte of any of them, and with the key", () => {
    const before = read().files;
    yard.file("root/main.tf", "locals {} \n");
    expect(read().files).not.toEqual(before);
    yard.file("root/main.tf", "locals {}\n");
    expect(read().files).toEqual(before);
    const other = readRootModule(yard.path("root"), yard.path("home"), Buffer.alloc(32, 8));
    expect(other.files).not.toEqual(before);
  });

  it("M1: are those of modules elsewhere, and whatever a word names", () => {
    yard.file("modules/m/main.tf", 'locals { a = "../../scripts/deep.sh" }\n');
    yard.file("scripts/deep.sh", "1\n");
    yard.file("scripts/run.sh", "1\n");
    yard.file("scripts/other.sh", "1\n");
    const manifest = {
      Modules: [
        { Key: "", Dir: "." },
        { Key: "m", Dir: "../modules/m" },
      ],
    };
    yard.file("root/.terraform/modules/modules.json", JSON.stringify(manifest));
    yard.file(
      "root/main.tf",
      `locals { a = "sh \${path.module}/../scripts/run.sh -x", b = "terraform.tfstate.d/x.sh" }\n`,
    );
    yard.file("root/terraform.tfstate.d/x.sh", "1\n");
    expect(names()).toEqual([
      "modules/m/main.tf",
      "root/.terraform/modules/modules.json",
      "root/main.tf",
      "root/terraform.tfstate.d/x.sh",
      "scripts/deep.sh",
      "scripts/run.sh",
    ]);
  });

  it("M1: are what a link leads to, and that it leads to nothing", () => {
    yard.file("elsewhere/run.sh", "1\n");
    symlinkSync(yard.path("elsewhere"), yard.path("root/scripts"));
    symlinkSync(yard.path("root"), yard.path("root/loop"));
    symlinkSync("nowhere", yard.path("root/dangling"));
    const before = read().files;
    expect(names()).toContain("root/scripts/run.sh");
    yard.file("elsewhere/run.sh", "2\n");
    expect(read().files).not.toEqual(before);
    rmSync(yard.path("root/dangling"));
    symlinkSync("somewhere", yard.path("root/dangling"));
    expect(read().files[yard.path("root/dangling")]).not.toBe(before[yard.path("root/dangling")]);
  });

  it("M1: are what configures terraform for this user", () => {
    yard.file("home/.terraformrc", "disable_checkpoint = true\n");
    yard.file("home/.terraform.d/more.tfrc", "\n");
    yard.file("home/.terraform.d/credentials.tfrc.json", "{}\n");
    expect(names().filter((name) => name.startsWith("home/"))).toEqual([
      "home/.terraform.d/credentials.tfrc.json",
      "home/.terraform.d/more.tfrc",
      "home/.terraformrc",
    ]);
  });

  it("M2: are not what terraform or git writes", () => {
    for (const name of [
      ...["terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.1700000000.backup"],
      ...["terraform.tfstate.d/dev/terraform.tfstate", ".terraform.tfstate.lock.info"],
      ...[".terraform/providers/h/n/t/1/p/bin", ".git/index", ".git/objects/ab/cd"],
    ])
      yard.file(`root/${name}`, "1\n");
    yard.file("root/.git/config", "\n");
    yard.file("root/.git/hooks/post-checkout", "\n");
    expect(names()).toEqual(["root/.git/config", "root/.git/hooks/post-checkout", "root/main.tf"]);
  });

  it("M3: are refused where they cannot be looked through", () => {
    const big = yard.file("root/big.bin", "");
    truncateSync(big, 300 * 1024 * 1024);
    expect(() => read()).toThrow(expect.objectContaining({ code: "not-pinned" }));
    rmSync(big);
    yard.file("root/.terraform/modules/modules.json", "{");
    expect(() => read()).toThrow(expect.objectContaining({ code: "not-pinned" }));
  });
});

describe("planning is harmless", () => {
  const LOCK = (source: string) => `provider "${source}" {\n  version = "1.0.0"\n}\n`;

  it.each([
    [
      "nothing but its own files",
      `locals { a = file("\${path.module}/a.txt"), b = file("./b"), c = templatefile("t/x.tpl", {}) }`,
    ],
    [
      "a local-exec, which does not run",
      'provisioner "local-exec" { command = "exec sh" }'.replace("exec sh", "sh x"),
    ],
  ])("with %s", (_, text) => {
    yard.file("root/main.tf", text);
    yard.file("root/t/x.tpl", "Hello\n");
    yard.file("root/.terraform.lock.hcl", LOCK("registry.example.com/hashicorp/aws"));
    expect(foreign()).toBeUndefined();
  });

  it.each([
    ["registry.example.com/hashicorp/external"],
    ["registry.example.com/hashicorp/http"],
    ["registry.example.com/somebody/aws"],
    ["hashicorp/aws"],
  ])("Q1: not with provider %s", (source) => {
    yard.file("root/.terraform.lock.hcl", LOCK(source));
    expect(foreign()).toMatch(/provider that is not known to be harmless/);
  });

  it.each([
    'locals { a = file("/etc/passwd") }',
    'locals { a = file("../x") }',
    `locals { a = file("\${path.module}/../x") }`,
    'locals { a = file("a/../../x") }',
    'locals { a = file("~/.aws/credentials") }',
    "locals { a = file(var.path) }",
    `locals { a = file("\${var.path}") }`,
    'locals { a = file /* */ ("/etc/passwd") }',
    'locals { a = filebase64\n("/etc/passwd") }',
    'locals { a = fileset("/", "**") }',
    'locals { a = pathexpand("~/x") }',
    'data "\\u0065xternal" "x" {}',
    'provider "kubernetes" {\n  exec {\n    command = "x"\n  }\n}',
    'provider "aws" { shared_config_files = ["./evil"] }',
    'data "terraform_remote_state" "prod" {}',
    'data "tfe_outputs" "prod" {}',
    'data "aws_lambda_invocation" "x" {}',
    'ephemeral "tfe_agent_token" "x" {}',
    'provider "kubernetes" { config_path = "./kc" }',
    'provider "helm" { plugins_path = "./p" }',
    'locals { a = file("./.git/x") }',
    'locals { a = file("./.terraform/providers/x") }',
    'locals { a = file("./terraform.tfstate.d/x") }',
    'locals { a = file("./.x.lock.info") }',
    'locals { a = templatefile("./missing.txt", {}) }',
  ])("Q1: not with %s", (text) => {
    yard.file("root/main.tf", text);
    expect(foreign()).toBeTypeOf("string");
  });

  it("Q1: not with such words in a module, in JSON, or in the user's settings", () => {
    const put = (name: string, text: string) => {
      const path = yard.file(name, text);
      const why = foreign();
      rmSync(path);
      return why;
    };
    expect(put("root/.terraform/modules/x/main.tf", 'locals { a = file("/x") }')).toBeTypeOf(
      "string",
    );
    expect(put("root/x.tf.json", `{"locals": {"a": "\${file(\\"/x\\")}"}}`)).toBeTypeOf("string");
    expect(put("home/.terraformrc", "provider_installation {\n  dev_overrides {}\n}")).toBeTypeOf(
      "string",
    );
    expect(foreign()).toBeUndefined();
  });

  it("Q1: not with a template that reads what is elsewhere, itself or by another name", () => {
    yard.file("root/main.tf", `locals { a = templatefile("\${path.module}/t.txt", {}) }`);
    yard.file("root/t.txt", `Hello \${name}\n`);
    expect(foreign()).toBeUndefined();
    yard.file("root/t.txt", `\${file("/etc/hostname")}\n`);
    expect(foreign()).toMatch(/template/);
    yard.file("root/t.txt", `\${templatefile("./u.txt", {})}\n`);
    expect(foreign()).toMatch(/template/);
  });

  it("Q1: not with a lock file that names a provider where nobody looks for one", () => {
    const lock = LOCK("registry.example.com/hashicorp/external").replace(
      "provider",
      "/**/provider",
    );
    yard.file("root/.terraform.lock.hcl", lock);
    expect(foreign()).toMatch(/not as terraform writes it/);
  });

  it.each(["d", "terraform.tfstate.d", ".terraform/providers", ".x.lock.info"])(
    "Q1: not with a directory that is a link out of it, left out or not (%s)",
    (name) => {
      yard.file("elsewhere/credentials", "x");
      yard.file("root/.terraform/environment", "dev");
      symlinkSync(yard.path("elsewhere"), yard.path(`root/${name}`));
      expect(foreign()).toMatch(/is a link out of the root module/);
    },
  );

  it.each([
    '{"modules":[{"Key":"m","Source":"./m","Dir":"../m"}]}',
    '{"Modules":[{"Key":"m","Source":"./m","dir":"../m"}]}',
    '{"Modules":[{"Key":"m","Dir":"../m","Dir":"m"}]}',
    '{"Modules":[{"Key":"m","Dir":"../m"}],"Modules":[]}',
    '{"Modules":[{"Key":"m","\\u0044ir":"../m"}]}',
  ])("D1: not with modules that terraform finds and we do not: %s", (manifest) => {
    yard.file("root/.terraform/modules/modules.json", manifest);
    expect(read).toThrow(/cannot be read/);
  });

  it("Q1: not with a link out of it", () => {
    symlinkSync("/etc/hostname", yard.path("root/inside.txt"));
    expect(foreign()).toMatch(/is a link out of the root module/);
  });
});

describe("what terraform is given", () => {
  const given = (env: Record<string, string>, pass: readonly string[], variables = {}) =>
    terraformEnvironment({
      ...{ env, pass, variables, key: KEY },
      ...{ directory: "/srv", workspace: "dev" },
    });

  it("W1: is ours to say, but for variables and tokens that policy passes on", () => {
    const env = {
      ...{
        TF_CLI_ARGS: "-destroy",
        TF_CLI_ARGS_plan: "-out=x",
        TF_LOG: "trace",
        TF_WORKSPACE: "prod",
      },
      ...{
        TF_DATA_DIR: "/tmp",
        TF_INPUT: "1",
        TF_VAR_a: "1",
        TF_TOKEN_x: "t",
        tf_log: "x",
        PATH: "/bin",
      },
    };
    const { values, hashes } = given(env, Object.keys(env));
    expect(Object.keys(values).sort()).toEqual([
      ...["CHECKPOINT_DISABLE", "PATH", "PWD", "TF_INPUT", "TF_IN_AUTOMATION"],
      ...["TF_TOKEN_x", "TF_VAR_a", "TF_WORKSPACE"],
    ]);
    expect(values).toMatchObject({ TF_WORKSPACE: "dev", TF_INPUT: "0" });
    expect(Object.keys(hashes).sort()).toEqual(["PATH", "TF_TOKEN_x", "TF_VAR_a"]);
  });

  it("names its secrets, and holds none of them in what is stored", () => {
    const env = { AWS_SECRET_ACCESS_KEY: "hunter2hunter2", AWS_REGION: "eu-1", OTHER_TOKEN: "no" };
    const { secrets, hashes, variableHashes } = given(
      env,
      ["AWS_SECRET_ACCESS_KEY", "AWS_REGION"],
      {
        name: "hunter3hunter3",
      },
    );
    expect(secrets).toEqual(["hunter2hunter2"]);
    expect(JSON.stringify([hashes, variableHashes])).not.toMatch(/hunter|eu-1/);
  });
});

describe("which terraform runs", () => {
  it("is the one of the policy, by its absolute path, or none", () => {
    const path = yard.file("bin/terraform", "#!/bin/sh\n", 0o755);
    expect(findTerraform(path, "/nowhere").executable).toBe(path);
    const { digest } = findTerraform(undefined, yard.path("bin"));
    renameSync(path, yard.path("bin/old"));
    yard.file("bin/terraform", "#!/bin/sh\ntrue\n", 0o755);
    expect(findTerraform(undefined, yard.path("bin")).digest).not.toBe(digest);
    chmodSync(path, 0o644);
    for (const [configured, on] of [
      [path, "/usr/bin"],
      ["bin/terraform", yard.path("bin")],
      [undefined, "bin:."],
    ] as const)
      expect(() => findTerraform(configured, on)).toThrow(
        expect.objectContaining({ code: "no-terraform" }),
      );
  });
});
