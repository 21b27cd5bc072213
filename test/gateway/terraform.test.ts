// What is asked for becomes a plan, and that plan is applied as it is, once: with a real terraform.

import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { TERRAFORM_PLAN } from "../../src/gateway/tools/terraform-plan.ts";
import { operationDigest } from "../../src/policy/digest.ts";
import {
  HAS_TERRAFORM,
  makeTerraformYard,
  planId,
  type TerraformYard,
} from "../support/terraform-yard.ts";

let yard: TerraformYard;
afterEach(() => yard?.close());

const ONE = 'resource "terraform_data" "one" { input = "x" }\n';
/** Its provisioner writes down that it ran, and what it was given. */
const MARKED = (command: string) =>
  `resource "terraform_data" "one" {\n  provisioner "local-exec" { command = "${command}" }\n}\n`;

const code = (expected: string) => expect.objectContaining({ code: expected });

describe.skipIf(!HAS_TERRAFORM)("terraform_plan and terraform_apply (needs terraform)", () => {
  it("applies exactly the plan that was made, after any time, and only once (rows 20, 25, 26)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const planned = await yard.plan();
    const id = planId(planned);
    expect(planned.output.structured).toMatchObject({ has_changes: true, counts: { create: 1 } });
    expect(planned.output.text).not.toContain(yard.configDirectory);
    expect(planned.output.text).toMatch(
      /What could be got back: reversible 1\.\nApplying it needs no person\./,
    );
    const applied = await yard.apply(id);
    expect(applied).toMatchObject({ outcome: "succeeded", response: { status: 0 } });
    expect(applied.output.text).toContain("Apply complete! Resources: 1 added");
    await expect(yard.apply(id)).rejects.toEqual(code("plan-used"));
    // Long after its time it is still what it became.
    const late = await yard.get(id, { rules: { planMs: 1 } });
    expect(late.structured).toMatchObject({ status: "applied", exit_code: 0 });
  });

  it("keeps the variables of a plan in it, and refuses one that would not count (rows 20, 22)", async () => {
    yard = makeTerraformYard({
      "main.tf": `variable "name" { type = string }\nresource "terraform_data" "one" { input = var.name }\n`,
    });
    const id = planId(await yard.plan({ variables: { name: "payments" } }));
    expect(await yard.apply(id)).toMatchObject({ outcome: "succeeded" });
    expect(readFileSync(yard.path("terraform.tfstate"), "utf8")).toContain("payments");
    const undeclared = await yard.plan({ variables: { name: "x", nmae: "y" } });
    expect(undeclared.error).toMatchObject({ code: "unknown-variable" });
    yard.file("terraform.tfvars", 'name = "from the file"\n');
    await expect(yard.plan({ variables: { name: "x" } })).rejects.toEqual(code("variable-set"));
  });

  it("says that a variable has no value, and waits for nobody (row 27)", async () => {
    yard = makeTerraformYard({ "main.tf": `variable "name" { type = string }\n` });
    const planned = await yard.plan();
    expect(planned).toMatchObject({
      outcome: "failed_no_effect",
      error: { code: "terraform-failed" },
    });
    expect(planned.error?.message).toContain("No value for required variable");
    expect([...yard.stored().keys()]).toEqual([]);
  });

  it("says what is wrong with a file, on one line, without what is secret", async () => {
    yard = makeTerraformYard({ "main.tf": 'resource "terraform_data" "hunter2" {\n  input = \n' });
    const env = { PATH: process.env.PATH, TF_VAR_key: "hunter2" };
    const planned = yard.plan({}, { env, rules: { pass: ["TF_VAR_key"] } });
    await expect(planned).rejects.toMatchObject({
      message: expect.stringMatching(
        /workspace list: Error: Invalid expression on main\.tf line 2/,
      ),
      fix: "mend what it says, and call the tool again",
    });
    await expect(planned).rejects.toMatchObject({
      message: expect.not.stringMatching(/hunter2|\x1b/),
    });
  });

  it("holds on to the workspace that was asked for, whatever is selected (row 21)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    yard.terraform(["workspace", "new", "dev"]);
    yard.terraform(["workspace", "new", "realprod"]);
    const id = planId(await yard.plan({ workspace: "dev" }));
    const call = await yard.applyCall(id);
    expect(call.operation.terraform.workspace).toBe("dev");
    expect(await yard.apply(id)).toMatchObject({ outcome: "succeeded" });
    expect(existsSync(yard.path("terraform.tfstate.d/dev/terraform.tfstate"))).toBe(true);
    expect(existsSync(yard.path("terraform.tfstate.d/realprod/terraform.tfstate"))).toBe(false);
  });

  it("plans for the workspace that is selected, and for none that is not there (row 21)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    yard.terraform(["workspace", "new", "staging"]);
    const planned = await yard.plan();
    expect(planned.output.structured).toMatchObject({ workspace: "staging" });
    await expect(yard.plan({ workspace: "nowhere" })).rejects.toEqual(code("no-workspace"));
    expect(existsSync(yard.path("terraform.tfstate.d/nowhere"))).toBe(false);
  });

  it("applies no plan once another workspace is selected", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    yard.terraform(["workspace", "new", "dev"]);
    const id = planId(await yard.plan());
    yard.terraform(["workspace", "new", "prod"]);
    await expect(yard.apply(id)).rejects.toThrow(/workspace prod has been selected/);
    expect(existsSync(yard.path("terraform.tfstate.d/prod/terraform.tfstate"))).toBe(false);
  });

  it("applies in the directory where it was planned, wherever the gateway stands", async () => {
    yard = makeTerraformYard({ "one/main.tf": ONE, "other/main.tf": ONE });
    const id = planId(await yard.plan({ directory: "one" }));
    const roots = { terraform: { roots: [yard.directory] } };
    const there = { cwd: yard.path("other"), rules: roots };
    expect(await yard.apply(id, there)).toMatchObject({ outcome: "succeeded" });
    expect(existsSync(yard.path("one/terraform.tfstate"))).toBe(true);
    expect(existsSync(yard.path("other/terraform.tfstate"))).toBe(false);
  });

  it("refuses a plan of another environment", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const id = planId(await yard.plan());
    await expect(yard.apply(id, { environment: "prod" })).rejects.toEqual(
      code("other-environment"),
    );
  });

  it("refuses a directory outside the roots, however it is spelt (rows 23, 28)", async () => {
    yard = makeTerraformYard({ "sub/main.tf": ONE, "main.tf": ONE });
    const inside = await yard.planCall({ directory: "sub" });
    expect(inside.operation.target.path).toBe(yard.path("sub"));
    symlinkSync("/tmp", yard.path("link"));
    for (const directory of ["..", "/tmp", "link", "sub/../..", `${yard.directory}-other`])
      await expect(yard.planCall({ directory })).rejects.toThrow(/roots|there is no directory/);
    const roots = { terraform: { roots: [yard.path("sub")] } };
    await expect(yard.planCall({ directory: "." }, { rules: roots })).rejects.toThrow(
      new RegExp(yard.path("sub")),
    );
    const below = { cwd: yard.path("sub"), rules: roots };
    expect((await yard.planCall({}, below)).operation.target.path).toBe(yard.path("sub"));
  });

  it("takes no word that could be an option (row 22)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    for (const word of ["-out=/tmp/x", "-var-file=/etc/passwd", "a", "a.b -out=x", "a.b\n-out=x"]) {
      await expect(yard.planCall({ targets: [word] })).rejects.toThrow();
      await expect(yard.planCall({ replace: [word] })).rejects.toThrow();
    }
    await expect(yard.planCall({ workspace: "-x/../y" })).rejects.toThrow();
    await expect(yard.planCall({ variables: { "a=b": "c" } })).rejects.toThrow();
    expect(TERRAFORM_PLAN.input.safeParse({ args: ["-out=x"] }).success).toBe(false);
    expect(TERRAFORM_PLAN.input.safeParse({ directory: ["a"] }).success).toBe(false);
  });

  it("asks before a plan that could run other programs, and not before any other (row 23)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    expect((await yard.planCall()).operation).toMatchObject({ impact: "read" });
    yard.file(
      ".terraform.lock.hcl",
      'provider "registry.terraform.io/hashicorp/external" {\n  version = "2.3.4"\n}\n',
    );
    const call = await yard.planCall();
    expect(call.operation).toMatchObject({ impact: "unknown", served: "dev" });
    expect((await call.describe()).question).toContain("plan");
    expect([...yard.stored().keys()]).toEqual([]);
  });

  it("tells nothing of a plan during which files came and went (row 23)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    writeFileSync(yard.path("../credentials"), "of-somebody-else\n");
    const evil = `output "x" { value = file("${yard.path("../credentials")}") }\n`;
    const { prepare, operation } = await yard.planCall();
    const act = await prepare({ effect: "allow", reason: "not-destructive", operation });
    const swapping = setInterval(() => {
      writeFileSync(yard.path("evil.tf"), evil);
      setTimeout(() => rmSync(yard.path("evil.tf"), { force: true }), 8);
    }, 15);
    try {
      const came = await act();
      expect(JSON.stringify(came)).not.toContain("of-somebody-else");
      expect(came).toMatchObject({ outcome: "failed_no_effect", error: { code: "plan-changed" } });
    } finally {
      clearInterval(swapping);
    }
  });

  it("keeps nothing of terraform's own switches, whoever names them", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const names = ["TF_CLI_ARGS", "TF_LOG", "TF_DATA_DIR", "TF_WORKSPACE", "TF_REATTACH_PROVIDERS"];
    const env = {
      ...yard.context().env,
      ...Object.fromEntries(names.map((name) => [name, "-destroy"])),
    };
    const call = await yard.planCall({}, { env, rules: { pass: names } });
    expect(Object.keys(call.operation.terraform.environment)).toEqual(["HOME", "PATH"]);
    expect(await yard.plan({}, { env, rules: { pass: names } })).toMatchObject({
      output: { structured: { counts: { create: 1 }, workspace: "default" } },
    });
  });

  it("is the same operation when it is asked for again, and another for another word", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const digest = async (input: object) => operationDigest((await yard.planCall(input)).operation);
    const one = await digest({ targets: ["a.b", "c.d"], variables: { x: "1" } });
    expect(await digest({ targets: ["c.d", "a.b"], variables: { x: "1" } })).toBe(one);
    expect(await digest({ targets: ["a.b"], variables: { x: "1" } })).not.toBe(one);
    expect(await digest({ targets: ["a.b", "c.d"], variables: { x: "2" } })).not.toBe(one);
    const id = planId(await yard.plan());
    const applied = async () => operationDigest((await yard.applyCall(id)).operation);
    expect(await applied()).toBe(await applied());
  });

  it("destroys by an approved plan only: its floor asks (rows 19, 23)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    await yard.apply(planId(await yard.plan()));
    const planned = await yard.destroyPlan();
    expect(planned.output.structured).toMatchObject({ counts: { delete: 1 } });
    const { operation } = await yard.applyCall(planId(planned));
    expect(operation).toMatchObject({ impact: "destroy", items: 1 });
    expect(await yard.apply(planId(planned))).toMatchObject({ outcome: "succeeded" });
    expect(readFileSync(yard.path("terraform.tfstate"), "utf8")).not.toContain("terraform_data");
  });

  it("shows what is only forgotten, and what is only read (row 37)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    await yard.apply(planId(await yard.plan()));
    yard.file(
      "main.tf",
      "removed {\n  from = terraform_data.one\n  lifecycle { destroy = false }\n}\n",
    );
    const planned = await yard.plan();
    expect(planned.output.structured).toMatchObject({ counts: { forget: 1 } });
    expect((await yard.applyCall(planId(planned))).operation.impact).toBe("destroy");
  });

  it("says that a plan changes nothing, and that it is harmless", async () => {
    yard = makeTerraformYard({ "main.tf": "locals { a = 1 }\n" });
    const planned = await yard.plan();
    expect(planned.output.text).toMatch(/Plan [A-Z2-7]{8} changes nothing\./);
    expect((await yard.applyCall(planId(planned))).operation.impact).toBe("change");
  });

  it("says what a person runs where a directory is not initialised", async () => {
    yard = makeTerraformYard({
      "main.tf": 'terraform {\n  backend "local" { path = "x.tfstate" }\n}\n',
    });
    await expect(yard.plan()).rejects.toMatchObject({
      code: "terraform-failed",
      fix: `a person runs: cd ${yard.directory} && terraform init`,
    });
  });

  it("refuses what is unknown, malformed or expired", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    await expect(yard.apply("AAAAAAAA")).rejects.toEqual(code("no-plan"));
    await expect(yard.apply("../../../x")).rejects.toThrow();
    const id = planId(await yard.plan({}, { rules: { planMs: 0 } }));
    await expect(yard.apply(id)).rejects.toEqual(code("plan-expired"));
    expect((await yard.get(id)).structured).toMatchObject({ status: "expired" });
  });
});

describe.skipIf(!HAS_TERRAFORM)("what a plan was made from (needs terraform)", () => {
  it("refuses to apply once a provisioner's script was edited", async () => {
    yard = makeTerraformYard({ "main.tf": MARKED("sh ./run.sh"), "run.sh": "true\n" });
    const id = planId(await yard.plan());
    yard.file("run.sh", "touch stolen\n");
    await expect(yard.apply(id)).rejects.toThrow(/run\.sh has changed/);
    expect(existsSync(yard.path("stolen"))).toBe(false);
  });

  it("refuses so also for a script outside the root module, and for one that is new", async () => {
    yard = makeTerraformYard({
      "root/main.tf": MARKED("sh ../scripts/run.sh"),
      "scripts/run.sh": "true\n",
    });
    const id = planId(await yard.plan({ directory: "root" }));
    yard.file("scripts/run.sh", "touch stolen\n");
    await expect(yard.apply(id)).rejects.toThrow(/scripts\/run\.sh has changed/);
    yard.file("scripts/run.sh", "true\n");
    yard.file("root/extra.sh", "true\n");
    await expect(yard.apply(id)).rejects.toThrow(/extra\.sh has appeared/);
    rmSync(yard.path("root/extra.sh"));
    expect(await yard.apply(id)).toMatchObject({ outcome: "succeeded" });
  });

  it("refuses so also for a local module's, and between the decision and the run", async () => {
    yard = makeTerraformYard({
      "root/main.tf": 'module "m" {\n  source = "../m"\n}\n',
      "m/main.tf": MARKED("sh ../m/run.sh"),
      "m/run.sh": "true\n",
    });
    yard.terraform(["init", "-input=false"], "root");
    const id = planId(await yard.plan({ directory: "root" }));
    const call = await yard.applyCall(id);
    yard.file("m/run.sh", "touch stolen\n");
    const decision = { effect: "allow", reason: "approved", operation: call.operation } as const;
    await expect(call.prepare(decision)).rejects.toThrow(/m\/run\.sh has changed/);
  });

  it("refuses a plan that was made under another AWS_PROFILE", async () => {
    yard = makeTerraformYard({ "main.tf": MARKED("echo $AWS_PROFILE > profile") });
    const rules = { pass: ["AWS_PROFILE"] };
    const as = (profile: string) => ({
      rules,
      env: { ...yard.context().env, AWS_PROFILE: profile },
    });
    const id = planId(await yard.plan({}, as("dev")));
    await expect(yard.apply(id, as("prod"))).rejects.toThrow(/variable AWS_PROFILE/);
    await expect(yard.apply(id)).rejects.toThrow(/variable AWS_PROFILE/);
    expect(await yard.apply(id, as("dev"))).toMatchObject({ outcome: "succeeded" });
    expect(readFileSync(yard.path("profile"), "utf8")).toBe("dev\n");
  });

  it("refuses a plan file that is another, or a link to one (row 24)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const id = planId(await yard.plan());
    const other = planId(await yard.plan({ targets: ["terraform_data.one"] }));
    const file = `${yard.configDirectory}/gateway/plans/${id}/plan.tfplan`;
    rmSync(file);
    symlinkSync(`${yard.configDirectory}/gateway/plans/${other}/plan.tfplan`, file);
    await expect(yard.apply(id)).rejects.toThrow(/symbolic link/);
    rmSync(file);
    writeFileSync(file, readFileSync(`${yard.configDirectory}/gateway/plans/${other}/plan.tfplan`));
    await expect(yard.apply(id)).rejects.toThrow(/its own file has changed/);
  });

  it("refuses a record that says less than its plan: what was shown is what is applied (Y1)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    await yard.apply(planId(await yard.plan()));
    const id = planId(await yard.destroyPlan());
    const file = `${yard.configDirectory}/gateway/plans/${id}/record.json`;
    const record = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, changes: [] }));
    expect((await yard.applyCall(id)).operation.impact).not.toBe("destroy");
    await expect(yard.apply(id)).rejects.toThrow(/does not say what the plan itself says/);
    expect(readFileSync(yard.path("terraform.tfstate"), "utf8")).toContain("terraform_data");
  });

  it("writes no plan through a link that somebody put in its way (row 24)", async () => {
    yard = makeTerraformYard({ "main.tf": ONE });
    const victim = yard.file("victim", "precious\n");
    for (const name of ["tfplan", "plan.tfplan", "plan.out"]) symlinkSync(victim, yard.path(name));
    await yard.plan();
    expect(readFileSync(victim, "utf8")).toBe("precious\n");
  });
});

describe.skipIf(!HAS_TERRAFORM)("a sensitive variable (needs terraform)", () => {
  const SECRET = "correct-horse-battery-9";

  it("may be any word, or a number, that stands elsewhere too", async () => {
    yard = makeTerraformYard({
      "main.tf": [
        'variable "word" {\n  sensitive = true\n  default   = "true"\n}',
        'variable "number" {\n  sensitive = true\n  default   = 1234567890\n}',
        'resource "terraform_data" "one" { input = [var.word, var.number] }\n',
      ].join("\n"),
    });
    const id = planId(await yard.plan());
    expect((await yard.get(id)).structured).toMatchObject({ plan: { format_version: "1.2" } });
    expect(JSON.stringify(await yard.get(id))).not.toContain("1234567890");
    expect(await yard.apply(id)).toMatchObject({ outcome: "succeeded" });
  });

  it("is in no byte that is stored or returned, but for the plan file until it is applied", async () => {
    yard = makeTerraformYard({
      "main.tf": [
        'variable "pw" {\n  type      = string\n  sensitive = true\n}',
        'resource "terraform_data" "one" {\n  input = var.pw',
        // Terraform holds the output of this one back, and not that of the next.
        `  provisioner "local-exec" { command = "echo \${self.input}" }\n}`,
        'resource "terraform_data" "two" {\n  depends_on = [terraform_data.one]',
        '  provisioner "local-exec" { command = "cat pw.txt" }\n}\n',
      ].join("\n"),
      "pw.txt": `${SECRET}\n`,
    });
    const planned = await yard.plan({ variables: { pw: SECRET } });
    const id = planId(planned);
    const call = await yard.applyCall(id);
    const card = await call.describe();
    const holds = (text: string) => text.includes(SECRET);
    const seen = JSON.stringify([
      planned.output.text,
      planned.output.structured,
      call.operation,
      card,
    ]);
    expect(holds(seen)).toBe(false);
    expect(planned.output.secrets).toContain(SECRET);
    const planFile = `${yard.configDirectory}/gateway/plans/${id}/plan.tfplan`;
    for (const [path, bytes] of yard.stored())
      expect(path === planFile || !holds(bytes.toString("latin1"))).toBe(true);
    // Why the plan file is private, and goes as soon as it has been applied.
    expect(holds(unzipped(readFileSync(planFile)))).toBe(true);
    const applied = await yard.apply(id);
    expect(applied.outcome).toBe("succeeded");
    expect(applied.output.text).toContain("[redacted]");
    expect(holds(JSON.stringify([applied.output.text, applied.output.structured, yard.said]))).toBe(
      false,
    );
    expect(holds(JSON.stringify(await yard.get(id)))).toBe(false);
    expect(existsSync(planFile)).toBe(false);
    for (const [path, bytes] of yard.stored())
      expect([path, holds(bytes.toString("latin1"))]).toEqual([path, false]);
  });
});

/** Everything in an archive, as one text. */
function unzipped(archive: Buffer): string {
  const found: string[] = [];
  for (
    let at = archive.indexOf("PK\x01\x02");
    at !== -1;
    at = archive.indexOf("PK\x01\x02", at + 4)
  ) {
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const header = archive.readUInt32LE(at + 42);
    const start =
      header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
    const bytes = archive.subarray(start, start + size);
    found.push((method === 8 ? inflateRawSync(bytes) : bytes).toString("latin1"));
  }
  return found.join("\n");
}
