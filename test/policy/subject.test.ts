import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Subject } from "../../src/policy/rule.ts";
import { MOST_OWN } from "../../src/policy/subject-command.ts";
import { subjectsOf } from "../../src/policy/subject.ts";
import { expandArguments } from "../../src/policy/subject-command.ts";
import { deletion } from "../support/operations.ts";
import { fuzzRuns, fuzzTimeout } from "../support/fuzz-runs.ts";
import { commandOf, hcpOf, kubectlOf, terraformOf } from "../support/subjects.ts";

const brief = ({ action, impact, class: kind, name, scope, place }: Subject) =>
  [action, impact, kind, name, scope, place].join(" ");

describe("the subjects of an operation", () => {
  it("J1: a request is one, with its organization and hostname", () => {
    const path = "/organizations/acme/workspaces/web";
    expect(subjectsOf(hcpOf("PATCH", path, { organization: "acme" })).map(brief)).toEqual([
      "PATCH change workspaces web acme app.terraform.io",
    ]);
    const [one] = subjectsOf({
      ...hcpOf("DELETE", "/vars/var-1"),
      target: { hostname: "h", path: "/vars/var-1", id: "var-1" },
    });
    expect(one && brief(one)).toBe("DELETE change workspaces var-1  h");
  });

  it("a plan is itself, a destruction where it is one, and each of its changes", () => {
    const changes = [
      { action: "create", type: "aws_instance", address: "aws_instance.a" },
      { action: "replace", type: "aws_db_instance", address: "module.db.aws_db_instance.b[0]" },
      { action: "forget", type: "x", address: "x.y" },
      { action: "read", type: "data", address: "data.z" },
    ] as const;
    const apply = terraformOf("apply", { workspace: "w", changes, destroy: true });
    expect(subjectsOf(apply).map(brief)).toEqual([
      "apply change terraform /src/infra w localhost",
      "destroy change terraform /src/infra w localhost",
      "create change terraform:aws_instance aws_instance.a w localhost",
      "replace destroy terraform:aws_db_instance module.db.aws_db_instance.b[0] w localhost",
      "forget destroy terraform:x x.y w localhost",
      "read read terraform:data data.z w localhost",
    ]);
    const cloud = { hostname: "tfe.example.com", organization: "acme", run: "run-1" };
    expect(subjectsOf(terraformOf("apply", { cloud }))[0]?.place).toBe("tfe.example.com");
  });

  it("of kubectl each object is one; a namespace is in itself; nothing left running is destroyed", () => {
    const objects = [
      ["deployments", "web", "shop"],
      ["namespaces", "shop"],
      ["clusterroles", "admin"],
      ["pods", "*", "shop"],
    ] as const;
    expect(subjectsOf(kubectlOf("delete", objects)).map(brief)).toEqual([
      "delete destroy kubernetes:deployments web shop minikube",
      "delete destroy kubernetes:namespaces shop shop minikube",
      "delete destroy kubernetes:clusterroles admin  minikube",
      "delete destroy kubernetes:pods  shop minikube",
    ]);
    const scaled = (replicas: number) =>
      subjectsOf(kubectlOf("scale", [["deployments", "web", "shop"]], { replicas }))[0]?.impact;
    expect([scaled(0), scaled(1)]).toEqual(["destroy", "change"]);
    expect(subjectsOf(kubectlOf("get", [])).map(brief)).toEqual([
      "get read kubernetes:pods   minikube",
    ]);
  });

  it("a command is every name that it goes by, what a wrapper may run, and what is within", () => {
    const names = (...given: Parameters<typeof commandOf>) =>
      subjectsOf(commandOf(...given)).map(({ name }) => name);
    expect(names(["ls", "-l", "sudo"])).toEqual(["ls"]);
    expect(names(["env", "-i", "A=1", "/usr/bin/rm", "x"])).toEqual(["env", "rm", "x"]);
    expect(names(["bash", "-c", "…"], { within: [["sudo", "rm", "x"], [], ["ls"]] })).toEqual([
      ...["bash", "sudo", "rm", "x", "", "ls"],
    ]);
    const { command, ...rest } = commandOf(["vi"]);
    const [executable, calledAs] = ["/usr/lib/coreutils", "/usr/bin/rm"];
    const many = { ...rest, command: { ...command, executable, calledAs, typed: "./x" } };
    expect(subjectsOf(many).map(({ name }) => name)).toEqual(["coreutils", "rm", "x"]);
    const wrapper = { ...rest, command: { ...command, args: ["sudo"], unbindable: "wrapper" } };
    expect(subjectsOf(wrapper as typeof many).map(({ name }) => name)).toEqual(["vi", "sudo"]);
  });

  it("a program behind another has what stands after it, and the roots of what fills it in", () => {
    const argumentsOf = (...words: string[]) =>
      subjectsOf(commandOf(words)).find(({ name }) => name === "rm")?.arguments;
    expect(argumentsOf("sudo", "-u", "me", "rm", "-r", "/")).toEqual(["-r", "/"]);
    expect(argumentsOf("find", ".", "-name", "x", "-exec", "rm", "{}", ";")).toEqual(["{}", ";"]);
    expect(argumentsOf("find", "/", "-exec", "rm", "-r", "{}", "+")).toContain("/");
  });

  it("a request whose route has no class is also of the class that its path names", () => {
    const read = deletion("unknown", "app.terraform.io", {
      impact: "read",
      target: { hostname: "app.terraform.io", path: "/organizations/acme/workspaces/payments" },
    });
    expect(subjectsOf(read).map((each) => each.class)).toEqual(["unknown", "workspaces"]);
    expect(subjectsOf(deletion("vars", "app.terraform.io")).map((each) => each.class)).toEqual([
      "vars",
    ]);
  });

  it("arguments are apart: bundles, values, paths as they are meant", () => {
    expect(expandArguments(["-rf", "--force=yes", "x"])).toEqual([
      ...["-rf", "-r", "-f", "--force=yes", "--force", "x"],
    ]);
    expect(expandArguments(["-e/bin/sh", "-", "--"])).toEqual(["-e/bin/sh", "-e", "-", "--"]);
    expect(expandArguments(["//etc/./x/../", "a/", "../..", "./b"], "/home/me")).toEqual([
      ...["//etc/./x/../", "/etc", "a/", "a", "../..", "/", "./b", "b", "/home/me/b"],
    ]);
    expect(expandArguments(["/..", "..", "a/../.."], "/")).toEqual([
      ...["/..", "/", "..", "a/../.."],
    ]);
  });

  it(
    "J2: as many as the words, with a few lists of arguments, whatever they are",
    () => {
      const word = fc.oneof(
        fc.constantFrom("sudo", "-rf", "env", "/", "..", "", "A=1", "--x=y", "rm"),
        fc.string({ unit: "binary", maxLength: 8 }),
      );
      fc.assert(
        fc.property(
          fc.array(word, { minLength: 1, maxLength: 30 }),
          fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 5 }),
          (words, within) => {
            const subjects = subjectsOf(commandOf(words, { within }));
            const [first] = subjects;
            expect(subjects.length).toBeLessThanOrEqual(
              words.length + 3 + within.flat().length + within.length,
            );
            expect(words.slice(1).every((each) => first?.arguments.includes(each))).toBe(true);
            expect(new Set(subjects.map((each) => each.arguments)).size).toBeLessThanOrEqual(
              (1 + MOST_OWN) * (1 + within.length),
            );
          },
        ),
        { numRuns: fuzzRuns(2) },
      );
      const long = Array.from({ length: 20_000 }, (_, index) => `w${index}`);
      expect(subjectsOf(commandOf(["xargs", ...long])).length).toBe(20_001);
    },
    fuzzTimeout(10),
  );
});
