// The files that decide what an agent may do: its own hooks, holdfast's policy and stores.

import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { configDirectory } from "../system/places.ts";
import type { Launch, Place } from "./agent.ts";
import { AGENTS } from "./catalogue.ts";

/** Any will do: only the paths are looked at. */
const ANY_LAUNCH: Launch = { node: "/node", script: "/holdfast.cjs", environment: "dev" };

/** Absolute paths: what is at one, or below it, is guarded. */
export function guardedPaths(place: Place, project: string | undefined): string[] {
  const places = project === undefined ? [place] : [place, { ...place, project }];
  const parts = Object.values(AGENTS).flatMap((agent) =>
    places.flatMap((each) =>
      each.project === undefined || agent.hasProjectFiles ? agent.parts(each, ANY_LAUNCH) : [],
    ),
  );
  return [
    configDirectory(place.env, place.home),
    "/etc/holdfast",
    ...new Set(parts.map(({ path }) => path)),
  ];
}

/** The path behind every link that is there. */
function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined || dirname(path) === path)
      return path;
    return join(real(dirname(path)), basename(path));
  }
}

const isIn = (path: string, place: string): boolean =>
  path === place || path.startsWith(place + sep);

/** Which guarded path `path` is, or is in, or leads to; undefined: none. */
export function guardedBy(path: string, guarded: readonly string[]): string | undefined {
  const named = resolve(path);
  const behind = real(named);
  return guarded.find((each) => isIn(named, each) || isIn(behind, real(each)));
}

/** Which guarded path a shell's text names, as it stands or from home. */
export function guardedIn(
  text: string,
  guarded: readonly string[],
  home: string,
): string | undefined {
  return guarded.find((each) => {
    const below = each.startsWith(`${home}/`) ? each.slice(home.length) : undefined;
    return [
      each,
      ...(below === undefined ? [] : [`~${below}`, `$HOME${below}`, `\${HOME}${below}`]),
    ].some((name) => text.includes(name));
  });
}
