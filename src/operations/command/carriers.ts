// Programs that run others only when they are told to.

import { saysLong } from "./options.ts";

/** Long options of each that make it run something else: any prefix of one counts. */
const CARRYING_LONG: Readonly<Record<string, string>> = {
  tar: "to-command checkpoint-action use-compress-program info-script new-volume-script rsh-command",
  gtar: "to-command checkpoint-action use-compress-program info-script new-volume-script rsh-command",
  bsdtar: "use-compress-program",
  zip: "unzip-command",
  sort: "compress-program",
  gsort: "compress-program",
  rg: "pre hostname-bin",
  helm: "post-renderer",
  wget: "use-askpass config execute",
  git: "upload-pack receive-pack exec exec-path open-files-in-pager ext-diff textconv config-env",
};

const COMPILER = /^(?:-wrapper|-fplugin|-B|-?-specs|@)/;

/** A subcommand or a flag of each that makes it run something else. */
const CARRYING: Readonly<Record<string, RegExp>> = {
  docker: /^(?:exec|run|compose|create|build|buildx|start|attach|plugin)$/,
  podman: /^(?:exec|run|compose|create|build|kube|start|attach)$/,
  nerdctl: /^(?:exec|run|compose|create|build|start|attach)$/,
  tar: /^-[A-Za-z]*[IF]/,
  gtar: /^-[A-Za-z]*[IF]/,
  zip: /^-[A-Za-z]*T/,
  wget: /^-e/,
  gcloud: /^(?:ssh|scp|start-iap-tunnel)$/,
  helm: /^plugin$/,
  ip: /^exec$/,
  dpkg: /^(?:-i|--install|--unpack|--configure)/,
  rpm: /^(?:-[a-z]*[iUF]|--install|--upgrade|--import)/,
  gcc: COMPILER,
  "g++": COMPILER,
  cc: COMPILER,
  "c++": COMPILER,
  clang: COMPILER,
  "clang++": COMPILER,
};

const known = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Subcommands that are the program's own: any other may be an alias, or a plugin found on PATH. */
const OWN: Readonly<Record<string, ReadonlySet<string>>> = {
  git: known(`
    add am apply archive blame branch bundle cat-file check-attr check-ignore checkout cherry
    cherry-pick clean clone commit commit-tree count-objects describe diff diff-files diff-index
    diff-tree fetch for-each-ref format-patch fsck gc grep hash-object help init log ls-files
    ls-remote ls-tree maintenance merge merge-base mv notes pack-refs prune pull push range-diff
    rebase reflog remote repack replace reset restore rev-list rev-parse revert rm shortlog show
    show-ref sparse-checkout stash status switch symbolic-ref tag update-ref var version
    whatchanged worktree write-tree
  `),
  kubectl: known(`
    annotate api-resources api-versions apply auth autoscale certificate cluster-info completion
    config cordon create delete describe diff drain edit events explain expose get kustomize label
    logs options patch port-forward replace rollout scale set taint top uncordon version wait
  `),
};

/** git's flags, before or after the subcommand, that name a program. */
const GIT_CARRYING = /^(?:-c.*|-x.*|-O.+|ext::.*|--editor.*)$/;

/** The first word that is neither an option nor, as far as is known, an option's value. */
function subcommand(args: readonly string[]): string | undefined {
  const withValue =
    /^(?:-C|-n|--namespace|--context|--cluster|--user|--kubeconfig|--git-dir|--work-tree)$/;
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (withValue.test(word)) index++;
    else if (!word.startsWith("-")) return word;
  }
  return undefined;
}

/** Whether the program of that name, called with these arguments, runs another one. */
export function runsOthers(name: string, args: readonly string[]): boolean {
  if (args.length === 0) return false;
  const carrying = CARRYING[Object.hasOwn(CARRYING, name) ? name : ""];
  if (carrying !== undefined && args.some((each) => carrying.test(each))) return true;
  const long = CARRYING_LONG[Object.hasOwn(CARRYING_LONG, name) ? name : ""];
  if (long !== undefined && saysLong(long, args)) return true;
  const alike = name === "oc" ? "kubectl" : name;
  const own = OWN[Object.hasOwn(OWN, alike) ? alike : ""];
  if (own === undefined) return false;
  const command = subcommand(args);
  if (command !== undefined && !own.has(command)) return true;
  if (name !== "git") return false;
  // Elsewhere -u means something else.
  if (command === "clone" && args.some((each) => /^-[a-z]*u/.test(each))) return true;
  return args.some((each) => GIT_CARRYING.test(each));
}
