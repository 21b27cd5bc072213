import { describe, expect, it } from "vitest";
import { EXAMPLE_POLICY, policyPage } from "../../src/cli/docs/policy.ts";
import { POLICY_FIELDS } from "../../src/policy/policy-fields.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import { whyDangerous } from "../../src/policy/policy-variables.ts";

describe("docs/policy.md", () => {
  it("has an example that is taken as it stands", () => {
    const part = parsePolicy(EXAMPLE_POLICY, "/p.yaml");
    expect(part.webhooks).toHaveLength(2);
    expect(policyPage()).toContain(`\`\`\`yaml\n${EXAMPLE_POLICY}\n\`\`\``);
  });

  it("has every field, each with what it must be", () => {
    for (const { path } of POLICY_FIELDS) expect(policyPage()).toContain(`| \`${path}\` | `);
    expect(policyPage()).not.toMatch(/undefined|\[object/);
  });

  it("names the variables that are passed to no command", () => {
    for (const name of ["LD_*", "NODE_*", "HOLDFAST_*"]) {
      expect(policyPage()).toContain(`\`${name}\``);
      expect(whyDangerous(name.replace("*", "ANY"))).toBeDefined();
    }
    for (const name of ["AWS_PROFILE", "KUBECONFIG", "HOME", "TF_VAR_x", "LDAP_URL"])
      expect(whyDangerous(name)).toBeUndefined();
  });
});
