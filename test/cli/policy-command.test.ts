// policy check | show, in each form of output.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXAMPLE_ENVIRONMENTS, EXAMPLE_RULES } from "../../src/cli/docs/policy.ts";
import { runCli } from "../../src/cli/run.ts";
import { policyCommand } from "../../src/cli/tree/policy.ts";
import { rootCommand } from "../../src/cli/tree/wiring.ts";
import { DEFAULT_RULES } from "../../src/policy/default-rules.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hf-"));
  mkdirSync(join(directory, "config"), { mode: 0o700 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

class Kept extends Writable {
  text = "";
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

async function policy(...words: string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const env = { HOLDFAST_CONFIG_DIR: join(directory, "config") };
  const streams = { stdin: Readable.from([]), stdout, stderr };
  const context = { env, cwd: directory, home: "/", version: "0.0.0", ...streams };
  const code = await runCli(["policy", ...words], context, (context, onExit) =>
    rootCommand(context).addCommand(policyCommand(context, onExit)),
  );
  return { code, stdout: stdout.text, stderr: stderr.text };
}

function write(text: string, name = "p.yaml", mode = 0o644): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("policy check", () => {
  it("says what is in a file that is one", async () => {
    write(EXAMPLE_RULES);
    expect(await policy("check", "p.yaml")).toEqual({
      ...{ code: 0, stdout: "ok: 3 rules, 4 examples\n", stderr: "" },
    });
    const path = write(EXAMPLE_ENVIRONMENTS);
    expect((await policy("check", path)).stdout).toBe(
      "ok: 7 rules, 0 examples, environments dev, prod\n",
    );
    expect(JSON.parse((await policy("check", path, "--json")).stdout)).toMatchObject({
      ...{ ok: true, file: path, examples: 0, environments: ["dev", "prod"] },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("exit 1 where it is none, with file, line, what and fix; and where it is missing", async () => {
    const path = write("version: 1\nenvironments:\n  production: {}\n");
    const refused = await policy("check", "p.yaml");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(`${path}:3: unknown key "production" in environments`);
    expect(refused.stderr).toContain("did you mean prod?");
    write("version: 1\nrules: [{id: x, effect: ask, names: [a], match: [{name: b}]}]");
    expect((await policy("check", "p.yaml")).stderr).toContain(
      `${path}:2: the rule x is not about this example, which stands under match`,
    );
    const missing = await policy("check", "nope.yaml");
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toContain(`the policy ${join(directory, "nope.yaml")} is not there`);
    expect((await policy("check", "config")).stderr).toContain("is not a regular file");
    expect((await policy("check")).code).toBe(1);
    write("version: 1\napprovals: {approvers: 2}");
    expect(await policy("check", "p.yaml")).toMatchObject({ code: 1 });
  });

  it("says where a file would not be trusted as it lies", async () => {
    write("version: 1", "p.yaml", 0o666);
    const { code, stdout, stderr } = await policy("check", "p.yaml");
    expect([code, stdout]).toEqual([0, "ok: 0 rules, 0 examples\n"]);
    expect(stderr).toContain("note: it would be refused where it is");
    expect(stderr).toContain("can be changed by other users");
  });
});

describe("policy show", () => {
  it("needs an environment, and takes no other word for one", async () => {
    const none = await policy("show");
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("which environment? There is no default");
    expect(none.stderr).toContain("-e dev | staging | prod");
    const other = await policy("show", "-e", "production");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain('no environment "production": did you mean prod?');
    expect((await policy("show", "-e", "qa")).stderr).toContain('no environment "qa"\n');
  });

  it("shows the floors, the lists, and every rule that holds there with where it is from", async () => {
    write(EXAMPLE_ENVIRONMENTS, "config/policy.yaml");
    const named = write(EXAMPLE_RULES);
    const { code, stdout } = await policy("show", "-e", "prod", "--policy", "p.yaml");
    expect(code).toBe(0);
    const own = join(directory, "config/policy.yaml");
    for (const line of [
      "holdfast: policy for prod",
      `  files         ${own}, ${named}`,
      "  belong        hostnames app.terraform.io; organizations acme, acme-*; contexts *-prod; workspaces *-prod",
      "  reads         allow",
      "  changes       ask: prod-changes, built in",
      `  unknown       deny: prod-unknown, ${own}:14`,
      "  plans         may be applied for 30m",
      "  passed        AWS_PROFILE, AWS_REGION",
      "  terraform     /usr/bin/terraform; in /srv/infrastructure",
      "  cluster       /etc/holdfast/prod.kubeconfig, context payments-prod; namespaces payments, shop-*",
      "  irreversible  terraform:aws_db_*, vars, workspace-*",
    ])
      expect(stdout.split("\n")).toContain(line);
    expect(stdout).toMatch(
      new RegExp(`deny {2}no-iam +who may do what is changed by people; ${named}:3\n`),
    );
    expect((await policy("show", "-e", "dev", "--policy", "p.yaml")).stdout).not.toContain(
      "secrets-are-read-by-people",
    );
  });

  it("for programs, and as Markdown", async () => {
    write(EXAMPLE_ENVIRONMENTS);
    const { stdout } = await policy("show", "-e", "prod", "--policy", "p.yaml", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      environment: "prod",
      floors: {
        read: { effect: "allow" },
        change: { effect: "ask", rule: { id: "prod-changes", where: "built in" } },
        unknown: { effect: "deny", rule: { id: "prod-unknown" } },
      },
      plan_ttl_seconds: 1800,
      approvers: 1,
      protected: { namespaces: expect.arrayContaining(["kube-system", "payments"]) },
      rules: expect.arrayContaining([
        expect.objectContaining({ id: "prod-destroy-plan", effect: "deny", where: "built in" }),
      ]),
    });
    const markdown = (await policy("show", "-e", "dev", "--markdown")).stdout;
    expect(markdown).toContain("# Policy for dev\n");
    for (const { id } of DEFAULT_RULES.filter(({ id }) => !id.startsWith("prod")))
      if (id !== "protected-scale-to-zero") expect(markdown).toContain(`| ${id} |`);
    expect(markdown).not.toContain("prod-changes");
  });

  it("a policy file that is missing or malformed is wrong usage where it was named, else a refusal", async () => {
    expect(await policy("show", "-e", "dev", "--policy", "nope.yaml")).toMatchObject({ code: 1 });
    write("version: 2");
    expect(await policy("show", "-e", "dev", "--policy", "p.yaml")).toMatchObject({ code: 1 });
    write("version: 2", "config/policy.yaml");
    expect(await policy("show", "-e", "dev")).toMatchObject({ code: 7 });
  });
});
