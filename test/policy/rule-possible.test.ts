// Rules that can never match are told of; those that can are left alone.

import { describe, expect, it } from "vitest";
import { DEFAULT_RULES } from "../../src/policy/default-rules.ts";
import type { RuleConditions } from "../../src/policy/rule.ts";
import { impossible } from "../../src/policy/rule-possible.ts";

describe("impossible", () => {
  it.each<[RuleConditions, string, string]>([
    [{ kinds: ["terraform"], arguments: ["-x"] }, "arguments", "leave arguments out"],
    [
      { kinds: ["command"], names: ["git push"] },
      "names.0",
      'names: ["git"] and arguments: ["push"]',
    ],
    [{ kinds: ["command"], names: ["rm", "/usr/bin/rm"] }, "names.1", 'names: ["rm"]'],
    [
      { names: ["git"], arguments: ["push --force"] },
      "arguments.0",
      '2 entries: ["push", "--force"]',
    ],
    [{ kinds: ["kubectl"], actions: ["delet"] }, "actions.0", "did you mean delete?"],
    [{ kinds: ["hcp"], actions: ["destroy"] }, "actions.0", "GET"],
    [{ kinds: ["command"], actions: ["DELETE"] }, "actions.0", "run"],
    [{ kinds: ["command"], classes: ["kubernetes:pods"] }, "classes.0", "kinds: [kubectl]"],
    [{ kinds: ["kubectl"], classes: ["workspaces"] }, "classes.0", "kinds: [hcp]"],
  ])("G1: %j", (rule, path, fix) => {
    const found = impossible(rule);
    expect(found?.path.join(".")).toBe(path);
    expect(found?.fix).toContain(fix);
  });

  it.each<RuleConditions>([
    {},
    { actions: ["delete"] },
    { kinds: ["hcp"], actions: ["Delete", "P*"] },
    { kinds: ["kubectl", "terraform"], classes: ["*", "kubernetes:*", "terraform:aws_*"] },
    { names: ["a/b c"] },
    { kinds: ["kubectl"], actions: ["exec"], arguments: ["rm"] },
    { kinds: ["command"], names: ["bash"], arguments: ["rm -rf *", "-c x"] },
    { kinds: ["command"], names: ["git"], arguments: ["*a -b*"] },
    ...DEFAULT_RULES,
  ])("leaves alone %j", (rule) => {
    expect(impossible(rule)).toBeUndefined();
  });
});
