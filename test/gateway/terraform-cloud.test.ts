// A `cloud` block: the plan file only points to a run. HCP Terraform is not there; a program that
// writes what terraform documents stands in for terraform.

import { afterEach, describe, expect, it } from "vitest";
import { makeTerraformYard, planId, type TerraformYard } from "../support/terraform-yard.ts";

let yard: TerraformYard;
afterEach(() => yard.close());

const PLAN = JSON.stringify({
  format_version: "1.2",
  terraform_version: "1.11.4",
  resource_changes: [
    {
      address: "terraform_data.one",
      mode: "managed",
      type: "terraform_data",
      provider_name: "terraform.io/builtin/terraform",
      change: { actions: ["delete"], before: {}, after: null },
    },
  ],
});

const TERRAFORM = `#!/bin/sh
case $1 in
  workspace) echo "* $TF_WORKSPACE" ;;
  show) echo '${PLAN}' ;;
  apply) echo "applied $(cat "$5")" ;;
  plan) for word; do case $word in -out=*) echo '{"remote_plan_format":1,"run_id":"run-8ZkQ2b","hostname":"app.terraform.io"}' > "\${word#-out=}" ;; esac; done ;;
esac
`;

/** A directory with a cloud block, and what `terraform init` writes of it. */
function cloudYard(organization: string | null) {
  yard = makeTerraformYard({
    "main.tf": 'terraform {\n  cloud {\n    organization = "acme"\n  }\n}\n',
    ".terraform/environment": "payments",
    ".terraform/terraform.tfstate": JSON.stringify({
      version: 3,
      backend: { type: "cloud", config: { organization, hostname: null } },
    }),
  });
  const executable = yard.file("bin/terraform", TERRAFORM, 0o755);
  return { rules: { terraform: { roots: [], executable } } };
}

describe("a plan that points to a run", () => {
  it("binds the run, its organization and its host, and is applied as that file", async () => {
    const more = cloudYard("acme");
    const id = planId(await yard.plan({}, more));
    const { operation } = await yard.applyCall(id, more);
    const cloud = { hostname: "app.terraform.io", organization: "acme", run: "run-8ZkQ2b" };
    expect(operation.terraform.plan?.cloud).toEqual(cloud);
    expect(operation.target).toMatchObject({ hostname: cloud.hostname, organization: "acme" });
    expect(operation).toMatchObject({ impact: "destroy", terraform: { workspace: "payments" } });
    const applied = await yard.apply(id, more);
    expect(applied).toMatchObject({ outcome: "succeeded" });
    expect(applied.output.text).toContain("run-8ZkQ2b");
  });

  it("is refused, and not kept, where not everything of the run is known", async () => {
    const more = cloudYard(null);
    expect(await yard.plan({}, more)).toMatchObject({
      outcome: "failed_no_effect",
      error: { code: "cloud-plan" },
    });
    expect([...yard.stored().keys()]).toEqual([]);
  });
});
