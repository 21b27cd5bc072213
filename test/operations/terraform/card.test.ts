import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardText } from "../../../src/gate/prompt.ts";
import { describeTerraform } from "../../../src/operations/terraform/card.ts";
import type { Card } from "../../../src/policy/card.ts";
import type { PlannedChange } from "../../../src/policy/planned-change.ts";
import { fuzzRuns } from "../../support/fuzz-runs.ts";
import { applying, changesOf, created, deleted, entry, updated } from "./plans.ts";

const of = (card: Card, label: string): string[] =>
  card.rows.filter((row) => row.label === label).map(({ text }) => text);

const whole = (card: Card, label: string): string =>
  of(card, label)
    .map((text) => text.replace(/^\(goes on\) /, ""))
    .join("");

const MIXED = changesOf([
  created("aws_subnet.a"),
  created("aws_subnet.b"),
  entry("aws_vpc.new", ["no-op"], { before: {}, after: {} }, { previous_address: "aws_vpc.old" }),
  deleted("aws_iam_role.r"),
  entry("aws_vpc.f", ["forget"], { before: {} }),
  deleted("aws_s3_bucket.b", { force_destroy: true }),
  updated("aws_db_instance.d", { deletion_protection: true }, { deletion_protection: false }),
  entry("aws_ebs_volume.v", ["create", "delete"], { before: { final_snapshot: true }, after: {} }),
]);

describe("T1: the card of an application", () => {
  const card = describeTerraform(applying(MIXED, {}, ["2 outputs will change"]));

  it("asks with the numbers and the place, and says where, with what and what it does by type", () => {
    expect(card.question).toBe(
      "Apply plan K7QF2M: destroy 2, replace 1, forget 1, change 1, create 2, move 1 in payments (prod)?",
    );
    expect(of(card, "environment")).toEqual(["prod"]);
    expect(of(card, "in")).toEqual(["/srv/payments"]);
    expect(of(card, "workspace")).toEqual(["default"]);
    expect(of(card, "runs")).toEqual(["/usr/bin/terraform"]);
    expect(of(card, "passes")).toEqual(["HOME"]);
    expect(of(card, "does")[0]).toBe("destroy 1 aws_s3_bucket, 1 aws_iam_role");
    expect(of(card, "file")).toEqual(["/usr/bin/terraform", "main.tf"]);
    expect(of(card, "note")).toEqual(["2 outputs will change"]);
    expect(whole(card, "worst")).toMatch(/^unrecoverable 1, needs review 1, recoverable from/);
    expect(card.truncated).toBeUndefined();
  });

  it("T2: each grave change whole: destruction first, what holds data first, the worst first", () => {
    const labels = card.rows
      .filter(({ label }) => /^(?:destroy|replace|forget|change|create|move)$/.test(label))
      .map(({ label, text }) => `${label} ${text}`);
    expect(labels).toEqual([
      "destroy aws_s3_bucket.b (aws_s3_bucket: holds data)",
      "replace aws_ebs_volume.v (aws_ebs_volume: holds data)",
      "destroy aws_iam_role.r",
      "forget aws_vpc.f",
      "change aws_db_instance.d (aws_db_instance: holds data)",
      "create 2 aws_subnet",
      "create aws_subnet.a",
      "create aws_subnet.b",
      "move 1 aws_vpc",
      "move aws_vpc.old -> aws_vpc.new",
    ]);
    expect(of(card, "because")).toContain("force_destroy is true");
    expect(of(card, "unprotects")).toEqual(["deletion_protection"]);
  });

  it("nothing of who asked is on it: not even the title", () => {
    expect(JSON.stringify(card)).not.toContain("Restart the cache");
  });

  it("a run in HCP Terraform is named", () => {
    const base = applying(MIXED);
    const cloud = { hostname: "app.terraform.io", organization: "acme", run: "run-1" };
    const { plan } = base.terraform;
    if (plan === undefined) throw new Error("there is one");
    const shown = describeTerraform(applying(MIXED, { plan: { ...plan, cloud } }));
    expect(of(shown, "run")).toEqual(["app.terraform.io acme run-1"]);
  });
});

describe("T2: what does not fit", () => {
  const many = (count: number, make: (index: number) => Record<string, unknown>) =>
    changesOf(Array.from({ length: count }, (_, index) => make(index)));

  it("of destruction cannot be approved", () => {
    const card = describeTerraform(applying(many(300, (n) => deleted(`aws_iam_role.role_${n}`))));
    expect(card.truncated).toBe(true);
    expect(whole(card, "cut")).toMatch(/^\(\d+ more rows do not fit on a card\)$/);
    expect(card.question).toContain("destroy 300");
  });

  it("of what can be made again goes without evidence; what holds data never does", () => {
    const roles = many(120, (n) => deleted(`aws_iam_role.role_${n}`));
    const card = describeTerraform(applying([...roles, ...MIXED]));
    expect(card.truncated).toBeUndefined();
    expect(of(card, "destroy")).toContain("aws_iam_role.role_119: recoverable with effort");
    expect(of(card, "because")).toContain("force_destroy is true");
  });

  it("of what is made is summed up by type", () => {
    const card = describeTerraform(applying(many(500, (n) => created(`aws_subnet.subnet_${n}`))));
    expect(card.truncated).toBeUndefined();
    expect(of(card, "create")).toEqual(["500 aws_subnet (too many to name here)"]);
  });

  it("many mild changes hide no grave one", () => {
    const changes = [...many(500, (n) => created(`aws_subnet.subnet_${n}`)), ...MIXED];
    const card = describeTerraform(applying(changes));
    expect(of(card, "destroy")).toHaveLength(2);
    expect(card.rows.findIndex(({ label }) => label === "destroy")).toBeLessThan(
      card.rows.findIndex(({ label }) => label === "create"),
    );
  });

  it("without its plan it cannot be approved", () => {
    const { plan: _, ...terraform } = applying([]).terraform;
    const card = describeTerraform({ ...applying([]), terraform });
    expect(card.truncated).toBe(true);
    expect(card.unknown).toHaveLength(1);
  });
});

describe("T3: what must be typed", () => {
  const typed = (changes: readonly PlannedChange[], workspace = "default") =>
    describeTerraform(applying(changes, { workspace })).typedName;

  it("the workspace's name, or the directory's, for what holds data or cannot be got back", () => {
    const bucket = changesOf([deleted("aws_s3_bucket.b", { force_destroy: false })]);
    expect(typed(bucket)).toBe("payments");
    expect(typed(bucket, "live")).toBe("live");
    expect(typed(changesOf([deleted("aws_cloudtrail.t")]))).toBe("payments");
    expect(typed(changesOf([deleted("acme_database.d")]))).toBe("payments");
  });

  it("nothing for the rest", () => {
    expect(
      typed(changesOf([deleted("aws_iam_role.r"), created("aws_s3_bucket.b")])),
    ).toBeUndefined();
    expect(typed([])).toBeUndefined();
  });
});

describe("the card of a plan", () => {
  const options = {
    destroy: true,
    refreshOnly: false,
    targets: ["aws_vpc.v"],
    replace: ["aws_subnet.s"],
    variables: { region: "4".repeat(64) },
  };

  it("says what is asked for, and that programs run meanwhile", () => {
    const { plan: _, ...terraform } = applying([]).terraform;
    const card = describeTerraform({
      ...applying([]),
      terraform: { ...terraform, action: "plan", options },
    });
    expect(card.question).toBe("Make a plan to destroy everything in payments (prod)?");
    expect(of(card, "mode")).toEqual(["destroy everything"]);
    expect(of(card, "only")).toEqual(["aws_vpc.v"]);
    expect(of(card, "anew")).toEqual(["aws_subnet.s"]);
    expect(of(card, "variables")).toEqual(["region"]);
    expect(card.unknown.join()).toContain("providers and external data");
    expect(card.truncated).toBeUndefined();
  });
});

describe("nothing in a name looks like anything else", () => {
  it("on a terminal, whatever is in an address, an attribute or a directory", () => {
    const nasty = fc.string({ unit: "grapheme", maxLength: 300 });
    fc.assert(
      fc.property(nasty, nasty, (one, other) => {
        const changes: readonly PlannedChange[] = [
          {
            address: `a_b.c["${one}"]`,
            type: other,
            action: "delete",
            consequence: "needs review",
            evidence: [one, `x is ${JSON.stringify(other)}`],
            unprotects: one,
          },
          { address: other, type: one, action: "create", consequence: "reversible", evidence: [] },
        ];
        const card = describeTerraform(
          applying(changes, { directory: `/srv/${one}`, workspace: other }, [one]),
        );
        const shown = cardText(card, 80);
        expect(shown).toMatch(/^[\P{C}\n]*$/u);
        expect(shown).not.toMatch(/more characters\)$/mu);
        for (const { text } of card.rows) expect(text).not.toMatch(/ {2}/);
      }),
      { numRuns: fuzzRuns(2) },
    );
  });
});
