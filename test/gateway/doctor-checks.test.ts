// The doctor is worth what its checks find: each is shown a gateway that is wrong.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuditLog } from "../../src/audit/log.ts";
import type { CheckResult } from "../../src/gateway/doctor/check.ts";
import { GROUPS, LAST } from "../../src/gateway/doctor/checks.ts";
import { EXPECTED_TOOLS } from "../../src/gateway/doctor/checks-surface.ts";
import type { Called, Connection } from "../../src/gateway/doctor/connection.ts";
import type { Policy } from "../../src/policy/policy.ts";
import {
  checkOf,
  DONE,
  denied,
  error,
  type FalseStage,
  falseStage,
  result,
  resultsOf,
  rule,
  waiting,
} from "../support/false-gateway.ts";

let yard: FalseStage;
beforeEach(async () => {
  yard = await falseStage();
});
afterEach(() => yard.close());

/** They look at the machine or at the policy, and ask no gateway. */
const ASK_NOTHING = ["which-terraform", "which-kubectl", "protected-namespaces", "built-in-rules"];
const ASKING = GROUPS.map(({ title, checks }) => ({
  title,
  checks: checks.filter(({ id }) => ![...ASK_NOTHING, "plan-ttl", "approval-ttl"].includes(id)),
}));
/** What reads secrets may be run, if they do not come back. */
const STOPPING = ASKING.filter(({ title }) => title !== "secrets");

const idsOf = (results: readonly CheckResult[], verdict: CheckResult["verdict"]) =>
  results.filter((each) => each.verdict === verdict).map(({ id }) => id);

const run = (id: string, answer: Called | ((tool: string) => Called), more = {}) =>
  checkOf([...GROUPS, ...LAST], id).run(
    yard.stage(typeof answer === "function" ? answer : () => answer, more),
  );

describe("the table of checks", () => {
  const all = [...GROUPS, ...LAST].flatMap(({ checks }) => checks);

  it("has ids of their own, and names that fit into a row", () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ name }) => name.length > 44)).toEqual([]);
  });
});

describe("no check passes a gateway", () => {
  it("K1: that lets everything through", async () => {
    expect(
      idsOf(
        await resultsOf(
          STOPPING,
          yard.stage(() => DONE),
        ),
        "passed",
      ),
    ).toEqual([]);
  });

  it("K1: that stops everything, by a rule that has nothing to do with it", async () => {
    const results = await resultsOf(
      STOPPING,
      yard.stage(() => denied("another-rule")),
    );
    expect(idsOf(results, "passed")).toEqual([]);
  });

  it.each([
    ["fails at everything", error("defect")],
    ["trusts none of its stores", result({ reason: "store-refused" })],
    ["refuses without a reason", result({})],
    ["cannot be reached", { isError: true, text: "closed", refused: "closed" }],
    ["answers in a schema of its own", { isError: true, text: "denied" }],
    [
      "carries out and fails",
      result({ status: "failed", execution: { outcome: "failed_no_effect" } }),
    ],
    ["does not know what it did", result({ status: "unknown" })],
  ])("K1: that %s", async (_, answer) => {
    const results = await resultsOf(
      STOPPING,
      yard.stage(() => answer as Called),
    );
    expect(idsOf(results, "passed")).toEqual([]);
  });

  it("K3: and none breaks with one that throws", async () => {
    const answer = () => {
      throw new Error("the pipe is gone");
    };
    const results = await resultsOf(STOPPING, yard.stage(answer));
    expect(idsOf(results, "passed")).toEqual([]);
    expect(results.find(({ id }) => id === "exec")?.text).toContain("the pipe is gone");
  });
});

describe("the rule that fired (E1)", () => {
  it.each([
    ["exec", waiting(rule("kubectl-exec")), "passed"],
    ["exec", waiting(rule("another-rule")), "failed"],
    ["exec", waiting(), "failed"],
    ["exec-protected", denied("protected-exec"), "passed"],
    ["exec-protected", waiting(rule("protected-exec")), "failed"],
    ["exec-protected", denied("kubectl-exec"), "failed"],
    ["delete-namespace", waiting(rule("delete-cluster-wide")), "passed"],
    ["delete-namespace", waiting(rule("kubectl-exec")), "failed"],
    ["apply-protected", waiting(rule("protected-namespaces")), "passed"],
    ["apply-protected", waiting(rule("prod-changes")), "failed"],
    ["scale-to-zero", waiting(rule("scale-to-zero")), "passed"],
    ["scale-to-zero", error("invalid-input"), "failed"],
    ["rm-root", denied("recursive-rm-root"), "passed"],
    ["rm-root", denied("become-another-user"), "failed"],
    ["rm-root", waiting(), "failed"],
    ["curl-sh", denied("download-into-shell"), "passed"],
    ["curl-sh", denied("recursive-rm-root"), "failed"],
    ["sudo-i", denied("become-another-user"), "passed"],
    ["chmod-777", waiting(rule("world-writable")), "failed"],
    ["shell-unknown", waiting(), "passed"],
    ["shell-unknown", result({ reason: "executing" }), "failed"],
    ["hcp-delete", waiting(), "passed"],
  ])("E1: %s, row %#", async (id, answer, verdict) => {
    expect((await run(id, answer as Called)).verdict).toBe(verdict);
  });

  it("E1: in prod a destroy plan is denied by its own rule, and not for want of a yes", async () => {
    const prod = { environment: "prod" as const };
    expect((await run("destroy-plan", denied("prod-destroy-plan"), prod)).verdict).toBe("passed");
    expect((await run("destroy-plan", waiting(), prod)).verdict).toBe("failed");
    expect(
      (await run("delete-namespace", waiting(rule("delete-cluster-wide")), prod)).verdict,
    ).toBe("failed");
  });

  it("E2: one of a file that is stricter passes, and is named", async () => {
    const own = "/etc/holdfast/policy.yaml:12";
    for (const id of ["exec", "scale-to-zero", "shell-unknown", "rm-root"]) {
      const verdict = await run(id, denied("no-agents", own));
      expect(verdict).toMatchObject({ verdict: "passed", rule: { id: "no-agents", where: own } });
    }
    expect((await run("shell-unknown", result({ reason: "agent-denied" }))).verdict).toBe("passed");
  });
});

describe("what could not run (K2)", () => {
  it.each([
    ["exec", "no-kubectl"],
    ["delete-shape", "no-kubectl"],
    ["apply-unknown-plan", "no-terraform"],
    ["destroy-plan", "no-terraform"],
    ["approval-bound", "no-terraform"],
    ["environment-terraform", "no-terraform"],
  ])("%s says so where there is %s", async (id, code) => {
    const verdict = await run(id, error(code, `there is ${code}`));
    expect(verdict).toMatchObject({ verdict: "could not run" });
    expect(verdict.text).toContain(code);
  });

  it("says so where policy asks for more approvers than a rehearsal can have", async () => {
    const { policy } = yard.place;
    const strict: Policy = { ...policy, approvals: { ...policy.approvals, approvers: 2 } };
    const verdict = await run("shell-unknown", result({ reason: "store-refused" }), {
      policy: strict,
    });
    expect(verdict.verdict).toBe("could not run");
    expect(verdict.text).toContain("2 approvers");
  });

  it("names a program that is not there", async () => {
    const place = { ...yard.place, env: { ...yard.place.env, PATH: "/nowhere" } };
    for (const id of ["which-terraform", "which-kubectl"])
      expect(await run(id, DONE, { place })).toMatchObject({ verdict: "could not run" });
  });
});

describe("what a gateway offers", () => {
  const offering = (...names: readonly string[]) => {
    const stage = yard.stage(() => DONE);
    const gateway: Connection = {
      ...stage.gateway,
      tools: async () => names.map((name) => ({ name, inputSchema: {} })),
    };
    return checkOf(GROUPS, "tools").run({ ...stage, gateway });
  };

  it("is exactly what is known", async () => {
    expect((await offering(...EXPECTED_TOOLS)).verdict).toBe("passed");
    expect((await offering(...EXPECTED_TOOLS, "gateway_approve")).verdict).toBe("failed");
    expect((await offering(...EXPECTED_TOOLS.slice(1))).verdict).toBe("failed");
  });

  it("takes no tool for absent that is refused for its input", async () => {
    const refused = { isError: true, text: "", refused: "Input validation error" };
    expect((await run("no-approving-tool", refused)).verdict).toBe("failed");
  });

  it("takes no schema for one that refuses another field", async () => {
    expect((await run("scale-schema", error("invalid-input", "name: needed"))).verdict).toBe(
      "failed",
    );
  });
});

describe("the policy", () => {
  const under = (id: string, change: (policy: Policy) => Partial<Policy>) =>
    run(id, DONE, { policy: { ...yard.place.policy, ...change(yard.place.policy) } });
  const inDev = (rules: Partial<Policy["environments"]["dev"]>) => (policy: Policy) => ({
    environments: { ...policy.environments, dev: { ...policy.environments.dev, ...rules } },
  });

  it("passes as it is built in", async () => {
    for (const id of ["protected-namespaces", "built-in-rules", "plan-ttl", "approval-ttl"])
      expect((await under(id, () => ({}))).verdict).toBe("passed");
  });

  it.each([
    ["protected-namespaces", inDev({ protectedNamespaces: [] })],
    ["protected-namespaces", inDev({ protectedNamespaces: ["shop"] })],
    ["protected-namespaces", () => ({ rules: [] })],
    [
      "built-in-rules",
      ({ rules }: Policy) => ({ rules: rules.filter(({ id }) => id !== "recursive-rm-root") }),
    ],
    [
      "built-in-rules",
      ({ rules }: Policy) => ({
        rules: rules.map((each) => ({ ...each, effect: "ask" as const })),
      }),
    ],
    ["plan-ttl", inDev({ planMs: 3 * 60 * 60_000 })],
  ])("%s fails where it is loosened", async (id, change) => {
    expect((await under(id, change)).verdict).toBe("failed");
  });

  it("fails where a request ends too late, or never", async () => {
    const ending = (expiresAt: string) =>
      run(
        "request-ends",
        result({
          ...{ status: "waiting", reason: "no-session" },
          request: { id: "AAAA", status: "pending", expiresAt },
        }),
      );
    const days = (count: number) => new Date(Date.now() + count * 24 * 60 * 60_000).toISOString();
    expect((await ending(days(0.5))).verdict).toBe("passed");
    expect((await ending(days(2))).verdict).toBe("failed");
    expect((await run("request-ends", waiting())).verdict).toBe("failed");
  });
});

describe("secrets", () => {
  const saying = (id: string, text: string) => {
    const stage = yard.stage(() => DONE);
    const gateway = { ...stage.gateway, pid: process.pid, heard: () => text };
    return checkOf([...GROUPS, ...LAST], id).run({ ...stage, gateway });
  };

  it.each(["environment-shell", "environment-gateway", "environment-terraform", "secrets-nowhere"])(
    "%s finds one that came back, however it is written",
    async (id) => {
      const [{ name, value } = { name: "", value: "" }] = yard.place.planted;
      expect((await saying(id, "nothing")).verdict).toBe("passed");
      for (const form of [
        value,
        Buffer.from(value).toString("hex"),
        Buffer.from(`A=${value}\0B=`).toString("base64"),
        [...value].reverse().join(""),
      ])
        expect(await saying(id, `{"text":"${form}"}`)).toMatchObject({
          verdict: "failed",
          text: expect.stringContaining(name),
        });
    },
  );

  it("secrets-nowhere finds one that was kept", async () => {
    const { scratch, planted } = yard.place;
    mkdirSync(join(scratch.configDirectory, "audit"), { mode: 0o700 });
    writeFileSync(join(scratch.configDirectory, "audit", "x"), `a ${planted[1]?.value} b`);
    expect((await saying("secrets-nowhere", "nothing")).verdict).toBe("failed");
  });
});

describe("afterwards", () => {
  it("finds what was sent without a yes", async () => {
    const at = (...received: readonly string[]) =>
      run("nothing-sent", DONE, { place: { ...yard.place, received } });
    expect((await at("GET /api")).verdict).toBe("passed");
    expect((await at("GET /api", "DELETE /api/v2/workspaces/ws-1")).verdict).toBe("failed");
  });

  it("finds a record that is missing, or was changed", async () => {
    expect((await run("audit", DONE)).verdict).toBe("failed");
    const directory = join(yard.place.scratch.configDirectory, "audit");
    const log = openAuditLog(directory, { now: Date.now, redact: (text) => text });
    for (const operation of ["one", "two"])
      log.append({
        ...{ event: "decided", class: "commands", digest: "x", operation, target: "localhost" },
        ...{ effect: "deny", reason: "no-session", items: 1, by: "me" },
      });
    log.close();
    expect((await run("audit", DONE)).verdict).toBe("passed");
    const file = join(directory, "log.jsonl");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"one"', '"uno"'));
    expect((await run("audit", DONE)).verdict).toBe("failed");
    writeFileSync(file, text);
    appendFileSync(file, "{}\n");
    expect((await run("audit", DONE)).verdict).toBe("failed");
  });
});
