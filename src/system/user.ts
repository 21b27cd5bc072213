// Who we are, in the numbers of whoever is outside. In a user namespace (unshare -r, rootless
// containers, some sandboxes) a process may see itself as root, and only the kernel knows better.

import { readFileSync } from "node:fs";

/** Every user, each as itself. */
const EVERYBODY = 0xffff_ffff;

function userMap(): number[][] {
  try {
    const lines = readFileSync("/proc/self/uid_map", "latin1").trim().split("\n");
    return lines.map((line) => line.trim().split(/\s+/).map(Number));
  } catch {
    return [];
  }
}

/** Whether user ids may mean others here than outside. */
export function isInUserNamespace(): boolean {
  const map = userMap();
  const [inside, outside, count] = map[0] ?? [];
  return map.length !== 0 && !(inside === 0 && outside === 0 && count === EVERYBODY);
}

/**
 * Our user id as the namespace around ours numbers it; our own where there is none around, or where
 * the map does not name us. 0 on Windows, which has no such numbers.
 */
export function outerUserId(): number {
  const own = process.getuid?.() ?? 0;
  for (const [inside = 0, outside = 0, count = 0] of userMap())
    if (own >= inside && own < inside + count) return outside + own - inside;
  return own;
}
