// Where holdfast keeps things. Every path and every variable that moves one is named here.

import { lstatSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { outerUserId } from "./user.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The session variable: set by harness exec for its child, never by people. */
export const SESSION_VARIABLE = "HOLDFAST_EXEC_SESSION";

/** Variables that people may set, with what each does; documentation and doctor list them. */
export const VARIABLES = {
  HOLDFAST_CONFIG_DIR:
    "the configuration directory; default $XDG_CONFIG_HOME/holdfast or ~/.config/holdfast",
  HOLDFAST_RUNTIME_DIR:
    "the directory for session sockets; default /run/user/UID/holdfast or /tmp/holdfast-UID",
} as const;

/** The longest path that every supported kernel takes for a Unix socket, in bytes. */
export const MAX_SOCKET_PATH = 103;

/** The configuration directory. A relative XDG_CONFIG_HOME does not count, as XDG has it. */
export function configDirectory(env: Environment, home: string): string {
  if (env.HOLDFAST_CONFIG_DIR) return env.HOLDFAST_CONFIG_DIR;
  if (env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME))
    return join(env.XDG_CONFIG_HOME, "holdfast");
  return join(home, ".config", "holdfast");
}

/** Where session records are: `<config>/exec`. */
export function sessionDirectory(env: Environment, home: string): string {
  return join(configDirectory(env, home), "exec");
}

/** Where the audit log is: `<config>/audit`. */
export function auditDirectory(env: Environment, home: string): string {
  return join(configDirectory(env, home), "audit");
}

/**
 * Where session sockets are. It does not follow XDG_RUNTIME_DIR: agents are often started with a
 * scrubbed environment, and host and caller must come to the same answer.
 */
export function runtimeDirectory(env: Environment): string {
  if (env.HOLDFAST_RUNTIME_DIR) return env.HOLDFAST_RUNTIME_DIR;
  const uid = outerUserId();
  const perUser = `/run/user/${uid}`;
  return isOurs(perUser) ? join(perUser, "holdfast") : `/tmp/holdfast-${uid}`;
}

function isOurs(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
