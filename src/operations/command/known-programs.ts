// Programs whose arguments decide what really runs: one table, by name.
//
// N1 A name counts with and without its version, its extension and its platform (`python3.11`,
//    `terraform-v1.5.0`, `vim.basic`, `kubectl_linux_amd64`, `x86_64-linux-gnu-gcc`): whoever installs
//    a second one does not get it past the table.
// N2 What is not in the table is not thereby harmless; it is merely what it says it is.

import { basename } from "node:path";
import type { BindObstacle } from "../../policy/operation.ts";
import { runsOthers } from "./carriers.ts";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** They read shell text. */
export const SHELLS: ReadonlySet<string> = new Set(
  words(
    "sh bash zsh dash ash ksh mksh pdksh yash rbash fish csh tcsh elvish nu xonsh pwsh powershell cmd",
  ),
);

/** They read a program: as an argument, from a file, or from their input. */
const LANGUAGES: readonly string[] = words(`
  python pythonw py pypy ipython jython node nodejs deno bun qjs tsx ts-node ruby jruby irb perl php
  lua luajit tclsh wish expect java jshell groovy scala kotlin clojure clj bb dotnet csi fsi r rscript
  julia octave guile racket sbcl ghci runghc erl elixir iex escript ocaml swift osascript gnuplot
`);

/** They have a language of their own with a way out to other programs. */
const WITH_A_WAY_OUT: readonly string[] = words(`
  awk gawk mawk nawk sed gsed ed ex vi vim nvim view emacs nano less more most man m4 dc gdb lldb
  psql mysql mariadb sqlite sqlite3 mongosh mongo redis-cli sqlcmd cqlsh
`);

/** They run what their arguments name, sooner or later, here or elsewhere. */
const WRAPPERS: readonly string[] = words(`
  env nice nohup timeout gtimeout stdbuf time gtime command exec builtin
  sudo doas su runuser setpriv pkexec run0 gosu su-exec setsid setarch chrt taskset ionice numactl
  prlimit cgexec xargs parallel find gfind fd fdfind flock watch entr script unbuffer tini dumb-init
  catatonit start-stop-daemon daemonize daemon at batch crontab screen tmux byobu dtach abduco
  busybox toybox coreutils snap flatpak rustup volta mise rtx asdf direnv nix nix-shell nix-run
  nsenter unshare chroot bwrap firejail proot fakeroot faketime systemd-run systemd-inhibit
  dbus-run-session strace ltrace valgrind perf rr catchsegv
  ssh autossh mosh sshpass scp sftp rsync socat nc ncat telnet
  make gmake bmake ninja cmake just task rake meson scons bazel bazelisk buck2 gradle gradlew mvn
  mvnw ant npm npx pnpm pnpx yarn bunx uv uvx pip pipx poetry pipenv conda mamba tox nox bundle
  bundler gem go cargo composer turbo nx lerna pre-commit act concurrently
  docker-compose ansible ansible-playbook salt salt-call chef-client puppet vagrant lxc
  sg newgrp capsh prove run-parts ssh-agent chpst setuidgid envdir softlimit hyperfine nodemon
  watchexec dbus-launch xvfb-run eatmydata proxychains torsocks torify logrotate packer
  op aws-vault chamber doppler sops envchain tsh terragrunt holdfast
`);

const TABLE: ReadonlyMap<string, Exclude<BindObstacle, "not-resolved">> = new Map([
  ...WRAPPERS.map((name) => [name, "wrapper"] as const),
  ...[...SHELLS, ...LANGUAGES, ...WITH_A_WAY_OUT].map((name) => [name, "interpreter"] as const),
]);

/** They take from their input what to do, where no word says it. */
export const PROGRAM_READERS: ReadonlySet<string> = new Set([
  ...SHELLS,
  ...LANGUAGES,
  ...words("psql mysql mariadb sqlite sqlite3 mongosh mongo redis-cli xargs parallel"),
]);

const LOADER = /^ld(?:-linux|-musl|\.so|64\.so)/;
/** What stands behind a name: a version, a platform. */
const BEHIND =
  /(?:[-_.]?v?\d+(?:\.\d+)*[a-z]?|[-_.](?:linux|darwin|macos|windows|musl|gnu|amd64|x86_64|x64|i[3-6]86|arm64|aarch64|arm|static|beta|rc|alpha)\d*)$/;
/** What stands before a compiler's. */
const TRIPLE = /^(?:[a-z0-9_]+-){1,4}(?=(?:gcc|g\+\+|cc|c\+\+|cpp|clang|clang\+\+|ld)$)/;

function stripped(name: string): string {
  let rest = name;
  for (let step = 0; step < 6; step++) {
    const shorter = rest.replace(BEHIND, "");
    if (shorter === rest || shorter === "") break;
    rest = shorter;
  }
  return rest.replace(TRIPLE, "");
}

/** The names that a program goes by (N1), the whole one first. Lower case: some file systems fold it. */
export function namesOf(path: string): readonly string[] {
  const name = basename(path).toLowerCase();
  const stem = name.replace(/\..*$/, "");
  const all = [name, stem, stripped(name), stripped(stem)];
  return [...new Set(all)].filter((each) => each !== "");
}

/** Whether one of the program's names is in `names`. */
export function isOneOf(path: string, names: ReadonlySet<string>): boolean {
  return namesOf(path).some((name) => names.has(name));
}

/**
 * Why no standing entry can cover the program at `path`; undefined: one can.
 *
 * @param args its arguments: some programs run others only when they are told to (`kubectl exec`)
 */
export function bindObstacle(
  path: string,
  args: readonly string[] = [],
): Exclude<BindObstacle, "not-resolved"> | undefined {
  if (LOADER.test(basename(path))) return "wrapper";
  for (const name of namesOf(path)) {
    const found = TABLE.get(name);
    if (found !== undefined) return found;
    if (runsOthers(name, args)) return "wrapper";
  }
  return undefined;
}
