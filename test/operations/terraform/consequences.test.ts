import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planFloor, stricter } from "../../../src/operations/terraform/consequences.ts";
import { knownTypes } from "../../../src/operations/terraform/consequences-types.ts";
import type { Impact, Reversibility } from "../../../src/policy/operation.ts";
import { CONSEQUENCES, type Consequence } from "../../../src/policy/planned-change.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";
import { changesOf, created, deleted, entry, onlyChange, updated } from "./plans.ts";

const DATABASE = "aws_db_instance.main";

const CASES: readonly (readonly [
  what: string,
  change: Record<string, unknown>,
  consequence: Consequence,
  evidence: string,
])[] = [
  [
    "a database whose protection is on",
    deleted(DATABASE, { deletion_protection: true }),
    "recoverable with effort",
    "deletion_protection is true",
  ],
  [
    "a database with a final snapshot",
    deleted(DATABASE, { deletion_protection: false, skip_final_snapshot: false }),
    "recoverable from backup",
    "skip_final_snapshot is false",
  ],
  [
    "a database without any backup",
    deleted(DATABASE, {
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
      backup_retention_period: 7,
    }),
    "unrecoverable",
    "delete_automated_backups is true",
  ],
  [
    "a database of which the plan says nothing",
    deleted(DATABASE, { deletion_protection: false }),
    "needs review",
    "skip_final_snapshot is not in the plan",
  ],
  [
    "a database whose protection may not be shown",
    entry(DATABASE, ["delete"], {
      before: { deletion_protection: true },
      before_sensitive: { deletion_protection: true },
    }),
    "needs review",
    "deletion_protection is sensitive",
  ],
  [
    "a table without point-in-time recovery",
    deleted("aws_dynamodb_table.t", {
      deletion_protection_enabled: false,
      point_in_time_recovery: [{ enabled: false }],
    }),
    "unrecoverable",
    "point_in_time_recovery.enabled is false",
  ],
  [
    "a table with no such block at all",
    deleted("aws_dynamodb_table.t", {
      deletion_protection_enabled: false,
      point_in_time_recovery: [],
    }),
    "unrecoverable",
    "point_in_time_recovery.enabled is not set",
  ],
  [
    "a table with point-in-time recovery",
    deleted("aws_dynamodb_table.t", {
      deletion_protection_enabled: false,
      point_in_time_recovery: [{ enabled: true }],
    }),
    "recoverable from backup",
    "point_in_time_recovery.enabled is true",
  ],
  [
    "a bucket with force_destroy",
    deleted("aws_s3_bucket.b", { force_destroy: true }),
    "unrecoverable",
    "force_destroy is true",
  ],
  [
    "a bucket without",
    deleted("aws_s3_bucket.b", { force_destroy: false }),
    "recoverable with effort",
    "force_destroy is false",
  ],
  [
    "a key with a window",
    deleted("aws_kms_key.k", { deletion_window_in_days: 30 }),
    "recoverable with effort",
    "deletion_window_in_days is 30",
  ],
  [
    "a secret without a window",
    deleted("aws_secretsmanager_secret.s", { recovery_window_in_days: 0 }),
    "unrecoverable",
    "recovery_window_in_days is 0",
  ],
  [
    "a volume",
    deleted("aws_ebs_volume.v", { final_snapshot: false }),
    "unrecoverable",
    "nothing is",
  ],
  ["a role", deleted("aws_iam_role.r", {}), "recoverable with effort", "another identity"],
  [
    "a database of Google's",
    deleted("google_sql_database_instance.d", {
      deletion_protection: false,
      settings: [{ deletion_protection_enabled: false }],
    }),
    "unrecoverable",
    "settings.deletion_protection_enabled is false",
  ],
  [
    "a vault of Azure's that nobody can purge",
    deleted("azurerm_key_vault.v", { purge_protection_enabled: true }),
    "recoverable with effort",
    "purge_protection_enabled is true",
  ],
  ["a claim", deleted("kubernetes_persistent_volume_claim.c"), "needs review", "reclaim policy"],
  ["a namespace", deleted("kubernetes_namespace_v1.n"), "unrecoverable", "all that is in it"],
  ["a release", deleted("helm_release.r"), "needs review", "chart"],
  ["a password", deleted("random_password.p"), "unrecoverable", "nowhere but in the state"],
  ["a key in the state", deleted("tls_private_key.k"), "unrecoverable", "nowhere but in the state"],
  [
    "a password that is only forgotten",
    entry("random_password.p", ["forget"], { before: {} }),
    "unrecoverable",
    "nowhere but in the state",
  ],
  [
    "a database that is only forgotten",
    entry(DATABASE, ["forget"], { before: {} }),
    "recoverable with effort",
    "managed by nobody",
  ],
  ["a value in the state", deleted("terraform_data.d"), "reversible", "nothing outside"],
  ["a file that is made", created("local_file.f"), "needs review", "overwritten"],
];

describe("X1: what is destroyed, by the evidence of the plan", () => {
  it.each(CASES)("%s", (_, change, consequence, evidence) => {
    const found = onlyChange(change);
    expect(found.consequence).toBe(consequence);
    expect(found.evidence.join("; ")).toContain(evidence);
  });

  it.each(["delete", "update", "create", "forget"])(
    "%s of an unknown type needs review",
    (action) => {
      const before = { a: 1 };
      const found = onlyChange(entry("acme_thing.x", [action], { before, after: before }));
      expect(found.consequence).toBe("needs review");
      expect(found.evidence.join()).toContain("acme_thing of registry.terraform.io/acme/things");
    },
  );

  it("a known type's name from somebody else's provider is an unknown type", () => {
    for (const provider_name of [
      "registry.terraform.io/evil/aws",
      "registry.evil.example/hashicorp/aws",
      "registry.terraform.io/hashicorp/aws/x",
      undefined,
    ]) {
      const change = deleted("aws_route53_record.r", {}, { provider_name });
      expect(onlyChange(change).consequence).toBe("needs review");
    }
    expect(onlyChange(deleted("aws_route53_record.r")).consequence).toBe("reversible");
  });

  it("names of objects' own properties are no types", () => {
    for (const type of ["constructor", "__proto__", "toString"])
      expect(onlyChange(deleted(`${type}.x`, {}, { type })).consequence).toBe("needs review");
  });

  it("data is told by its mode, whatever its type is called", () => {
    const read = { before: null, after: {} };
    const data = (over: object) => onlyChange(entry("data.aws_ami.x", ["read"], read, { ...over }));
    expect(data({ mode: "data" })).toMatchObject({ action: "read", consequence: "reversible" });
    expect(data({ mode: "data", type: "external" }).consequence).toBe("needs review");
    const managed = deleted("data_store.x", {}, { type: "data" });
    expect(onlyChange(managed)).toMatchObject({ action: "delete", consequence: "needs review" });
  });
});

const POLICY = (action: unknown, principal?: unknown) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: action, Principal: principal }] });

const DANGEROUS: readonly (readonly [string, Record<string, unknown>, string])[] = [
  [
    "all rights",
    updated("aws_iam_policy.p", { policy: POLICY("s3:Get*") }, { policy: POLICY(["*"]) }),
    "policy allows every action",
  ],
  [
    "all rights, spelt otherwise",
    created("aws_iam_policy.p", {
      policy: `\n{"\\u0053tatement":{"Effect":"Allow","Action":"*:*"}}`,
    }),
    "policy allows every action",
  ],
  [
    "everybody",
    created("aws_s3_bucket_policy.p", { policy: POLICY("s3:GetObject", { AWS: "*" }) }),
    "policy allows everybody",
  ],
  [
    "the whole internet",
    updated(
      "aws_security_group.g",
      { ingress: [{ cidr_blocks: ["10.0.0.0/8"] }] },
      { ingress: [{ cidr_blocks: ["10.0.0.0/8", "0.0.0.0/0"] }] },
    ),
    "ingress.cidr_blocks",
  ],
  [
    "all rights to hand out rights, in small letters",
    created("aws_iam_policy.p", { policy: `{"statement":[{"effect":"Allow","action":"iam:*"}]}` }),
    "policy allows every action",
  ],
  [
    "all but some rights",
    created("aws_iam_policy.p", { policy: `{"Statement":{"Effect":"Allow","NotAction":"x:y"}}` }),
    "policy allows every action",
  ],
  [
    "a quarter of the internet",
    created("aws_vpc_security_group_ingress_rule.g", { cidr_ipv4: "192.0.0.0/2" }),
    "cidr_ipv4",
  ],
  [
    "the whole of the new internet",
    created("aws_vpc_security_group_ingress_rule.g", { cidr_ipv6: "2000::/3" }),
    "cidr_ipv6",
  ],
  [
    "nothing that runs any more",
    updated(
      "kubernetes_deployment.d",
      { spec: [{ replicas: "3" }] },
      { spec: [{ replicas: "0" }] },
    ),
    "spec.replicas goes from",
  ],
  [
    "logs that were kept for ever",
    updated("aws_cloudwatch_log_group.g", { retention_in_days: 0 }, { retention_in_days: 1 }),
    "retention_in_days goes from 0 to 1",
  ],
  [
    "the whole internet, in two halves",
    created("aws_security_group_rule.g", { type: "ingress", cidr_blocks: ["128.0.0.0/1"] }),
    "cidr_blocks",
  ],
  [
    "a public list",
    updated("aws_s3_bucket_acl.a", { acl: "private" }, { acl: "public-read" }),
    'acl is "public-read"',
  ],
  [
    "the trail off",
    updated("aws_cloudtrail.t", { enable_logging: true }, { enable_logging: false }),
    "enable_logging goes from true to false",
  ],
  [
    "a grant to everybody",
    created("google_storage_bucket_iam_member.m", { member: "allUsers", role: "roles/viewer" }),
    "member",
  ],
  [
    "a policy that is known only after apply",
    updated("aws_iam_policy.p", { policy: POLICY("a:b") }, {}, { after_unknown: { policy: true } }),
    "policy is known only after apply",
  ],
  [
    "a source that is known only after apply",
    created("aws_vpc_security_group_ingress_rule.r", {}, { after_unknown: { cidr_ipv4: true } }),
    "cidr_ipv4 is known only after apply",
  ],
  [
    "sources of a firewall that are known only after apply",
    created("google_compute_firewall.f", {}, { after_unknown: { source_ranges: true } }),
    "source_ranges is known only after apply",
  ],
  [
    "an ingress that comes to be known only after apply",
    updated("aws_security_group.g", { ingress: [] }, {}, { after_unknown: { ingress: true } }),
    "ingress is known only after apply",
  ],
  [
    "an exposure that is known only after apply",
    updated(
      DATABASE,
      { publicly_accessible: false },
      {},
      { after_unknown: { publicly_accessible: true } },
    ),
    "publicly_accessible is known only after apply",
  ],
  [
    "logs that are kept for less long",
    updated("aws_cloudwatch_log_group.g", { retention_in_days: 365 }, { retention_in_days: 1 }),
    "retention_in_days goes from 365 to 1",
  ],
];

describe("X1: what is opened or switched off is not reversible", () => {
  it.each(DANGEROUS)("%s", (_, change, evidence) => {
    const found = onlyChange(change);
    expect(found.consequence).toBe("needs review");
    expect(found.evidence.join("; ")).toContain(evidence);
  });

  it("backups that are kept for no days are gone at once", () => {
    const found = onlyChange(
      updated(DATABASE, { backup_retention_period: 7 }, { backup_retention_period: 0 }),
    );
    expect(found).toMatchObject({
      consequence: "unrecoverable",
      unprotects: "backup_retention_period",
    });
  });

  it.each([
    ["deletion_protection", true, false],
    ["deletion_protection", true, null],
    ["skip_final_snapshot", false, true],
    ["force_destroy", null, true],
    ["deletion_window_in_days", 30, 7],
    ["block_public_acls", true, false],
    ["storage_encrypted", true, false],
    ["enable_key_rotation", true, false],
    ["public_access_prevention", "enforced", "inherited"],
    ["point_in_time_recovery", [{ enabled: true }], []],
    ["versioning", [{ enabled: true }], [{ enabled: false }]],
    ["versioning_configuration", [{ status: "Enabled" }], [{ status: "Suspended" }]],
  ])("%s: from %j to %j switches a protection off", (name, before, after) => {
    for (const type of ["aws_s3_bucket", "acme_thing"]) {
      const found = onlyChange(updated(`${type}.x`, { [name]: before }, { [name]: after }));
      expect(found.unprotects).toContain(name);
      expect(planFloor([found]).impact).not.toBe("change");
    }
    const back = onlyChange(updated("aws_s3_bucket.x", { [name]: after }, { [name]: before }));
    expect(back.unprotects).toBeUndefined();
  });

  it("P1: a protection that is known only after apply counts as off", () => {
    const change = updated(
      DATABASE,
      { deletion_protection: true },
      {},
      { after_unknown: { deletion_protection: true } },
    );
    expect(onlyChange(change)).toMatchObject({ unprotects: "deletion_protection" });
    const snapshot = (marks: Record<string, unknown>) =>
      onlyChange(updated(DATABASE, { skip_final_snapshot: false }, {}, marks));
    const later = snapshot({ after_unknown: { skip_final_snapshot: true } });
    expect(later).toMatchObject({
      unprotects: "skip_final_snapshot",
      consequence: "needs review",
    });
    expect(snapshot({}).unprotects).toBeUndefined();
  });

  it("an update that touches none of it is reversible, and what was open before is no news", () => {
    const open = { cidr_blocks: ["0.0.0.0/0"], acl: "public-read" };
    const change = (type: string) =>
      onlyChange(
        updated(`${type}.x`, { ...open, tags: { a: "1" } }, { ...open, tags: { a: "2" } }),
      );
    expect(change("aws_security_group").consequence).toBe("reversible");
    const near = { type: "ingress", cidr_blocks: ["10.0.0.0/8", "203.0.113.0/24", "fd00::/48"] };
    expect(onlyChange(created("aws_security_group_rule.x", near)).consequence).toBe("reversible");
    const out = { type: "egress", cidr_blocks: ["0.0.0.0/0"] };
    expect(onlyChange(created("aws_security_group_rule.x", out)).consequence).toBe("reversible");
  });

  it("a provisioner needs review whenever its resource is made or destroyed", () => {
    const resource = { address: "terraform_data.x", provisioners: [{ type: "local-exec" }] };
    const module = { resources: [resource] };
    const here = { configuration: { root_module: module } };
    const deep = {
      configuration: {
        root_module: { module_calls: { a: { module: { module_calls: { b: { module } } } } } },
      },
    };
    for (const make of [created, deleted]) {
      expect(onlyChange(make("terraform_data.x"), here).consequence).toBe("needs review");
      const inner = make('module.a["x.y[\\"0\\"]"].module.b[0].terraform_data.x[1]', {});
      const change = {
        ...inner,
        type: "terraform_data",
        provider_name: "terraform.io/builtin/terraform",
      };
      expect(onlyChange(change, deep).consequence).toBe("needs review");
      expect(onlyChange(change, here).consequence).toBe("reversible");
    }
  });

  it("G2: what a provisioner runs is said, or that nobody can pin it", () => {
    const said = (command: object) => {
      const provisioners = [{ type: "local-exec", expressions: { command } }];
      const resources = [{ address: "terraform_data.x", provisioners }];
      const plan = { configuration: { root_module: { resources } } };
      return onlyChange(created("terraform_data.x"), plan).evidence.join();
    };
    expect(said({ constant_value: "sh ./x.sh" })).toContain('runs: command "sh ./x.sh"');
    const unpinned = said({ references: ["local.p", "path.module"] });
    expect(unpinned).toContain("put together from local.p and path.module");
    expect(unpinned).toContain("is not pinned");
    expect(said({})).toContain("put together from other values");
  });

  it("what a provider fills in by itself when something is made is no news", () => {
    for (const name of ["ingress", "security_rule", "managed_policy_arns", "identity", "id"])
      expect(
        onlyChange(created("aws_security_group.g", {}, { after_unknown: { [name]: true } })),
      ).toMatchObject({ consequence: "reversible" });
  });
});

const arbitraryChange = fc.constantFrom(
  ...CASES.map(([, change]) => change),
  ...DANGEROUS.map(([, change]) => change),
  deleted("acme_thing.x"),
  created("aws_subnet.s"),
);

const IMPACTS: readonly Impact[] = ["read", "change", "unknown", "destroy"];
const WAYS: readonly Reversibility[] = ["reversible", "depends", "irreversible"];

describe("X2: consequences join", () => {
  it("more changes never make the answer milder", () => {
    fc.assert(
      fc.property(fc.array(arbitraryChange, { maxLength: 6 }), arbitraryChange, (some, one) => {
        const numbered = [...some, one].map((each, index) => ({
          ...each,
          address: `${each.address}${index}`,
        }));
        const few = changesOf(numbered.slice(0, -1));
        const all = changesOf(numbered);
        const [less, more] = [planFloor(few), planFloor(all)];
        expect(IMPACTS.indexOf(more.impact)).toBeGreaterThanOrEqual(IMPACTS.indexOf(less.impact));
        expect(WAYS.indexOf(more.reversibility)).toBeGreaterThanOrEqual(
          WAYS.indexOf(less.reversibility),
        );
        for (const [index, each] of few.entries()) {
          const now = all[index]?.consequence ?? "reversible";
          expect(stricter(each.consequence, now)).toBe(now);
        }
      }),
      { numRuns: fuzzRuns(2) },
    );
  });

  it("an unknown deletion beside an unrecoverable one leaves both", () => {
    const lost = deleted("aws_s3_bucket.b", { force_destroy: true });
    expect(planFloor(changesOf([lost, deleted("acme_thing.x")]))).toEqual({
      impact: "destroy",
      reversibility: "irreversible",
    });
  });

  it("stricter is an order over all of them", () => {
    for (const one of CONSEQUENCES)
      for (const other of CONSEQUENCES) expect(stricter(one, other)).toBe(stricter(other, one));
  });

  it.each([
    [["delete"], "destroy"],
    [["delete", "create"], "destroy"],
    [["create", "delete"], "destroy"],
    [["forget"], "destroy"],
    [["create"], "change"],
    [["update"], "change"],
  ] as const)("the floor of %j is %s", (actions, impact) => {
    const change = onlyChange(entry("terraform_data.x", actions, { before: {}, after: {} }));
    expect(planFloor([change]).impact).toBe(impact);
  });
});

describe("the tables", () => {
  it("know some hundreds of types; each says what destroying it means, its last case without a condition", () => {
    const rules = Object.values(knownTypes()).flatMap((table) => Object.entries(table));
    expect(rules.length).toBeGreaterThan(300);
    for (const [type, { destroy }] of rules) {
      expect(type).toMatch(/^[a-z0-9_]+$/);
      expect(destroy.at(-1)?.when, type).toBeUndefined();
      for (const { because } of destroy) expect(because).not.toBe("");
    }
  });

  it("what the tables call stateful destroys nothing reversibly", () => {
    for (const table of Object.values(knownTypes()))
      for (const [type, rule] of Object.entries(table))
        if (rule.stateful === true)
          expect(
            rule.destroy.map(({ consequence }) => consequence),
            type,
          ).not.toContain("reversible");
  });
});
