import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPolicy } from "../../src/gate/policy-source.ts";
import { rehearse, requireRehearsal } from "../../src/gate/rehearsal.ts";
import { ENVIRONMENTS } from "../../src/policy/environment.ts";

const place = realpathSync(mkdtempSync(join(tmpdir(), "hf-")));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const TEXT = `version: 1
approvals:
  store: { postgres: "postgres://agent@db.invalid/holdfast", password_file: ${place}/password }
  approvers: 2
  wait_for_answer: 1h
  webhooks: [{ url: "https://hooks.invalid/x", secret_file: ${place}/secret }]
irreversible: [vars]
environments:
  dev:
    changes: ask
    plan_ttl: 10m
    pass: [AWS_PROFILE]
    protected: { namespaces: [payments] }
    terraform: { roots: [/srv/infra] }
    kubernetes: { kubeconfig: /srv/kubeconfig, context: ours, namespaces: [shop] }
    shell: { roots: [/srv] }
rules:
  - { id: no-iam, effect: deny, classes: ["terraform:aws_iam_*"] }
`;

async function policies() {
  const configDirectory = join(place, "real");
  mkdirSync(configDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(join(configDirectory, "policy.yaml"), TEXT, { mode: 0o600 });
  const places = { configDirectory, systemFile: join(place, "none") };
  const real = await readPolicy(places);
  return { real, rehearsed: rehearse(real, "/scratch") };
}

describe("a rehearsed policy", () => {
  it("H1: has every rule, floor, name, time and number as it was", async () => {
    const { real, rehearsed } = await policies();
    const { approvals, environments, digest, ...same } = rehearsed;
    expect(same).toEqual(
      (({ approvals: _, environments: __, digest: ___, ...rest }) => rest)(real),
    );
    expect(approvals).toEqual({ ...real.approvals, store: { kind: "sqlite" }, webhooks: [] });
    for (const each of ENVIRONMENTS) {
      const { terraform, shell, kubernetes } = real.environments[each];
      expect(environments[each]).toEqual({
        ...real.environments[each],
        terraform: { ...terraform, roots: ["/scratch"] },
        shell: { ...shell, roots: ["/scratch"] },
        kubernetes: {
          ...kubernetes,
          kubeconfig: "/scratch/kubeconfig",
          context: kubernetes.context ?? "rehearsal",
        },
      });
    }
  });

  it("H1: is read from the rehearsal's own copy, and rehearsed", async () => {
    const directory = join(place, "copy");
    mkdirSync(join(directory, "config"), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, "policy.yaml"), TEXT, { mode: 0o600 });
    const policy = await readPolicy({
      configDirectory: join(directory, "config"),
      systemFile: join(place, "none"),
      rehearsal: directory,
    });
    expect(policy.rules.some(({ id }) => id === "no-iam")).toBe(true);
    expect(policy.approvals.store).toEqual({ kind: "sqlite" });
  });

  it("H2: has a digest of its own, in each directory", async () => {
    const { real, rehearsed } = await policies();
    const digests = [real, rehearsed, rehearse(real, "/other")].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
  });
});

describe("where a rehearsal may be", () => {
  const directory = join(place, "rehearsal");
  mkdirSync(join(directory, "config"), { recursive: true, mode: 0o700 });
  const config = join(directory, "config");

  it("H3: is a private directory with its own configuration", () => {
    expect(() => requireRehearsal(directory, config)).not.toThrow();
  });

  it.each([
    ["another configuration directory", () => requireRehearsal(directory, join(place, "real"))],
    ["one that is not there", () => requireRehearsal("/nowhere", "/nowhere/config")],
    [
      "one that others may enter",
      () => {
        chmodSync(directory, 0o755);
        requireRehearsal(directory, config);
      },
    ],
  ])("H3: is not %s", (_, run) => {
    expect(run).toThrow(expect.objectContaining({ code: "no-rehearsal", exitCode: 1 }));
  });
});
