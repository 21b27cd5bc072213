import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeCommand } from "../../../src/operations/command/card.ts";
import { approvability } from "../../../src/policy/approvable.ts";
import { entryFor, makeYard, SYSTEM_PATH, type Yard } from "../../support/command-yard.ts";

let yard: Yard;
beforeEach(() => {
  yard = makeYard();
});
afterEach(() => yard.close());

/** Programs that this machine may not have: the name alone decides. */
function install(...names: string[]): { env: Record<string, string> } {
  mkdirSync(yard.path("bin"), { recursive: true });
  for (const name of names) execFileSync("cp", ["/usr/bin/true", yard.path(`bin/${name}`)]);
  return { env: { PATH: `${yard.path("bin")}:${SYSTEM_PATH}` } };
}

describe("F1: a file that is swapped makes it another command", () => {
  it.each<[string, string]>([
    ["make -C infra all", "infra/Makefile"],
    ["make -Cinfra all", "infra/Makefile"],
    ["make --directory=infra all", "infra/Makefile"],
    ["make -C . -C infra -f rules.mk", "infra/rules.mk"],
    ["terraform -chdir=infra apply tf.plan", "infra/tf.plan"],
    ["terraform -chdir=infra apply", "infra/main.tf"],
    ["terraform apply -auto-approve", "main.tf"],
    ["terraform apply -auto-approve", "main.tf.json"],
    ["terraform destroy -auto-approve", "terraform.tfvars"],
    ["terraform destroy -auto-approve", ".terraform/environment"],
    ["terraform destroy -auto-approve", ".terraform/terraform.tfstate"],
    ["terraform_1.5.7 destroy -var-file=x.json", "x.json"],
    ["pulumi destroy --yes", "Pulumi.prod.yaml"],
    ["npm --prefix infra run x", "infra/package.json"],
    ["docker compose --project-directory infra up", "infra/compose.yaml"],
    ["docker compose up", ".env"],
    ["env -C infra ./x.sh", "infra/x.sh"],
    ["env --chdir=infra sh x.sh", "infra/x.sh"],
    ["kubectl delete -f x.yaml", "x.yaml"],
    ["kubectl delete -fx.yaml", "x.yaml"],
    ["kubectl delete --filename=x.yaml", "x.yaml"],
    ["kubectl delete -f manifests", "manifests/deep/a.yaml"],
    ["kubectl delete -fmanifests", "manifests/a.yaml"],
    ["kubectl apply -k manifests", "manifests/kustomization.yaml"],
    ["kubectl --kubeconfig=x.json delete ns a", "x.json"],
    ["helm upgrade web chart", "chart/templates/a.yaml"],
    ["aws ec2 terminate-instances --cli-input-json file://x.json", "x.json"],
    ["gh api -X DELETE repos/o/r -F body=@x.json", "x.json"],
    ["curl -X DELETE -K x.json https://x", "x.json"],
    ["nomad job run x.json", "x.json"],
    ["eksctl delete cluster -f x.json", "x.json"],
    ["packer build x.json", "x.json"],
    ["xargs -a x.json rm", "x.json"],
    ["./copied deploy.sh", "deploy.sh"],
    ["sh -c ./infra/x.sh", "infra/x.sh"],
  ])("%s: %s", async (line, file) => {
    const argv = line.split(" ");
    const context = install("terraform", "terraform_1.5.7", "pulumi", "npm", "docker", "kubectl");
    install("helm", "aws", "gh", "nomad", "eksctl", "packer", "make", "curl");
    execFileSync("cp", ["/bin/dash", yard.path("copied")]);
    yard.file(file, "one", 0o755);
    const before = await yard.resolve(argv, context);
    expect(before.operation.resourceClass).toBe("commands");
    const digest = await yard.digest(argv, context);
    yard.file(file, "two", 0o755);
    expect(await yard.digest(argv, context)).not.toBe(digest);
  });

  it("by the name that it is called by, whatever the file behind it is called", async () => {
    const context = install();
    yard.file("lib/npm-cli.js", "#!/usr/bin/env node\n", 0o755);
    symlinkSync("../lib/npm-cli.js", yard.path("bin/npm"));
    yard.file("infra/package.json", "one");
    const argv = ["npm", "--prefix", "infra", "run", "x"];
    const before = await yard.digest(argv, context);
    yard.file("infra/package.json", "two");
    expect(await yard.digest(argv, context)).not.toBe(before);
  });

  it("what is to be removed, where a file says it", async () => {
    yard.file("list", "one");
    const argv = ["tar", "--files-from=list", "--remove-files", "-cf", "a.tar"];
    const before = await yard.digest(argv);
    yard.file("list", "two");
    expect(await yard.digest(argv)).not.toBe(before);
  });

  it("in a shell's text, where it says where it goes", async () => {
    yard.script("infra/x.sh", "one");
    const argv = ["sh", "-c", "cd infra; ./x.sh"];
    const before = await yard.digest(argv);
    yard.script("infra/x.sh", "two");
    expect(await yard.digest(argv)).not.toBe(before);
  });

  it("a file that comes to be there, too", async () => {
    const context = install("terraform");
    const before = await yard.digest(["terraform", "destroy"], context);
    yard.file("more.tf", "");
    expect(await yard.digest(["terraform", "destroy"], context)).not.toBe(before);
  });

  it("what is removed is not what teaches: rm of a log that grows is one command", async () => {
    yard.file("x.log", "one");
    const before = await yard.digest(["rm", "x.log"]);
    yard.file("x.log", "two");
    expect(await yard.digest(["rm", "x.log"])).toBe(before);
  });
});

describe("F2: what cannot be pinned has no standing case, and nobody approves it", () => {
  const many = (count: number, within: string, end = "") =>
    Array.from({ length: count }, (_, n) => yard.file(`${within}${n}${end}`, `${n}`));

  const having = (made: unknown, ...argv: string[]) => (made === undefined ? [] : argv);

  it.each<[string, () => string[]]>([
    ["seventeen files", () => ["sh", yard.file("deploy.sh", ""), ...many(17, "f")]],
    ["a directory of many", () => having(many(65, "m/"), "kubectl", "delete", "-f", "m")],
    ["a module of many", () => having(many(65, "m", ".tf"), "terraform", "destroy")],
    ["17 MiB", () => ["sh", yard.file("big", "x".repeat(17 * 1024 * 1024))]],
    ["an open file", () => ["sh", "/dev/fd/63"]],
    ["a terminal", () => ["sh", "/dev/tty"]],
    ["what it prints to", () => ["sh", "/dev/stderr"]],
    ["a pipe", () => having(execFileSync("mkfifo", [yard.path("p")]), "sh", "p")],
    [
      "a directory with a link to another",
      () => {
        yard.file("m/a.yaml", "");
        symlinkSync("/usr", yard.path("m/b"));
        return ["kubectl", "delete", "-f", "m"];
      },
    ],
    ["more words than can be looked through", () => ["sh", "-c", "a ".repeat(4097)]],
  ])("%s", async (_, make) => {
    const argv = make();
    const context = install("kubectl", "terraform");
    const resolved = await yard.resolve(argv, context);
    expect(resolved.operation.resourceClass).toBe("unknown");
    const card = describeCommand(resolved);
    expect(card.unknown.join("\n")).toContain("cannot be pinned: ");
    expect(approvability(resolved.operation, card)).toMatchObject({
      approvable: false,
      always: false,
    });
    const { decision } = await yard.gate(argv, [entryFor("/**")], { context });
    expect(decision.effect).toBe("deny");
  });

  it("T3: what could be pinned still is", async () => {
    const files = many(17, "f");
    const argv = ["sh", yard.file("deploy.sh", "good"), ...files];
    const before = await yard.digest(argv);
    yard.file("deploy.sh", "evil");
    expect(await yard.digest(argv)).not.toBe(before);
  });
});
