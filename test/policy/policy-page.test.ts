import { describe, expect, it } from "vitest";
import {
  EXAMPLE_ENVIRONMENTS,
  EXAMPLE_POLICY,
  EXAMPLE_RULES,
  policyPage,
} from "../../src/cli/docs/policy.ts";
import { DEFAULT_RULES } from "../../src/policy/default-rules.ts";
import { POLICY_FIELDS } from "../../src/policy/policy-fields.ts";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import { policyJsonSchema } from "../../src/policy/policy-schema-json.ts";
import { whyDangerous } from "../../src/policy/policy-variables.ts";

describe("docs/policy.md", () => {
  it("has an example that is taken as it stands", () => {
    const part = parsePolicy(EXAMPLE_POLICY, "/p.yaml");
    expect(part.webhooks).toHaveLength(2);
    expect(policyPage()).toContain(`\`\`\`yaml\n${EXAMPLE_POLICY}\n\`\`\``);
  });

  it("has an example for each section that is taken as it stands", () => {
    for (const example of [EXAMPLE_ENVIRONMENTS, EXAMPLE_RULES]) {
      expect(policyPage()).toContain(`\`\`\`yaml\n${example}\n\`\`\``);
      expect(parsePolicy(example, "/p.yaml").rules?.length).toBeGreaterThan(0);
    }
  });

  it("has every built-in rule, each with the environments that it holds in", () => {
    for (const { id, effect, environments = [] } of DEFAULT_RULES)
      expect(policyPage()).toContain(`| \`${id}\` | ${effect} | ${environments.join(", ")} | `);
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

describe("docs/policy.schema.json", () => {
  it("describes every field, and takes no key that the table has not", () => {
    const text = JSON.stringify(policyJsonSchema());
    for (const { what, is } of POLICY_FIELDS)
      expect(text).toContain(JSON.stringify(`${what}; ${is}`).slice(1, -1));
    expect(text).not.toMatch(/undefined/);
  });
});
