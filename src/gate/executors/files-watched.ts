// Whether anything that was looked at changes while a program reads it.
//
// W1 What is swapped and swapped back leaves the same digests behind: only who watches all the while
//    knows. What cannot be watched counts as changed.

import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** What terraform itself writes while it plans. */
const OWN = /\.lock\.info$|^terraform\.tfstate/;
const CONFIGURATION = /\.(?:tf|tf\.json|tfvars|tfvars\.json|hcl)$/;

export interface FilesWatched {
  /** What has changed since: its path. */
  readonly changed: () => string | undefined;
  readonly stop: () => void;
}

/**
 * Watches from now on.
 *
 * @param root a directory, absolute: in it and below, whatever comes or goes counts
 * @param files absolute; elsewhere they count, and what configures terraform beside them
 * @param onChange told of the first change
 */
export function watchFiles(
  root: string,
  files: readonly string[],
  onChange: () => void,
): FilesWatched {
  let changed: string | undefined;
  const watchers: FSWatcher[] = [];
  const tell = (path: string) => {
    if (changed !== undefined) return;
    changed = path;
    onChange();
  };
  for (const [directory, names] of watched(root, files)) {
    const isAll = `${directory}/`.startsWith(`${root}/`) && !directory.includes("/.git");
    try {
      const watcher = watch(directory, { persistent: false }, (_, name) => {
        if (name === null) tell(directory);
        else if (names.has(name) || (isAll ? !OWN.test(name) : CONFIGURATION.test(name)))
          tell(`${directory}/${name}`);
      });
      watcher.on("error", () => tell(directory));
      watchers.push(watcher);
    } catch {
      tell(directory);
    }
  }
  return {
    changed: () => changed,
    stop: () => {
      for (const each of watchers) each.close();
    },
  };
}

/** Every directory with the names in it that count; those above the root, too: they could be renamed. */
function watched(root: string, files: readonly string[]): ReadonlyMap<string, Set<string>> {
  const all = new Map<string, Set<string>>([[root, new Set()]]);
  const add = (path: string) => {
    const directory = dirname(path);
    all.set(directory, (all.get(directory) ?? new Set()).add(basename(path)));
  };
  for (const each of files) add(each);
  for (let each = root; dirname(each) !== each; each = dirname(each)) add(each);
  return all;
}
