// What a saved plan does not pin by itself, and what must be in no byte: with the real terraform,
// through real gateways.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Attacked, attackGateway, told } from "../../support/attacked-gateway.ts";
import type { Called, StdioGateway } from "../../support/gateway-client.ts";
import { HAS_TERRAFORM } from "../../support/terraform-yard.ts";

const ONE = 'resource "terraform_data" "one" { input = "x" }\n';
const RUNS = (command: string) =>
  `resource "terraform_data" "one" {\n  provisioner "local-exec" { command = "${command}" }\n}\n`;
const DONE = { isError: false, status: "done" };
const CHANGED = { isError: true, status: "error", code: "plan-changed" };

describe.skipIf(!HAS_TERRAFORM)("with terraform (needs terraform)", () => {
  let place: Attacked;
  let dev: StdioGateway;
  let passing: string;
  beforeAll(async () => {
    place = await attackGateway();
    passing = place.policy("pass.yaml", {
      environments: { dev: { pass: ["AWS_PROFILE", "TF_VAR_pw"] } },
    });
    dev = await open("dev-profile");
  });
  afterAll(() => place?.close());
  beforeEach(() => place.clear());

  const open = (profile: string, more: object = {}) =>
    place.open({ words: ["--policy", passing], env: { AWS_PROFILE: profile }, ...more });
  const idOf = ({ result, text }: Called): string => {
    const { plan_id: id } = (result.output ?? {}) as { plan_id?: string };
    if (result.status !== "done" || id === undefined) throw new Error(`no plan: ${text}`);
    return id;
  };
  const plan = async (input: object = {}, by = dev) => idOf(await by.call("terraform_plan", input));
  const apply = (id: string, by = dev) => by.call("terraform_apply", { plan_id: id });
  const state = (within = "") => {
    const at = place.path(`${within}terraform.tfstate`);
    return existsSync(at) ? readFileSync(at, "utf8") : "";
  };

  it.each([
    ["the script itself", "run.sh", "touch stolen\n"],
    ["a script that it runs", "lib/more.sh", "touch stolen\n"],
    ["the configuration", "main.tf", RUNS("touch stolen")],
    ["a file of variables", "terraform.tfvars", 'x = "y"\n'],
    ["a file of terraform's settings", ".terraform.lock.hcl", "# other\n"],
  ])(
    "a provisioner's script edited after planning, and after a person's yes, is not run: %s",
    async (_, name, text) => {
      place.file("main.tf", RUNS("sh ./run.sh"));
      place.file("run.sh", ". ./lib/more.sh\n");
      place.file("lib/more.sh", "true\n");
      const id = await plan();
      await place.answer(await apply(id));
      const before = place.files()[place.path(name)];
      place.file(name, text);
      const refused = await apply(id);
      expect(told(refused)).toMatchObject(CHANGED);
      expect(refused.result.error?.message).toContain(name.split("/").at(-1));
      expect([existsSync(place.path("stolen")), state()]).toEqual([false, ""]);
      // As it was when a person looked, it is what they allowed.
      if (before === undefined) rmSync(place.path(name));
      else place.file(name, before);
      expect(told(await apply(id))).toMatchObject(DONE);
      expect(existsSync(place.path("stolen"))).toBe(false);
    },
  );

  it("a plan made under one AWS_PROFILE is applied under no other, nor under none", async () => {
    place.file("main.tf", RUNS("echo $AWS_PROFILE >profile"));
    const id = await plan();
    await place.answer(await apply(id));
    for (const other of [
      await open("prod-profile"),
      await place.open({ words: ["--policy", passing] }),
    ]) {
      const refused = await apply(id, other);
      expect(told(refused)).toMatchObject(CHANGED);
      expect(refused.result.error?.message).toContain("AWS_PROFILE");
      expect(existsSync(place.path("profile"))).toBe(false);
    }
    expect(told(await apply(id))).toMatchObject(DONE);
    expect(readFileSync(place.path("profile"), "utf8")).toBe("dev-profile\n");
  });

  it("a plan of a gateway for dev is applied by none for prod, and the other way round", async () => {
    place.file("main.tf", ONE);
    const prod = await place.open({ environment: "prod" });
    const [mine, theirs] = [await plan(), await plan({}, prod)];
    expect(told(await apply(mine, prod))).toMatchObject({ code: "other-environment" });
    expect(told(await apply(theirs))).toMatchObject({ code: "other-environment" });
    expect(state()).toBe("");
  });

  it("a plan of workspace dev is not applied while another one is selected", async () => {
    place.file("main.tf", ONE);
    for (const name of ["dev", "other"]) place.file(`terraform.tfstate.d/${name}/keep`, "");
    place.file(".terraform/environment", "dev");
    const id = await plan();
    place.file(".terraform/environment", "other");
    const refused = await apply(id);
    expect(told(refused)).toMatchObject(CHANGED);
    expect(refused.result.error?.message).toContain("other");
    expect([state("terraform.tfstate.d/dev/"), state("terraform.tfstate.d/other/")]).toEqual([
      "",
      "",
    ]);
    place.file(".terraform/environment", "dev");
    expect(told(await apply(id))).toMatchObject(DONE);
    expect(state("terraform.tfstate.d/dev/")).toContain("terraform_data");
    expect([state(), state("terraform.tfstate.d/other/")]).toEqual(["", ""]);
  });

  it("a plan is applied where it was planned, by a gateway that stands elsewhere, or not at all", async () => {
    place.file("one/main.tf", ONE);
    place.file("other/main.tf", ONE);
    const id = await plan({ directory: "one" });
    const elsewhere = await open("dev-profile", { cwd: place.path("other") });
    const refused = await apply(id, elsewhere);
    expect(told(refused)).toMatchObject({ isError: true, status: "error", code: "outside-roots" });
    expect([state("one/"), state("other/")]).toEqual(["", ""]);
    const roots = {
      dev: { pass: ["AWS_PROFILE", "TF_VAR_pw"], terraform: { roots: [place.work] } },
    };
    const words = ["--policy", place.policy("roots.yaml", { environments: roots })];
    const reaching = await open("dev-profile", { words, cwd: place.path("other") });
    expect(told(await apply(id, reaching))).toMatchObject(DONE);
    expect([state("one/") === "", state("other/")]).toEqual([false, ""]);
  });

  describe("a sensitive value", () => {
    const SECRET = 'correct "horse" <battery>\\9\nsecond-line-of-it';
    const PASSED = "passed-on-battery-42";
    /** However a program may have written it. */
    const forms = [SECRET, PASSED].flatMap((each) => [
      each,
      JSON.stringify(each).slice(1, -1),
      JSON.stringify(each).slice(1, -1).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
      Buffer.from(each).toString("base64"),
      ...each.split("\n"),
    ]);
    const holding = (text: string) => forms.filter((each) => text.includes(each));

    it("is in no byte that is stored or returned, but in the plan's own file until it is applied, and in terraform's state", async () => {
      place.file(
        "main.tf",
        [
          'variable "pw" {\n  type      = string\n  sensitive = true\n}',
          'variable "given" {\n  type      = string\n  sensitive = true\n}',
          'resource "terraform_data" "one" {\n  input = [var.pw, var.given]',
          '  provisioner "local-exec" { command = "printf \'%s\' \\"$TF_VAR_given $TF_VAR_pw\\"" }\n}',
          'output "hidden" {\n  value     = var.given\n  sensitive = true\n}',
          'output "wrapped" { value = nonsensitive(length(var.given)) }\n',
        ].join("\n"),
      );
      const told: string[] = [];
      const onProgress = (message: string) => told.push(message);
      const gateway = await open("dev-profile", { env: { AWS_PROFILE: "x", TF_VAR_pw: PASSED } });
      const call = async (tool: string, input: object) => {
        const called = await gateway.call(tool, input, { onProgress });
        told.push(called.raw, ...(await Promise.all(called.links.map((uri) => gateway.read(uri)))));
        return called;
      };
      const planned = await call("terraform_plan", { variables: { given: SECRET } });
      const id = idOf(planned);
      await call("get_plan", { plan_id: id });
      const asked = await call("terraform_apply", { plan_id: id });
      const request = await place.answer(asked);
      const shown = await place.stage.run(["approval", "show", request]);
      told.push(shown.stdout, shown.stderr);
      const planFile = [...place.bytes().keys()].find((path) => path.endsWith(`${id}/plan.tfplan`));
      for (const [path, bytes] of place.bytes())
        if (path !== planFile)
          expect([path, holding(bytes.toString("latin1"))]).toEqual([path, []]);
      const applied = await call("terraform_apply", { plan_id: id });
      expect(applied.result.status).toBe("done");
      await call("get_plan", { plan_id: id });
      const log = await place.stage.run(["audit", "list"]);
      told.push(log.stdout, gateway.stderr);
      expect(holding(told.join("\n"))).toEqual([]);
      expect(planFile).toMatch(/plan\.tfplan$/);
      expect(existsSync(planFile ?? "")).toBe(false);
      for (const [path, bytes] of place.bytes())
        if (!/terraform\.tfstate(\.backup)?$/.test(path))
          expect([path, holding(bytes.toString("latin1"))]).toEqual([path, []]);
    });

    it("is in no byte when planning fails with it in the error, nor when an apply is cut short", async () => {
      place.file(
        "main.tf",
        [
          'variable "given" {\n  type      = string\n  sensitive = true',
          '  validation {\n    condition     = length(var.given) < 3\n    error_message = "no"\n  }\n}',
          'resource "terraform_data" "one" { input = file(var.given) }\n',
        ].join("\n"),
      );
      const failed = await dev.call("terraform_plan", { variables: { given: SECRET } });
      expect(failed.isError).toBe(true);
      expect(holding(failed.raw)).toEqual([]);
      place.file(
        "main.tf",
        `variable "given" {\n  sensitive = true\n}\n${RUNS("cat word; touch begun; while [ ! -e go ] && [ -e word ]; do sleep 0.05; done; exit 3").replace("{\n", "{\n  input = var.given\n")}`,
      );
      place.file("word", "x");
      const id = await plan({ variables: { given: SECRET } });
      await place.answer(await apply(id));
      const applying = apply(id);
      await vi.waitUntil(() => existsSync(place.path("begun")), { timeout: 20_000 });
      const meanwhile = await dev.call("get_plan", { plan_id: id });
      place.file("go", "");
      const came = await applying;
      expect([came.isError, came.result.status]).toEqual([true, "unknown"]);
      const after = await dev.call("get_plan", { plan_id: id });
      expect(holding([meanwhile.raw, came.raw, after.raw].join("\n"))).toEqual([]);
      expect(told(await apply(id))).toMatchObject({ isError: true, code: "plan-used" });
      const kept = [...place.bytes().keys()].filter((path) => path.includes(id));
      expect(kept.filter((path) => path.endsWith(".tfplan"))).toEqual([]);
      for (const [path, bytes] of place.bytes())
        if (!/terraform\.tfstate(\.backup)?$/.test(path))
          expect([path, holding(bytes.toString("latin1"))]).toEqual([path, []]);
    });
  });
});
