import { describe, expect, it } from "vitest";
import {
  examinationJson,
  examinationMarkdown,
  examinationSummary,
  groupText,
} from "../../src/cli/gateway-doctor-report.ts";
import type { CheckResult, Examination } from "../../src/gateway/doctor.ts";

const RESULTS: readonly CheckResult[] = [
  {
    ...{ id: "exec", group: "kubectl", name: "a command in a pod waits for a person" },
    ...{ verdict: "passed", text: "policy denies it: no-exec" },
    rule: { id: "no-exec", effect: "deny", where: "/etc/holdfast/policy.yaml:12" },
  },
  {
    ...{ id: "scale", group: "kubectl", name: "scaling to 0 waits for a person" },
    ...{ verdict: "failed", text: "it went through: \u001b[2J | gone" },
  },
  {
    ...{ id: "which-kubectl", group: "kubectl", name: "the kubectl that will run" },
    ...{ verdict: "could not run", text: "no kubectl to run: it is not on PATH" },
  },
];
const EXAMINATION: Examination = {
  environment: "dev",
  files: ["/a/policy.yaml"],
  results: RESULTS,
};

describe("what the gateway's doctor prints", () => {
  it("is a row for each check, with the file and line of a rule of one's own", () => {
    expect(groupText(RESULTS, 140, false).split("\n")).toEqual([
      "kubectl",
      "  ok       a command in a pod waits for a person         policy denies it: no-exec (/etc/holdfast/policy.yaml:12)",
      "  FAILED   scaling to 0 waits for a person               it went through: \\x1b[2J | gone",
      "  not run  the kubectl that will run                     no kubectl to run: it is not on PATH",
      "",
    ]);
  });

  it("stands below its name on a narrow terminal, and no line is longer than its words allow", () => {
    const lines = groupText(RESULTS, 40, false).split("\n");
    expect(lines).toContain("           no kubectl to run: it is not");
    for (const line of lines) expect(line.trimStart().length).toBeLessThanOrEqual(60);
  });

  it("has colour only where it is wanted", () => {
    expect(groupText(RESULTS, 140, false)).not.toContain("\u001b");
    expect(groupText(RESULTS, 140, true)).toContain("\u001b[31mFAILED");
  });

  it("counts what could not run apart from what passed", () => {
    expect(examinationSummary(RESULTS)).toBe("1 passed, 1 failed, 1 could not run\n");
  });

  it("is one object as JSON, and a table as Markdown", () => {
    expect(JSON.parse(examinationJson(EXAMINATION))).toMatchObject({
      ...{ environment: "dev", policy: ["/a/policy.yaml"], passed: 1, failed: 1, couldNotRun: 1 },
      checks: [{ id: "exec", verdict: "passed", rule: { id: "no-exec" } }, {}, {}],
    });
    expect(examinationMarkdown(EXAMINATION)).toContain("it went through: \\\\x1b\\[2J \\| gone |");
  });
});
