import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type PlanDocument,
  planNotes,
  plannedChanges,
  readPlanJson,
} from "../../../src/operations/terraform/plan-json.ts";
import { maskedPlan, sensitiveValues } from "../../../src/operations/terraform/sensitive.ts";
import { Failure } from "../../../src/policy/failure.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";
import { changesOf, created, deleted, entry, onlyChange, planOf, updated } from "./plans.ts";
import { isTerraformThere, realPlan } from "./real-plan.ts";

const VARIABLE = (value: string) => `
variable "secret" {
  sensitive = true
  default   = "${value}"
}
`;

const FROM = `${VARIABLE("swordfish-one")}
resource "terraform_data" "updated" { input = "a" }
resource "terraform_data" "replaced" { triggers_replace = ["1"] }
resource "terraform_data" "renewed" {
  triggers_replace = ["1"]
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "deleted" { input = "d" }
resource "terraform_data" "old" { input = "m" }
resource "terraform_data" "forgotten" { input = "f" }
resource "terraform_data" "secret" { input = var.secret }
output "plain" { value = "1" }
output "hidden" {
  value     = terraform_data.secret.output
  sensitive = true
}
`;

const TO = `${VARIABLE("swordfish-two")}
resource "terraform_data" "updated" { input = "b" }
resource "terraform_data" "replaced" { triggers_replace = ["2"] }
resource "terraform_data" "renewed" {
  triggers_replace = ["2"]
  lifecycle { create_before_destroy = true }
}
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
resource "terraform_data" "new" { input = "m" }
removed {
  from = terraform_data.forgotten
  lifecycle { destroy = false }
}
resource "terraform_data" "secret" { input = var.secret }
resource "terraform_data" "created" {
  for_each = toset(["two  blanks\\n"])
  input    = { nested = ["visible", var.secret] }
  provisioner "local-exec" { command = "echo \${var.secret}" }
}
data "terraform_remote_state" "read" {
  backend = "local"
  config  = { path = terraform_data.created["two  blanks\\n"].id }
}
output "plain" { value = "2" }
output "hidden" {
  value     = terraform_data.secret.output
  sensitive = true
}
`;

describe.skipIf(!isTerraformThere())("a plan of a real terraform (needs terraform)", () => {
  let text: string;
  beforeAll(() => {
    text = realPlan(FROM, TO);
  });

  it("J2: every change, with what Terraform does and why", () => {
    const changes = plannedChanges(readPlanJson(text));
    const said = Object.fromEntries(
      changes.map(({ address, action, consequence }) => [address, [action, consequence]]),
    );
    expect(said).toEqual({
      "terraform_data.updated": ["update", "reversible"],
      "terraform_data.replaced": ["replace", "reversible"],
      "terraform_data.renewed": ["replace", "reversible"],
      "terraform_data.deleted": ["delete", "reversible"],
      "terraform_data.new": ["move", "reversible"],
      "terraform_data.forgotten": ["forget", "reversible"],
      "terraform_data.secret": ["update", "recoverable with effort"],
      'terraform_data.created["two  blanks\\n"]': ["create", "needs review"],
      "data.terraform_remote_state.read": ["read", "reversible"],
    });
    const evidenceOf = (name: string) =>
      changes.find(({ address }) => address === `terraform_data.${name}`)?.evidence.join("; ");
    expect(evidenceOf("replaced")).toContain("it is destroyed first; because of triggers_replace");
    expect(evidenceOf("renewed")).toContain("the new one is made first");
    expect(evidenceOf("deleted")).toContain("not in the configuration any more");
    expect(changes.find(({ action }) => action === "move")?.from).toBe("terraform_data.old");
    expect(planNotes(readPlanJson(text))).toEqual(["2 outputs will change"]);
  });

  it("Z1: no secret in the changes, nor in the masked plan; the rest of it is untouched", () => {
    const plan = readPlanJson(text);
    expect(text).toContain("swordfish-one");
    expect(sensitiveValues(plan)).toEqual(["swordfish-one", "swordfish-two"]);
    const masked = JSON.stringify(maskedPlan(plan));
    expect(JSON.stringify(plannedChanges(plan)) + masked).not.toContain("swordfish");
    expect(masked).toContain("visible");
    const again = readPlanJson(masked);
    expect(plannedChanges(again).map(({ address }) => address)).toEqual(
      plannedChanges(plan).map(({ address }) => address),
    );
  });
});

const failureOf = (text: string): Failure => {
  try {
    readPlanJson(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was read");
};

describe("J1: what cannot be read is a failure", () => {
  it.each([
    ["no JSON", "secret-text {", "plan-malformed"],
    ["null", "null", "plan-malformed"],
    ["no version", "{}", "plan-malformed"],
    ["another major", '{"format_version":"2.0"}', "plan-format"],
    ["one from before 1.1", '{"format_version":"0.2"}', "plan-format"],
    ["no version at all, nearly", '{"format_version":"1"}', "plan-format"],
    [
      "changes that are none",
      '{"format_version":"1.2","resource_changes":[{"address":"a.b"}]}',
      "plan-malformed",
    ],
    [
      "an unknown action",
      JSON.stringify({ format_version: "1.2", resource_changes: [entry("a_b.c", ["obliterate"])] }),
      "plan-format",
    ],
    [
      "no action",
      JSON.stringify({ format_version: "1.2", resource_changes: [entry("a_b.c", [])] }),
      "plan-malformed",
    ],
  ])("%s", (_, text, code) => {
    const failure = failureOf(text);
    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain("secret-text");
    expect(failure.fix).toBeDefined();
  });

  it("any JSON is a plan or a failure, and any plan has changes", () => {
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom("1.2", [], {}, ["delete"]));
    const change = fc.record(
      {
        actions: odd,
        before: odd,
        after: odd,
        after_unknown: odd,
        before_sensitive: odd,
        importing: odd,
      },
      { requiredKeys: [] },
    );
    const resource = fc.record(
      { address: odd, mode: odd, type: odd, provider_name: odd, deposed: odd, change },
      { requiredKeys: [] },
    );
    const likely = fc.oneof(
      resource.map((each) => ({ ...entry("aws_db_instance.x", ["update"]), ...each })),
      change.map((each) => entry("aws_db_instance.x", ["delete", "create"], each)),
    );
    const plan = fc.record(
      {
        format_version: fc.constant("1.2"),
        resource_changes: fc.array(likely, { maxLength: 3 }),
        resource_drift: fc.array(likely, { maxLength: 2 }),
        configuration: odd,
        variables: odd,
        output_changes: odd,
      },
      { requiredKeys: ["format_version"] },
    );
    fc.assert(
      fc.property(plan, (each) => {
        let read: PlanDocument;
        try {
          read = readPlanJson(JSON.stringify(each));
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        plannedChanges(read);
        planNotes(read);
        maskedPlan(read);
      }),
      { numRuns: fuzzRuns(0.5) },
    );
  });

  it("later minors and fields that are not known are read", () => {
    const plan = planOf([entry("terraform_data.x", ["create"], { news: 1 }, { more: {} })], {
      format_version: "1.9",
      news: [],
    });
    expect(plannedChanges(plan)).toHaveLength(1);
    expect(plannedChanges(planOf([], {}))).toEqual([]);
    expect(plannedChanges(readPlanJson('{"format_version":"1.2"}'))).toEqual([]);
  });
});

describe("J2: entries that are easily missed", () => {
  const values = { before: {}, after: {} };

  it("imports, deposed objects, invoked actions", () => {
    const imported = entry("aws_vpc.v", ["no-op"], { ...values, importing: { id: "vpc-1" } });
    expect(onlyChange(imported)).toMatchObject({ action: "import", consequence: "reversible" });
    const also = entry("aws_vpc.v", ["update"], { ...values, importing: { id: "vpc-1" } });
    expect(onlyChange(also).evidence).toContain("it is imported");
    const deposed = deleted("aws_subnet.s", {}, { deposed: "00000000" });
    expect(onlyChange(deposed).evidence.join()).toContain("deposed object 00000000");
    expect(changesOf([], { action_invocations: [{ address: "action.x.y" }] })).toMatchObject([
      { address: "action.x.y", consequence: "needs review" },
    ]);
    expect(changesOf([entry("aws_vpc.v", ["no-op"], values)])).toEqual([]);
  });

  it("to forget one and make another destroys nothing, and lets go of it", () => {
    const change = entry("aws_vpc.v", ["create", "forget"], values);
    expect(onlyChange(change)).toMatchObject({ action: "forget" });
  });

  it("what Terraform does not find any more leaves the state", () => {
    const gone = deleted("aws_db_instance.main", { id: "db" });
    expect(changesOf([], { resource_drift: [gone] })).toMatchObject([
      { address: "aws_db_instance.main", action: "forget", stateful: true },
    ]);
    const again = changesOf([created("aws_db_instance.main")], { resource_drift: [gone] });
    expect(again.map(({ action }) => action)).toEqual(["create"]);
  });

  it("drift, what is deferred, and plans that are not whole are noted", () => {
    const notes = planNotes(
      planOf([], {
        resource_drift: [updated("aws_vpc.v", {}, { a: 1 })],
        deferred_changes: [{ reason: "unknown", resource_change: created("aws_vpc.w") }],
        output_changes: { o: { actions: ["create"] }, same: { actions: ["no-op"] } },
        complete: false,
        errored: true,
      }),
    );
    expect(notes).toEqual([
      "1 output will change",
      "changed outside of Terraform: aws_vpc.v",
      "deferred to a later plan: aws_vpc.w",
      expect.stringContaining("not complete"),
      expect.stringContaining("cannot be applied"),
    ]);
  });
});

describe("L1: changes that are worse together", () => {
  const DATABASE = {
    id: "db-1",
    identifier: "main-db",
    arn: "arn:aws:rds:eu-west-1:1:db:main-db",
    deletion_protection: false,
    skip_final_snapshot: false,
  };
  const main = deleted("aws_db_instance.main", DATABASE);

  it.each([
    [
      "its backup",
      deleted("aws_db_snapshot.s", { db_instance_identifier: "main-db" }),
      "aws_db_snapshot.s",
    ],
    [
      "its replica",
      deleted("aws_db_instance.r", {
        ...DATABASE,
        id: "db-2",
        identifier: "replica",
        arn: "arn:aws:rds:eu-west-1:1:db:replica",
        replicate_source_db: "main-db",
      }),
      "aws_db_instance.r",
    ],
    ["the vault", deleted("aws_backup_vault.v", { force_destroy: false }), "aws_backup_vault.v"],
  ])("with %s", (_, other, address) => {
    expect(onlyChange(main).consequence).toBe("recoverable from backup");
    for (const order of [
      [main, other],
      [other, main],
    ]) {
      const found = changesOf(order).find((each) => each.address === "aws_db_instance.main");
      expect(found?.consequence).toBe("unrecoverable");
      expect(found?.evidence.join()).toContain(address);
    }
  });

  it("with its protection, switched off in the same plan", () => {
    const bucket = deleted("aws_s3_bucket.b", { bucket: "my-data", force_destroy: false });
    const suspended = updated(
      "aws_s3_bucket_versioning.v",
      { bucket: "my-data", versioning_configuration: [{ status: "Enabled" }] },
      { bucket: "my-data", versioning_configuration: [{ status: "Suspended" }] },
    );
    const [found] = changesOf([bucket, suspended]);
    expect(found?.consequence).toBe("unrecoverable");
    expect(found?.evidence.join()).toContain("aws_s3_bucket_versioning.v switches off");
  });

  it("with its protection, switched off elsewhere since Terraform last ran", () => {
    const drift = updated(
      "aws_db_instance.main",
      { deletion_protection: true },
      { deletion_protection: false },
    );
    expect(onlyChange(main, { resource_drift: [drift] })).toMatchObject({
      consequence: "unrecoverable",
    });
  });

  it("others are not raised, and thousands take no longer than their number", () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      deleted(`aws_ebs_volume.v${index}`, { id: `vol-${index}`, final_snapshot: true }),
    );
    const found = changesOf([...many, deleted("aws_ebs_snapshot.s", { volume_id: "vol-7" })]);
    const raised = found.filter(({ evidence }) => evidence.join().includes("its backup"));
    expect(raised.map(({ address }) => address)).toEqual(["aws_ebs_volume.v7"]);
  });
});
