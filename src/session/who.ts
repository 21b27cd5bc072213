// Who somebody is, as the operating system tells it: for the record, never for a decision.

import { hostname, userInfo } from "node:os";
import type { ProcessInfo } from "../system/processes.ts";
import { visible } from "../system/terminal-text.ts";
import { outerUserId } from "../system/user.ts";

/** `ana@laptop (what)`: this user on this machine. */
export function userHere(what: string): string {
  return visible(`${userName()}@${hostname()} (${what})`);
}

/** `process 4711 (zsh)`. */
export function processText({ pid, name }: ProcessInfo): string {
  return visible(`process ${pid} (${name})`);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that nobody gave a name.
    return `uid ${outerUserId()}`;
  }
}
