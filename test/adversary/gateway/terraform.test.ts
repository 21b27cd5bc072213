// Rows 19 to 28 and 37, with the real terraform: what is planned is what is applied, once, where it was
// planned, by nobody who was not asked. Each test has a root module of its own.

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Attacked, attackGateway, told } from "../../support/attacked-gateway.ts";
import type { Called, StdioGateway } from "../../support/gateway-client.ts";
import { RawGateway } from "../../support/raw-gateway.ts";
import { HAS_TERRAFORM } from "../../support/terraform-yard.ts";

const ONE = 'resource "terraform_data" "one" { input = "x" }\n';
const RUNS = (command: string) =>
  `resource "terraform_data" "one" {\n  provisioner "local-exec" { command = "${command}" }\n}\n`;
/** Its provisioner says that it has begun, and waits for leave to end. */
const WAITS = {
  "main.tf": RUNS("sh ./wait.sh"),
  "wait.sh": "echo x >> begun\nwhile [ ! -e go ] && [ -e wait.sh ]; do sleep 0.05; done\n",
};

describe.skipIf(!HAS_TERRAFORM)("with terraform (needs terraform)", () => {
  let place: Attacked;
  let dev: StdioGateway;
  let prod: StdioGateway;
  beforeAll(async () => {
    place = await attackGateway();
    // What the gateway was started with is no choice of a workspace, nor an option of terraform.
    const env = { TF_WORKSPACE: "realprod", TF_CLI_ARGS_plan: "-destroy", TF_LOG: "trace" };
    [dev, prod] = await Promise.all([
      place.open({ env }),
      place.open({ environment: "prod", env }),
    ]);
  });
  afterAll(() => place?.close());

  /** A root module; the directory's name is for the tools. */
  const root = (directory: string, files: Record<string, string> = { "main.tf": ONE }): string => {
    for (const [name, text] of Object.entries(files)) place.file(join(directory, name), text);
    return directory;
  };
  const select = (directory: string, workspace: string) => {
    place.file(join(directory, ".terraform/environment"), workspace);
    mkdirSync(place.path(join(directory, "terraform.tfstate.d", workspace)), { recursive: true });
  };
  const state = (directory: string, workspace?: string) => {
    const within = workspace === undefined ? "" : `terraform.tfstate.d/${workspace}/`;
    const at = place.path(`${directory}/${within}terraform.tfstate`);
    return existsSync(at) ? readFileSync(at, "utf8") : "";
  };
  const idOf = ({ result, text }: Called): string => {
    const { plan_id: id } = (result.output ?? {}) as { plan_id?: string };
    if (result.status !== "done" || id === undefined) throw new Error(`no plan: ${text}`);
    return id;
  };
  const plan = async (gateway: StdioGateway, input: object) =>
    idOf(await gateway.call("terraform_plan", input));
  const apply = (gateway: StdioGateway, id: string) =>
    gateway.call("terraform_apply", { plan_id: id });
  const approved = async (gateway: StdioGateway, id: string) => {
    await place.answer(await apply(gateway, id));
    return apply(gateway, id);
  };
  const status = async (gateway: StdioGateway, id: string) =>
    ((await gateway.call("get_plan", { plan_id: id })).result.output as { status?: string }).status;

  const WAITING = { isError: true, status: "waiting", reason: "no-session" };
  const DONE = { isError: false, status: "done" };

  it("row 19: a harmless plan is not applied in prod without a person, and is with one", async () => {
    const directory = root("r19");
    const id = await plan(prod, { directory });
    expect(told(await apply(prod, id))).toMatchObject({ ...WAITING, rule: "prod-changes" });
    expect([state(directory), await status(prod, id)]).toEqual(["", "planned"]);
    // Neither in another environment, where nobody would be asked.
    expect(told(await apply(dev, id))).toMatchObject({
      status: "error",
      code: "other-environment",
    });
    expect(state(directory)).toBe("");
    expect(told(await approved(prod, id))).toMatchObject(DONE);
    expect(state(directory)).toContain("terraform_data");
  });

  it("row 20: a plan is applied as it is, seconds later and with its variables", async () => {
    const directory = root("r20", {
      "main.tf": `variable "name" {}\nresource "terraform_data" "one" { input = "\${var.name} \${plantimestamp()}" }\n`,
    });
    const begun = Date.now();
    const id = await plan(dev, { directory, variables: { name: "payments" } });
    const shown = (await dev.call("get_plan", { plan_id: id })).result.output as { plan: object };
    const [value] = /payments \d{4}-[^"\\]+/.exec(JSON.stringify(shown.plan)) ?? [];
    await vi.waitUntil(() => Date.now() - begun > 1_100);
    expect(told(await apply(dev, id))).toMatchObject(DONE);
    expect(state(directory)).toContain(value);
  });

  it("row 21: the workspace of a plan is the one that is planned and applied, whatever is selected", async () => {
    const directory = root("r21");
    select(directory, "dev");
    select(directory, "realprod");
    const planned = await dev.call("terraform_plan", { directory, workspace: "dev" });
    expect(planned.result.output).toMatchObject({ workspace: "dev" });
    expect(told(await apply(dev, idOf(planned)))).toMatchObject(DONE);
    expect([state(directory, "dev") === "", state(directory, "realprod")]).toEqual([false, ""]);
  });

  it("row 21: without a name it is the selected one, and a protected one needs a person", async () => {
    const directory = root("r21-protected");
    select(directory, "acme-prod");
    const planned = await dev.call("terraform_plan", { directory });
    expect(planned.result.output).toMatchObject({ workspace: "acme-prod" });
    const called = await apply(dev, idOf(planned));
    expect(told(called)).toMatchObject({ ...WAITING, rule: "protected-workspaces" });
    for (const workspace of ["nowhere", "-x", "../default", "a b", "default\n"]) {
      const other = await dev.call("terraform_plan", { directory, workspace });
      expect([workspace, other.isError, other.result.status]).toEqual([workspace, true, "error"]);
    }
    expect(state(directory, "acme-prod")).toBe("");
  });

  it.each<[string, object, string]>([
    ["-out", { args: ["-out=/tmp/holdfast-attack"] }, "invalid-input"],
    ["-var-file", { args: ["-var-file=/etc/passwd"] }, "invalid-input"],
    ["-var-file as a field", { var_file: "/etc/passwd" }, "invalid-input"],
    ["-out among the targets", { targets: ["-out=/tmp/holdfast-attack"] }, "bad-address"],
    ["-var-file among the targets", { targets: ["a.b -var-file=/etc/passwd"] }, "bad-address"],
    ["an option in replace", { replace: ["a.b\t-destroy"] }, "invalid-input"],
    ["an option as workspace", { workspace: "-destroy" }, "no-workspace"],
    ["a variable's name with a value", { variables: { "x=y": "z" } }, "bad-variable"],
    [
      "an option as a variable's name",
      { variables: { "-var-file": "/etc/passwd" } },
      "bad-variable",
    ],
    ["a list as directory", { directory: ["/etc"] }, "invalid-input"],
    ["text for true", { refresh_only: "false" }, "invalid-input"],
    ["destroy", { destroy: true }, "invalid-input"],
  ])("row 22: %s is no option of a plan", async (_, input, code) => {
    const directory = root("r22");
    const called = await dev.call("terraform_plan", { directory, ...input });
    expect(told(called)).toMatchObject({ isError: true, status: "error", code });
    expect([called.raw.includes("root:x"), existsSync("/tmp/holdfast-attack")]).toEqual([
      false,
      false,
    ]);
  });

  it("row 22: a variable's value is a value, and no file is read for it", async () => {
    const directory = root("r22-values", {
      "main.tf": `variable "name" {}\nresource "terraform_data" "one" { input = var.name }\n`,
    });
    for (const name of ["@/etc/passwd", "file('/etc/passwd')", "-var-file=/etc/passwd"]) {
      const called = await dev.call("terraform_plan", { directory, variables: { name } });
      expect([called.result.status, called.raw.includes("root:x")]).toEqual(["done", false]);
    }
  });

  const LOCK = `provider "registry.terraform.io/acme/runs" {\n  version = "1.0.0"\n}\n`;
  it.each<[string, Record<string, string>]>([
    ["an unknown provider", { "main.tf": ONE, ".terraform.lock.hcl": LOCK }],
    [
      "the external provider",
      { "main.tf": ONE, ".terraform.lock.hcl": LOCK.replace("acme/runs", "hashicorp/external") },
    ],
    [
      "a file that is not the module's",
      { "main.tf": 'output "x" { value = file("/etc/passwd") }\n' },
    ],
    [
      "a file by a longer way",
      { "main.tf": 'output "x" { value = file("../../../../../../etc/passwd") }\n' },
    ],
    [
      "a file of another's making",
      { "main.tf": `output "x" { value = templatefile("\${path.module}/../p", {}) }\n` },
    ],
    [
      "a name that is spelt with escapes",
      { "main.tf": 'output "x" { value = "\\u0065xternal" }\n' },
    ],
    ["another state", { "main.tf": 'data "terraform_remote_state" "x" { backend = "local" }\n' }],
    [
      "a program for credentials",
      { "main.tf": 'provider "kubernetes" {\n  exec { command = "touch" }\n}\n' },
    ],
  ])("row 23: planning waits for a person where the configuration has %s", async (what, files) => {
    const directory = root(`r23-${what.replaceAll(" ", "-")}`, files);
    const before = place.files();
    for (const tool of ["terraform_plan", "terraform_destroy_plan"]) {
      const called = await dev.call(tool, { directory });
      expect(told(called)).toMatchObject(WAITING);
      expect(called.raw).not.toContain("root:x");
    }
    expect(place.files()).toEqual(before);
  });

  it("row 23: a provider that is code of the agent's own is not run for a plan", async () => {
    const directory = root("r23-provider", {
      "main.tf": 'data "runs_it" "x" {}\n',
      ".terraform.lock.hcl": LOCK,
    });
    const at = ".terraform/providers/registry.terraform.io/acme/runs/1.0.0/linux_amd64";
    const ran = place.path("ran");
    place.file(
      `${directory}/${at}/terraform-provider-runs_v1.0.0`,
      `#!/bin/sh\ntouch ${ran}\n`,
      0o755,
    );
    expect(told(await dev.call("terraform_plan", { directory }))).toMatchObject(WAITING);
    expect(existsSync(ran)).toBe(false);
  });

  it("row 23: no directory outside the roots is planned, however it is spelt", async () => {
    const outside = join(place.work, "..", "outside");
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, "main.tf"), ONE);
    rmSync(place.path("link"), { force: true });
    symlinkSync(outside, place.path("link"));
    for (const directory of [
      "..",
      "../outside",
      outside,
      "link",
      "/",
      `${place.work}/../outside`,
    ]) {
      const called = await dev.call("terraform_plan", { directory });
      expect([directory, told(called)]).toMatchObject([
        directory,
        { isError: true, status: "error", code: "outside-roots" },
      ]);
    }
    expect(existsSync(join(outside, "terraform.tfstate"))).toBe(false);
  });

  it("row 24: no plan is written through a link, nor another one applied in its place", async () => {
    const directory = root("r24");
    const victim = place.file("r24/victim", "precious\n");
    for (const name of ["tfplan", "plan.tfplan", "plan.out", `tfplan-${Date.now()}`])
      symlinkSync(victim, place.path(`r24/${name}`));
    const id = await plan(dev, { directory });
    expect(readFileSync(victim, "utf8")).toBe("precious\n");
    const other = await plan(dev, { directory, targets: ["terraform_data.one"] });
    const stored = (each: string) =>
      join(place.stage.env.HOLDFAST_CONFIG_DIR ?? "", "gateway/plans", each, "plan.tfplan");
    const bytes = readFileSync(stored(id));
    writeFileSync(stored(id), readFileSync(stored(other)));
    expect(told(await apply(dev, id))).toMatchObject({ status: "error", code: "plan-changed" });
    rmSync(stored(id));
    symlinkSync(stored(other), stored(id));
    expect(told(await apply(dev, id))).toMatchObject({ isError: true, status: "error" });
    expect(state(directory)).toBe("");
    rmSync(stored(id));
    writeFileSync(stored(id), bytes, { mode: 0o600 });
    expect(told(await apply(dev, id))).toMatchObject(DONE);
  });

  it.each(["one gateway", "two gateways"])(
    "row 25: of two applies of one plan at once, in %s, one runs, and it stays applied",
    async (where) => {
      const directory = root(`r25-${where.slice(0, 3)}`, WAITS);
      const id = await plan(dev, { directory });
      await place.answer(await apply(dev, id));
      const other = where === "one gateway" ? dev : await place.open();
      const racing = [apply(dev, id), apply(other, id)];
      await vi.waitUntil(() => existsSync(place.path(`${directory}/begun`)), { timeout: 20_000 });
      place.file(`${directory}/go`, "");
      const came = (await Promise.all(racing)).map((each) => each.result.status).sort();
      expect([came[0], came[1] === "done"]).toEqual(["done", false]);
      expect(readFileSync(place.path(`${directory}/begun`), "utf8")).toBe("x\n");
      expect(await status(dev, id)).toBe("applied");
      expect((await apply(dev, id)).result.error?.code).toBe("plan-used");
    },
  );

  it("row 26: what was applied stays so after its time (moved in its record); what was not cannot be any more", async () => {
    const directory = root("r26");
    const [id, late] = [await plan(dev, { directory }), await plan(dev, { directory })];
    expect(told(await apply(dev, id))).toMatchObject(DONE);
    for (const each of [id, late]) {
      const config = place.stage.env.HOLDFAST_CONFIG_DIR ?? "";
      const file = join(config, "gateway/plans", each, "record.json");
      const record = JSON.parse(readFileSync(file, "utf8"));
      writeFileSync(file, JSON.stringify({ ...record, expiresAt: record.createdAt }));
    }
    expect([await status(dev, id), await status(dev, late)]).toEqual(["applied", "expired"]);
    expect(told(await apply(dev, late))).toMatchObject({ status: "error", code: "plan-expired" });
    expect(told(await apply(dev, id))).toMatchObject({ status: "error", code: "plan-used" });
  });

  it("row 27: a variable without a value is an error at once, and nobody is waited for", async () => {
    const directory = root("r27", { "main.tf": 'variable "name" {}\n' });
    const called = await dev.call("terraform_plan", { directory });
    expect(told(called)).toMatchObject({
      isError: true,
      status: "failed",
      code: "terraform-failed",
    });
    expect(called.text).toContain("No value for required variable");
  });

  it.each(["goes away", "sends SIGTERM", "cancels"])(
    "row 27: an apply comes to its end when the client %s, and a new gateway says that it is applied",
    async (how) => {
      const directory = root(`r27-${how.replaceAll(" ", "-")}`, WAITS);
      const raw = new RawGateway({ ...place.stage, directory: place.work });
      await raw.begin();
      const call = (id: string, name: string, input: object) => {
        const params = { name, arguments: input };
        raw.write({ jsonrpc: "2.0", id, method: "tools/call", params });
      };
      const answered = async (id: string) => {
        const { result } = await raw.answer((each) => each.id === id);
        const { structuredContent } = result as { structuredContent: Called["result"] };
        return { result: structuredContent, text: JSON.stringify(result) } as Called;
      };
      call("plan", "terraform_plan", { directory });
      const id = idOf(await answered("plan"));
      call("ask", "terraform_apply", { plan_id: id });
      await place.answer(await answered("ask"));
      call("apply", "terraform_apply", { plan_id: id });
      await vi.waitUntil(() => existsSync(place.path(`${directory}/begun`)), { timeout: 20_000 });
      const params = { requestId: "apply", reason: "no more" };
      if (how === "cancels")
        raw.write({ jsonrpc: "2.0", method: "notifications/cancelled", params });
      if (how === "sends SIGTERM") raw.child.kill("SIGTERM");
      if (how !== "sends SIGTERM") raw.child.stdin?.end();
      await vi.waitUntil(() => raw.stderr.includes("waiting for"), { timeout: 20_000 });
      expect([await status(dev, id), state(directory)]).toEqual(["applying", expect.any(String)]);
      place.file(`${directory}/go`, "");
      expect(await raw.ended).toBe(0);
      expect(state(directory)).toContain("terraform_data");
      const anew = await place.open();
      expect(await status(anew, id)).toBe("applied");
      expect((await apply(anew, id)).result.error?.code).toBe("plan-used");
    },
  );

  it("row 28: a directory given relative is itself, and not below itself", async () => {
    root("sub/deep");
    const planned = await dev.call("terraform_plan", { directory: "./sub//deep/" });
    expect(planned.result.output).toMatchObject({ directory: place.path("sub/deep") });
    expect(told(await apply(dev, idOf(planned)))).toMatchObject(DONE);
    expect(state("sub/deep")).toContain("terraform_data");
    expect(existsSync(place.path("sub/deep/sub"))).toBe(false);
  });

  it("row 37: what a plan only forgets needs a person; what it only reads is no change", async () => {
    const directory = root("r37");
    expect(told(await apply(dev, await plan(dev, { directory })))).toMatchObject(DONE);
    const before = state(directory);
    root("r37", {
      "main.tf": "removed {\n  from = terraform_data.one\n  lifecycle { destroy = false }\n}\n",
    });
    const planned = await dev.call("terraform_plan", { directory });
    expect(planned.result.output).toMatchObject({ has_changes: true, counts: { forget: 1 } });
    const called = await apply(dev, idOf(planned));
    expect(told(called)).toMatchObject(WAITING);
    expect(called.result.operation?.impact).toBe("destroy");
    expect(state(directory)).toBe(before);
  });

  it("rows 19, 23: destroying is planned by a tool of its own, and applied by a person's yes alone", async () => {
    const directory = root("r-destroy");
    await apply(dev, await plan(dev, { directory }));
    const id = idOf(await dev.call("terraform_destroy_plan", { directory }));
    expect(told(await apply(dev, id))).toMatchObject(WAITING);
    expect(state(directory)).toContain("terraform_data");
    expect(told(await prod.call("terraform_destroy_plan", { directory }))).toMatchObject({
      ...{ isError: true, status: "refused", reason: "policy-denied" },
      rule: "prod-destroy-plan",
    });
    expect(told(await approved(dev, id))).toMatchObject(DONE);
    expect(state(directory)).not.toContain("terraform_data");
  });
});
