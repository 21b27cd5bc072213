// Rows 34 to 37, and 30 for plans: plans of cloud resources, which no terraform can make without a
// provider. A stand-in of terraform, named by policy, shows plan JSON as terraform documents it; the
// gateway, the client, the request and its card are real. local-exec needs no stand-in: it is made by
// the real terraform.

import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { created, deleted, entry, updated } from "../../operations/terraform/plans.ts";
import { type Attacked, attackGateway, told } from "../../support/attacked-gateway.ts";
import type { Called, StdioGateway } from "../../support/gateway-client.ts";
import { HAS_TERRAFORM } from "../../support/terraform-yard.ts";

type Values = Readonly<Record<string, unknown>>;

const WAITING = { isError: true, status: "waiting", reason: "no-session" };

/** It keeps what it is told to show, and writes down that it applied. */
const STAND_IN = `#!/bin/sh
here=$(dirname "$0")
case "$1" in
workspace) echo "* default" ;;
plan) for word in "$@"; do case "$word" in -out=*) { echo PK; cat "$here/plan.json"; } >"\${word#-out=}" ;; esac; done ;;
show) for word in "$@"; do last=$word; done; tail -n +2 "$last" ;;
apply) touch "$here/applied"; echo "Apply complete!" ;;
*) exit 1 ;;
esac
`;

let place: Attacked;
let dev: StdioGateway;
let applied: string;
beforeAll(async () => {
  place = await attackGateway();
  const executable = place.file("bin/terraform", STAND_IN, 0o755);
  applied = place.path("bin/applied");
  place.file("root/main.tf", "# whatever the plan says\n");
  const environments = { dev: { terraform: { executable } } };
  dev = await place.open({ words: ["--policy", place.policy("plans.yaml", { environments })] });
});
afterAll(() => place?.close());
beforeEach(() => rmSync(applied, { force: true }));

/** Where a row is broken off, the blank is gone. */
const squeezed = (text: string): string => text.replace(/\s/g, "");

/** Plans these changes, and tries to apply that. */
async function applying(changes: readonly Values[], more: Values = {}, gateway = dev) {
  const document = { format_version: "1.2", terraform_version: "1.11.4", ...more };
  place.file("bin/plan.json", JSON.stringify({ ...document, resource_changes: changes }));
  const planned = await gateway.call("terraform_plan", { directory: "root" });
  const { plan_id } = (planned.result.output ?? {}) as { plan_id?: string };
  if (plan_id === undefined) throw new Error(`no plan: ${planned.text}`);
  return { planned, plan_id, called: await gateway.call("terraform_apply", { plan_id }) };
}

/** What a person sees of the request that waits; what a row breaks off is one text again. */
async function card({ result }: Called): Promise<string> {
  const { stdout } = await place.stage.run(["approval", "show", result.request?.id ?? ""]);
  return stdout.replace(/\n +\S+ +\(goes on\) /g, "");
}

const DATABASE = deleted("aws_db_instance.main", {
  ...{ identifier: "payments", deletion_protection: false, skip_final_snapshot: true },
  ...{ delete_automated_backups: true, backup_retention_period: 0 },
});

it("rows 34 to 36: a plan that is harmless is applied: the stand-in can be, and what follows is no accident", async () => {
  const { called } = await applying([created("aws_sqs_queue.q", { name: "q" })]);
  expect([told(called).status, existsSync(applied)]).toEqual(["done", true]);
});

describe("row 34: what nobody knows makes nothing better", () => {
  it("an unknown deletion beside an unrecoverable one leaves it unrecoverable, and is shown beside it", async () => {
    const alone = await applying([DATABASE]);
    const both = await applying([deleted("acme_thing.x"), DATABASE, deleted("acme_thing.y")]);
    for (const { called, planned } of [alone, both]) {
      expect(told(called)).toMatchObject(WAITING);
      expect(called.result.operation).toMatchObject({
        impact: "destroy",
        reversible: "irreversible",
      });
      expect(JSON.stringify(planned.result.output)).toContain("unrecoverable");
    }
    const shown = await card(both.called);
    expect(shown).toMatch(
      /aws_db_instance\.main[\s\S]*unrecoverable|unrecoverable[\s\S]*aws_db_instance\.main/,
    );
    expect(shown).toContain("acme_thing.x");
    expect(existsSync(applied)).toBe(false);
  });

  it("row 30: a plan that policy denies is applied by no yes", async () => {
    const { called, plan_id } = await applying([DATABASE]);
    await place.answer(called);
    const executable = place.path("bin/terraform");
    const rule = { id: "keep-databases", effect: "deny", classes: ["terraform:aws_db_instance"] };
    const environments = { dev: { terraform: { executable } } };
    place.policy("plans.yaml", { environments, rules: [{ ...rule, impacts: ["destroy"] }] });
    try {
      const denied = await dev.call("terraform_apply", { plan_id });
      expect(told(denied)).toMatchObject({
        status: "refused",
        reason: "policy-denied",
        rule: "keep-databases",
      });
    } finally {
      place.policy("plans.yaml", { environments });
    }
    // Neither does the yes that was given under another policy than it is used under.
    expect(existsSync(applied)).toBe(false);
  });
});

describe("row 35: what several changes mean together", () => {
  it.each<[string, readonly Values[], Values, string]>([
    [
      "a database with its snapshot",
      [
        deleted("aws_db_instance.main", {
          identifier: "payments",
          skip_final_snapshot: false,
          deletion_protection: false,
        }),
        deleted("aws_db_snapshot.daily", { db_instance_identifier: "payments" }),
      ],
      {},
      "its backup aws_db_snapshot.daily is destroyed with it",
    ],
    [
      "a database with its replica",
      [
        deleted("aws_db_instance.main", {
          identifier: "payments",
          skip_final_snapshot: false,
          deletion_protection: false,
        }),
        deleted("aws_db_instance.replica", { identifier: "copy", replicate_source_db: "payments" }),
      ],
      {},
      "its replica aws_db_instance.replica is destroyed with it",
    ],
    [
      "a database whose protection was switched off before",
      [
        deleted("aws_db_instance.main", {
          identifier: "payments",
          skip_final_snapshot: false,
          deletion_protection: false,
        }),
      ],
      {
        resource_drift: [
          updated(
            "aws_db_instance.main",
            { deletion_protection: true },
            { deletion_protection: false },
          ),
        ],
      },
      "was switched off outside of Terraform before",
    ],
    [
      "a table with the vault of its backups",
      [
        deleted("aws_dynamodb_table.t", {
          name: "orders",
          point_in_time_recovery: [{ enabled: true }],
        }),
        deleted("aws_backup_vault.v", { name: "vault" }),
      ],
      {},
      "aws_backup_vault.v, which keeps backups, is destroyed with it",
    ],
  ])("%s is unrecoverable, and waits", async (_, changes, more, evidence) => {
    const { planned, called } = await applying(changes, more);
    expect(told(called)).toMatchObject(WAITING);
    expect(JSON.stringify(planned.result.output)).toContain("unrecoverable");
    expect(squeezed(await card(called))).toContain(squeezed(evidence));
    expect(existsSync(applied)).toBe(false);
  });
});

describe("row 36: what destroys nothing, and is no less grave", () => {
  const allow = (Action: string, Resource: string) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
  it.each<[string, Values]>([
    ["a policy that allows everything", created("aws_iam_policy.all", { policy: allow("*", "*") })],
    [
      "a policy that comes to allow everything",
      updated(
        "aws_iam_role_policy.r",
        { policy: allow("s3:Get*", "arn:x") },
        { policy: allow("*:*", "*") },
      ),
    ],
    [
      "an ingress from everywhere",
      updated(
        "aws_security_group.web",
        { ingress: [{ cidr_blocks: ["10.0.0.0/8"], from_port: 22, to_port: 22, protocol: "tcp" }] },
        { ingress: [{ cidr_blocks: ["0.0.0.0/0"], from_port: 22, to_port: 22, protocol: "tcp" }] },
      ),
    ],
    [
      "a rule for everywhere",
      created("aws_security_group_rule.all", {
        type: "ingress",
        cidr_blocks: ["0.0.0.0/0"],
        from_port: 0,
        to_port: 65535,
        protocol: "-1",
      }),
    ],
    ["a public ACL", updated("aws_s3_bucket_acl.b", { acl: "private" }, { acl: "public-read" })],
    ["a new public ACL", created("aws_s3_bucket_acl.b", { acl: "public-read-write" })],
    [
      "retention from 7 days to 0",
      updated(
        "aws_db_instance.main",
        { backup_retention_period: 7 },
        { backup_retention_period: 0 },
      ),
    ],
    [
      "CloudTrail switched off",
      updated("aws_cloudtrail.t", { enable_logging: true }, { enable_logging: false }),
    ],
    [
      "a bucket that is made public",
      updated(
        "aws_s3_bucket_public_access_block.b",
        { block_public_acls: true },
        { block_public_acls: false },
      ),
    ],
    [
      "a database whose protection goes",
      updated(
        "aws_db_instance.main",
        { deletion_protection: true },
        { deletion_protection: false },
      ),
    ],
    [
      "a source that only the apply will know",
      created(
        "aws_security_group_rule.r",
        { type: "ingress" },
        { after_unknown: { cidr_blocks: true } },
      ),
    ],
    [
      "a range that only the apply will know",
      created("aws_vpc_security_group_ingress_rule.r", {}, { after_unknown: { cidr_ipv4: true } }),
    ],
    [
      "an ingress that only the apply will know",
      updated("aws_security_group.web", { ingress: [] }, {}, { after_unknown: { ingress: true } }),
    ],
    [
      "a policy that only the apply will know",
      updated("aws_iam_role_policy.r", { policy: "{}" }, {}, { after_unknown: { policy: true } }),
    ],
  ])("%s waits for a person, in dev, and the card names it", async (_, change) => {
    const { called } = await applying([change]);
    expect(told(called)).toMatchObject(WAITING);
    expect(["destroy", "unknown"]).toContain(called.result.operation?.impact);
    expect(await card(called)).toContain(String(change.address));
    expect(existsSync(applied)).toBe(false);
  });

  it.skipIf(!HAS_TERRAFORM)(
    "local-exec waits, and does not run before (needs terraform)",
    async () => {
      const real = await place.open();
      place.file(
        "exec/main.tf",
        'resource "terraform_data" "one" {\n  provisioner "local-exec" { command = "touch made" }\n}\n',
      );
      const planned = await real.call("terraform_plan", { directory: "exec" });
      const { plan_id } = planned.result.output as { plan_id: string };
      const called = await real.call("terraform_apply", { plan_id });
      expect(told(called)).toMatchObject(WAITING);
      expect(await card(called)).toContain("local-exec");
      expect([
        existsSync(place.path("exec/made")),
        existsSync(place.path("exec/terraform.tfstate")),
      ]).toEqual([false, false]);
    },
  );
});

describe("row 37: what is only forgotten or read", () => {
  it("forget is shown and needs a person; a data source is no change, whatever its type says", async () => {
    const forgotten = await applying([
      entry("aws_db_instance.main", ["forget"], { before: { identifier: "payments" } }),
    ]);
    expect(told(forgotten.called)).toMatchObject(WAITING);
    expect(await card(forgotten.called)).toMatch(/forget/i);
    const read = await applying([
      entry("data.aws_ami.a", ["read"], {}, { mode: "data", type: "aws_ami" }),
    ]);
    expect([told(read.called).status, existsSync(applied)]).toEqual(["done", true]);
  });

  it("what is managed counts, whatever its type is called", async () => {
    for (const type of ["data", "data_aws_db", "terraform_data"]) {
      const change = deleted(`${type}.x`, {}, { type, mode: "managed" });
      expect(told((await applying([change])).called)).toMatchObject(WAITING);
    }
    expect(existsSync(applied)).toBe(false);
  });
});
