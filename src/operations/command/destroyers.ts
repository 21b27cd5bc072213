// Commands that are known to destroy: by name, and by what they are told to do.
//
// K1 Where a program's words leave a doubt, it counts as destroying: that only makes the gate ask.
// K2 What is not known to destroy is not thereby harmless: it still needs somebody's yes.

import { namesOf } from "./known-programs.ts";
import { saysLong } from "./options.ts";

interface Destroyer {
  readonly programs: string;
  /** Arguments that make it one; without it: any. */
  readonly when?: (args: readonly string[]) => boolean;
  readonly because: string;
}

/** Some argument up to `--` matches. */
const saying =
  (pattern: RegExp) =>
  (args: readonly string[]): boolean =>
    args.some((each) => pattern.test(each));

const says = (word: string, args: readonly string[]): boolean => args.includes(word);

/** Verbs of clouds' command lines, alone or in a name (`delete-bucket`, `apps:destroy`). */
const REMOVING =
  /^(?:[a-z0-9]+[-:])*(?:delete|deletion|destroy|terminate|remove|purge|rm|rb|mv|del|uninstall|drop|deregister|detach|disable|revoke|erase|wipe|prune|reset|deallocate|empty|forget|undeploy|unpublish|cancel|stop|shutdown|release-address|release-hosts)(?:[-:][a-z0-9-]+)?$/i;

/** `-X DELETE`, `-XDELETE`, `--method=delete`: the verb, wherever it stands. */
const DELETE_REQUEST = /^(?:-[a-z]*x=?|--[a-z-]+=)?delete$/i;

function gitDestroys(args: readonly string[]): boolean {
  const has = (pattern: RegExp) => args.some((each) => pattern.test(each));
  const long = (names: string) => saysLong(names, args);
  if (says("push", args))
    return has(/^(?:-[a-z]*[fd]|\+|:)/) || long("force force-with-lease mirror delete prune");
  if (has(/^(?:clean|restore|filter-branch|filter-repo|prune|rm)$/)) return true;
  if (says("reset", args)) return long("hard merge keep");
  if (has(/^(?:checkout|switch)$/))
    return (
      has(/^(?:-[a-z]*f|--|\.|-B|-C)$/) ||
      long("force discard-changes pathspec-from-file force-create")
    );
  if (has(/^(?:branch|tag|update-ref)$/)) return has(/^-[a-z]*[dDf]$/) || long("delete force");
  if (says("stash", args)) return has(/^(?:drop|clear)$/);
  if (says("reflog", args)) return has(/^(?:expire|delete)$/);
  if (says("gc", args)) return long("prune");
  return has(/^(?:worktree|remote|notes)$/) && has(/^(?:remove|rm|prune)$/);
}

const kubectlDestroys = (args: readonly string[]): boolean =>
  args.some((each) =>
    /^(?:delete(?:-.*)?|drain|replace|scale|evict|prune|patch|taint|undo)$/.test(each),
  ) ||
  (says("config", args) && says("unset", args)) ||
  saysLong("prune force remove-extra-permissions", args);

const DESTROYERS: readonly Destroyer[] = [
  {
    programs:
      "rm rmdir unlink shred srm wipe nwipe dd truncate wipefs blkdiscard mkswap mke2fs newfs fdisk sfdisk gdisk sgdisk parted lvremove vgremove pvremove",
    because: "it removes or overwrites files or disks",
  },
  {
    programs: "find gfind fd fdfind",
    when: saying(/^-delete$/),
    because: "it deletes the files that it finds",
  },
  {
    programs: "zfs zpool btrfs cryptsetup",
    when: saying(/^(?:destroy|delete|rollback|luksFormat|luksErase|erase|labelclear)$/),
    because: "it destroys volumes",
  },
  {
    programs: "dropdb dropuser psql mysql mysqladmin mariadb mongosh mongo redis-cli sqlcmd cqlsh",
    because: "what it sends to a database can drop what is in it",
  },
  {
    programs: "terraform tofu terragrunt terramate cdktf",
    when: saying(
      /^(?:-{0,2}destroy(?:-all)?|apply(?:-all)?|run-all|up|deploy|rm|mv|push|taint|untaint|force-unlock|replace-provider|delete|import|test|-migrate-state|-force-copy)$/,
    ),
    because: "it destroys or replaces infrastructure, or forgets it",
  },
  {
    programs: "pulumi cdk sam serverless sls eksctl copilot",
    when: saying(/^(?:destroy|down|up|deploy|rm|remove|delete|refresh|cancel|import)$/),
    because: "it destroys or replaces infrastructure",
  },
  {
    programs: "kubectl oc k9s",
    when: kubectlDestroys,
    because: "it takes something out of a cluster",
  },
  {
    programs: "helm helmfile",
    when: saying(/^(?:uninstall|delete|del|un|rollback|destroy|upgrade|sync|apply|--force)$/),
    because: "it takes a release out of a cluster, or replaces it",
  },
  {
    programs:
      "aws gcloud az doctl hcloud linode-cli fly flyctl heroku vercel netlify wrangler oci ibmcloud scw exo openstack gh glab vault consul nomad etcdctl gsutil bq s3cmd s5cmd mc minikube kind k3d virsh vagrant multipass lxc flux argocd argo influx tfe packer akamai confluent mongocli atlas pscale supabase railway render stripe",
    when: saying(REMOVING),
    because: "it deletes something in a cloud",
  },
  {
    programs: "rclone restic borg aws rsync",
    when: saying(/^(?:delete|deletefile|purge|sync|move|rmdirs?|forget|prune|--del|--delete.*)$/),
    because: "it deletes at the other end",
  },
  {
    programs: "flux argocd kustomize skaffold",
    when: (args) => saysLong("prune force replace", args),
    because: "it takes something out of a cluster",
  },
  {
    programs: "curl wget http https httpie xh gh glab az tea",
    when: saying(DELETE_REQUEST),
    because: "it sends a request to delete",
  },
  {
    programs: "tar gtar bsdtar journalctl pg_restore mongorestore",
    when: (args) => saysLong("remove-files vacuum-time vacuum-size vacuum-files clean drop", args),
    because: "it removes what is there",
  },
  { programs: "git", when: gitDestroys, because: "it throws away commits, branches or changes" },
  {
    programs: "docker podman nerdctl docker-compose crictl ctr",
    when: saying(/^(?:rm|rmi|rmp|prune|kill|stop|down|remove|delete|leave|reset)$/),
    because: "it removes containers, images or volumes",
  },
  {
    programs: "systemctl service launchctl",
    when: saying(
      /^(?:stop|disable|mask|kill|isolate|poweroff|reboot|halt|kexec|revert|unload|bootout|remove)$/,
    ),
    because: "it stops services",
  },
  {
    programs: "shutdown reboot halt poweroff telinit kill killall pkill skill",
    because: "it ends processes, or the machine",
  },
  {
    programs: "userdel groupdel deluser delgroup",
    because: "it removes users",
  },
  { programs: "crontab", when: saying(/^-[a-z]*r$/), because: "it removes the crontab" },
  {
    programs: "apt apt-get aptitude dpkg yum dnf zypper apk pacman brew snap flatpak",
    when: saying(/^(?:remove|purge|autoremove|erase|del|uninstall|cleanup|-[a-z]*R[a-z]*|-[rP])$/),
    because: "it removes packages",
  },
  {
    programs: "kafka-topics rabbitmqctl iptables ip6tables nft ip",
    when: saying(/^(?:--delete|delete.*|del|purge.*|reset|flush|-F|-X|-D|--flush)$/),
    because: "it deletes what others use",
  },
];

const BY_NAME: ReadonlyMap<string, readonly Destroyer[]> = (() => {
  const map = new Map<string, Destroyer[]>();
  for (const each of DESTROYERS)
    for (const name of each.programs.split(" ")) map.set(name, [...(map.get(name) ?? []), each]);
  return map;
})();

/** Why the program, called like this, is known to destroy, as one clause; undefined: it is not. */
export function whyItDestroys(path: string, args: readonly string[]): string | undefined {
  for (const name of namesOf(path)) {
    if (/^mkfs\b/.test(name)) return `${name}: it makes a new file system over what is there`;
    const found = BY_NAME.get(name)?.find(({ when }) => when === undefined || when(args));
    if (found !== undefined) return `${name}: ${found.because}`;
  }
  return undefined;
}
