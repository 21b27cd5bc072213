// The doctor as it ships: it tries a real gateway under a policy of people's own, and leaves no trace.

import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../support/hook-receiver.ts";
import { eventually } from "../support/scripts.ts";
import { type Finished, finished, type Stage, setStage } from "../support/stage.ts";
import { HAS_TERRAFORM } from "../support/terraform-yard.ts";
import { hasKubectl } from "../support/kubernetes.ts";

/** Every run is some seventy short processes, and the machine may be busy. */
const PATIENCE_MS = 180_000;

let stage: Stage;
let receiver: Receiver;
let tmp: string;
let env: Record<string, string>;
beforeAll(async () => {
  stage = await setStage();
  receiver = await startReceiver();
  tmp = join(stage.directory, "tmp");
  mkdirSync(tmp);
  env = { ...stage.env, TMPDIR: tmp };
});
afterAll(async () => {
  await receiver.close();
  await stage.close();
});

interface Report {
  readonly environment: string;
  readonly policy: readonly string[];
  readonly passed: number;
  readonly failed: number;
  readonly couldNotRun: number;
  readonly checks: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly text: string;
    readonly rule?: { readonly id: string; readonly where: string };
  }[];
}

const doctor = (...words: readonly string[]) => stage.run(["gateway", "doctor", ...words], { env });

const reportOf = ({ stdout }: Finished) => JSON.parse(stdout) as Report;

/** What has not passed, with why. */
const notPassed = ({ checks }: Report) =>
  checks.filter(({ verdict }) => verdict !== "passed").map(({ id, text }) => `${id}: ${text}`);

/** Every path below, with all that there is to it. */
function listing(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return Object.fromEntries(
    entries.map((each) => {
      const path = join(each.parentPath, each.name);
      const { mode, mtimeMs } = statSync(path);
      const content = each.isFile()
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : each.isSymbolicLink()
          ? readlinkSync(path)
          : "";
      return [path, `${mode} ${each.isFile() ? mtimeMs : ""} ${content}`];
    }),
  );
}

const isWhole = HAS_TERRAFORM && hasKubectl();

describe.skipIf(!isWhole)("the doctor of the gateway (needs terraform and kubectl)", () => {
  it(
    "B1: passes the built-in policy in dev and staging, and shows it on any terminal",
    async () => {
      const [dev, staging] = await Promise.all([
        doctor("-e", "dev"),
        doctor("-e", "staging", "--json"),
      ]);
      expect(dev.stdout).toMatch(/^(6\d|[7-9]\d) passed, 0 failed, 0 could not run$/m);
      expect(dev).toMatchObject({ code: 0, stderr: "" });
      expect(dev.stdout).not.toContain("\u001b");
      expect(notPassed(reportOf(staging))).toEqual([]);
      expect(staging.code).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    "B2: passes a stricter policy in prod, names its rules, and leaves everything as it was",
    async () => {
      const config = env.HOLDFAST_CONFIG_DIR ?? "";
      mkdirSync(config, { recursive: true, mode: 0o700 });
      const secret = join(stage.directory, "secret");
      writeFileSync(secret, "a key", { mode: 0o600 });
      const own = join(config, "policy.yaml");
      writeFileSync(
        own,
        [
          "version: 1",
          "approvals:",
          `  store: { postgres: "postgres://agent@127.0.0.1:1/holdfast" }`,
          `  webhooks: [{ url: "${receiver.url}", secret_file: ${secret} }]`,
          "environments:",
          "  prod:",
          "    kubernetes: { kubeconfig: /nowhere/kubeconfig, context: production }",
          "    terraform: { roots: [/srv/infra] }",
          "",
        ].join("\n"),
        { mode: 0o600 },
      );
      const extra = join(stage.directory, "extra.yaml");
      writeFileSync(
        extra,
        [
          "version: 1",
          "rules:",
          "  - id: no-exec",
          "    effect: deny",
          "    kinds: [kubectl]",
          "    actions: [exec]",
          "",
        ].join("\n"),
        { mode: 0o600 },
      );
      const before = listing(stage.directory);
      const ran = await doctor("-e", "prod", "--policy", extra, "--json");
      const report = reportOf(ran);
      expect(notPassed(report)).toEqual([]);
      expect(report).toMatchObject({ environment: "prod", policy: [own, extra], failed: 0 });
      const found = (id: string) => report.checks.find((each) => each.id === id)?.rule;
      expect(found("exec")).toMatchObject({ id: "no-exec", where: `${extra}:3` });
      expect(found("destroy-plan")).toMatchObject({ id: "prod-destroy-plan", where: "built in" });
      expect(listing(stage.directory)).toEqual(before);
      expect(receiver.got).toEqual([]);
      expect(stage.api.requests ?? []).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe("a doctor that cannot do its work", () => {
  it(
    "K2: does not pass what it could not try, and names what is missing",
    async () => {
      const bin = join(stage.directory, "bin");
      mkdirSync(bin);
      const { code, stdout } = await stage.run(["gateway", "doctor", "-e", "dev", "--json"], {
        env: { ...env, PATH: bin, HOLDFAST_CONFIG_DIR: join(stage.directory, "none") },
      });
      const { failed, couldNotRun, checks } = JSON.parse(stdout) as Report;
      expect(code).toBe(1);
      expect(couldNotRun).toBeGreaterThan(10);
      const text = (id: string) => checks.find((each) => each.id === id)?.text;
      expect(text("which-terraform")).toContain("no terraform");
      expect(text("which-kubectl")).toContain("no kubectl");
      expect(failed).toBe(0);
      expect(readdirSync(tmp)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it.each([
    [["-e", "production"], /did you mean prod/],
    [[], /which environment/],
    [["-e", "dev", "--policy", "not-there.yaml"], /not-there.yaml/],
  ])("ends with 1 for %j", async (words, says) => {
    const { code, stdout, stderr } = await doctor(...words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(says);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it("asks for trust where the policy lies, not where its copy does", async () => {
    const config = join(stage.directory, "open");
    mkdirSync(config, { mode: 0o700 });
    writeFileSync(join(config, "policy.yaml"), "version: 1\n");
    chmodSync(join(config, "policy.yaml"), 0o666);
    const { code, stderr } = await stage.run(["gateway", "doctor", "-e", "dev"], {
      env: { ...env, HOLDFAST_CONFIG_DIR: config },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("can be changed by other users");
  });

  it("does not try from under an agent, which has stores of its own", async () => {
    const child = stage.start(["gateway", "doctor", "-e", "dev"], {
      env: { ...env, CLAUDECODE: "1" },
    });
    const { code, stderr } = await finished(child);
    expect(code).toBe(1);
    expect(stderr).toContain("run it from a terminal of your own");
  });

  it("B2: goes without a trace when it is interrupted", async () => {
    const child = stage.start(["gateway", "doctor", "-e", "dev"], { env });
    const ended = finished(child);
    const [name = ""] = await eventually("a place", () =>
      readdirSync(tmp).length === 1 ? readdirSync(tmp) : undefined,
    );
    await eventually("a decision", () =>
      existsSync(join(tmp, name, "config", "audit")) ? true : undefined,
    );
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    if (child.exitCode === null) await once(child, "exit");
    expect(readdirSync(tmp)).toEqual([]);
  });
});
