// Programs that do what files say: which they are, and where they look without being told.

import { readdirSync } from "node:fs";
import { join } from "node:path";

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** They do what a file says: `terraform apply PLAN`, `kubectl apply -f FILE`. */
export const TAUGHT_BY_FILES = set(`
  terraform tofu terragrunt terramate cdktf pulumi cdk sam serverless sls eksctl copilot nomad packer
  kubectl oc kustomize helm helmfile flux argocd argo skaffold docker podman nerdctl docker-compose
  aws gcloud az gh glab curl wget http xh vault consul ansible-playbook
`);

/** They destroy what they are given: what is in it does not teach them anything. */
export const REMOVERS = set(`
  rm rmdir unlink shred srm wipe nwipe dd truncate wipefs blkdiscard mkswap mke2fs newfs git rsync
  rclone tar gtar bsdtar
`);

/** Every file in a directory that they are given teaches them. */
export const TAUGHT_BY_DIRECTORIES = set(
  "kubectl oc kustomize helm helmfile flux argocd nomad eksctl",
);

/** Options of these that take a directory as if it were a file. */
export const TAKES_MANIFESTS = /^(?:-[fkR]|--(?:filename|kustomize|values|file|path|manifests?))$/;

const FOUND: readonly (readonly [programs: ReadonlySet<string>, files: readonly string[]])[] = [
  [set("make gmake bmake"), ["GNUmakefile", "makefile", "Makefile", "BSDmakefile"]],
  [set("npm npx pnpm yarn bun"), ["package.json", ".npmrc", ".yarnrc", ".yarnrc.yml"]],
  [set("just"), ["justfile", "Justfile", ".justfile"]],
  [set("task"), ["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"]],
  [set("rake"), ["Rakefile", "rakefile"]],
  [set("ansible ansible-playbook"), ["ansible.cfg"]],
  [
    set("docker-compose docker podman nerdctl"),
    [
      "compose.yaml compose.yml compose.override.yaml compose.override.yml docker-compose.yaml",
      "docker-compose.yml docker-compose.override.yaml docker-compose.override.yml .env",
    ].flatMap((names) => names.split(" ")),
  ],
  [set("terragrunt"), ["terragrunt.hcl", "root.hcl"]],
  [set("helmfile"), ["helmfile.yaml", "helmfile.yaml.gotmpl"]],
  [set("skaffold"), ["skaffold.yaml"]],
  [set("serverless sls"), ["serverless.yml", "serverless.yaml"]],
  [set("sam"), ["template.yaml", "template.yml", "samconfig.toml"]],
  [set("cdk"), ["cdk.json"]],
  [set("cdktf"), ["cdktf.json"]],
];

/** Files that these read in a directory by what they are called, once they are to act. */
const ROOTS: readonly (readonly [programs: ReadonlySet<string>, files: RegExp, more: string[]])[] =
  [
    [
      set("terraform tofu terragrunt terramate"),
      /\.(?:tf|tofu|tf\.json|tofu\.json|tfvars|tfvars\.json)$/,
      // Where it acts: the backend, and which of its workspaces.
      [".terraform/environment", ".terraform/terraform.tfstate", ".terraform.lock.hcl"],
    ],
    [set("pulumi"), /^Pulumi(?:\.[\w-]+)?\.ya?ml$/, []],
  ];

/** What these programs read in `directory` without being told, whether it is there or not. */
export function foundIn(
  isNamed: (names: ReadonlySet<string>) => boolean,
  directory: string,
  isToAct: boolean,
): string[] {
  const plain = FOUND.filter(([programs]) => isNamed(programs)).flatMap(([, files]) => files);
  const roots = isToAct ? ROOTS.filter(([programs]) => isNamed(programs)) : [];
  const matching = roots.flatMap(([, pattern, more]) => [
    ...namesIn(directory).filter((name) => pattern.test(name)),
    ...more,
  ]);
  return [...plain, ...matching].map((name) => join(directory, name));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
