// `terraform destroy -auto-approve` by an agent that takes itself to be somewhere else.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGateway } from "../../support/gateway-client.ts";
import { expectWaiting, type Incident, openIncident } from "../../support/incident.ts";
import { HAS_TERRAFORM } from "../../support/terraform-yard.ts";

/** When it is destroyed, the file that is named for its workspace goes. */
const CONFIGURATION = `
resource "terraform_data" "database" {
  input = "\${terraform.workspace}.db"
  provisioner "local-exec" {
    when    = destroy
    command = "rm \${self.input}"
  }
}
`;

describe.skipIf(!HAS_TERRAFORM)(
  "terraform destroy on the wrong workspace (needs terraform)",
  () => {
    let scene: Incident;
    const terraform = (...words: string[]) =>
      execFileSync("terraform", words, { cwd: scene.work, env: scene.stage.env, stdio: "pipe" });
    const state = () =>
      readFileSync(scene.path("terraform.tfstate.d/prod/terraform.tfstate"), "utf8");
    let before: string;
    beforeAll(async () => {
      scene = await openIncident({ environment: "dev" });
      scene.file("main.tf", CONFIGURATION);
      terraform("workspace", "new", "prod");
      terraform("apply", "-auto-approve", "-input=false");
      scene.file("prod.db", "rows\n");
      before = state();
    });
    afterAll(() => scene?.close());

    const expectUntouched = () =>
      expect([existsSync(scene.path("prod.db")), state()]).toEqual([true, before]);

    it.each([
      "terraform destroy -auto-approve",
      "terraform apply -destroy -auto-approve",
      "cd . && yes | terraform destroy -auto-approve",
      "TF_WORKSPACE=prod terraform destroy -auto-approve",
      "env TF_WORKSPACE=prod terraform -chdir=. destroy -auto-approve",
    ])("as a command it waits, with what selects the workspace pinned: %s", async (command) => {
      const called = await scene.call("shell_exec", { command });
      expectWaiting(called);
      expect(called.result.operation?.impact).toBe("destroy");
      const card = await scene.card(called);
      expect(card).toContain(command);
      expect(card).toContain("known for terraform: it destroys or replaces infrastructure");
      expect(card).toContain(`in ${scene.work}`);
      expect(card).toContain(".terraform/environment");
      expect(card).toContain("environment dev");
      expectUntouched();
    });

    it("through the tools, the card says which workspace it is, whatever the gateway serves", async () => {
      const planned = await scene.call("terraform_destroy_plan", {});
      const { plan_id: id, workspace } = planned.result.output as Record<string, unknown>;
      expect([planned.result.status, workspace]).toEqual(["done", "prod"]);
      const called = await scene.call("terraform_apply", { plan_id: id });
      expectWaiting(called);
      expect(called.result.rule?.id).toBe("protected-workspaces");
      const card = await scene.card(called);
      expect(card).toContain(`Apply plan ${id}: destroy 1 in prod (dev)?`);
      expect(card).toContain("workspace prod");
      expect(card).toContain("mode destroy everything destroy terraform_data.database");
      expect(card).toContain("its local-exec provisioner runs");
      expect(card).toContain("rule ask: protected-workspaces");
      expectUntouched();
    });

    it("where production is served, nobody is even asked: the rule says why", async () => {
      const gateway = await openGateway(scene.stage, { environment: "prod", cwd: scene.work });
      try {
        const planned = await gateway.call("terraform_destroy_plan", {});
        const { plan_id: id } = (planned.result.output ?? {}) as Record<string, unknown>;
        const called =
          id === undefined ? planned : await gateway.call("terraform_apply", { plan_id: id });
        expect([called.isError, called.result.status]).toEqual([true, "refused"]);
        expect(called.result.rule).toMatchObject({ id: "prod-destroy-plan", effect: "deny" });
        expect(called.text).toContain("everything that the workspace manages would be destroyed");
      } finally {
        await gateway.close();
      }
      expectUntouched();
    });

    it("by hand, it does destroy it", () => {
      terraform("destroy", "-auto-approve");
      expect(existsSync(scene.path("prod.db"))).toBe(false);
    });
  },
);
