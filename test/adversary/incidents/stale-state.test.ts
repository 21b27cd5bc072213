// A stale state file: terraform believes what an old state says, and plans to destroy production.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";
import { HAS_TERRAFORM } from "../../support/terraform-yard.ts";

/** When one of them is destroyed, the file of its name goes. */
const databases = (...names: readonly string[]) => `
resource "terraform_data" "databases" {
  for_each = toset(${JSON.stringify(names)})
  input    = "\${each.key}.db"
  provisioner "local-exec" {
    when    = destroy
    command = "rm \${self.input}"
  }
}
`;

const DATA = ["orders.db", "customers.db"];

describe.skipIf(!HAS_TERRAFORM)("a stale state file (needs terraform)", () => {
  let scene: Incident;
  const terraform = (...words: string[]) =>
    execFileSync("terraform", words, { cwd: scene.work, env: scene.stage.env, stdio: "pipe" });
  const left = () => DATA.filter((name) => existsSync(scene.path(name)));
  const state = () => readFileSync(scene.path("terraform.tfstate"), "utf8");
  beforeAll(async () => {
    scene = await openIncident();
    // Production, by hand. Its old state then comes to a checkout that knows of one database more.
    scene.file("main.tf", databases("orders", "customers"));
    terraform("apply", "-auto-approve", "-input=false");
    scene.file("old.tfstate", state());
    scene.file("main.tf", databases("staging"));
    for (const name of DATA) scene.file(name, "rows\n");
  });
  afterAll(() => scene?.close());

  it("its plan waits for a person, whose card names every database that would have gone", async () => {
    copyFileSync(scene.path("old.tfstate"), scene.path("terraform.tfstate"));
    const before = state();
    const planned = await scene.call("terraform_plan", {});
    const { plan_id: id, counts } = planned.result.output as Record<string, unknown>;
    expect(counts).toEqual({ delete: 2, create: 1 });

    const called = await scene.call("terraform_apply", { plan_id: id });
    expectWaiting(called);
    expect(called.result.operation?.impact).toBe("destroy");
    expect(called.result.rule?.id).toBe("prod-changes");
    const card = await scene.card(called);
    expect(card).toContain(`Apply plan ${id}: destroy 2, create 1 in payments (prod)?`);
    for (const name of ["orders", "customers"])
      expect(card).toContain(
        `destroy terraform_data.databases["${name}"] means needs review because its key is not in for_each any more`,
      );
    expect(card).toContain("its local-exec provisioner runs");
    expect(card).toContain("environment prod");
    expect(card).toContain("rule ask: prod-changes");
    expect(card).toContain(`in ${scene.work} workspace default`);

    const told = await scene.approve(called, "n");
    expect(told.screen).toContain("still waits");
    expectWaiting(await scene.call("terraform_apply", { plan_id: id }));
    expect([left(), state()]).toEqual([DATA, before]);
  });

  it("by hand, the same plan does destroy them", () => {
    terraform("apply", "-auto-approve", "-input=false");
    expect(left()).toEqual([]);
  });
});
