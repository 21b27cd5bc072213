// Where the log is, and what its files are called.

import { join } from "node:path";
import { configDirectory, type Environment } from "../system/places.ts";

export const LOG_FILE = "log.jsonl";
export const HEAD_FILE = "head";

/** The directory of the log: `<config>/audit`. */
export function auditDirectory(env: Environment, home: string): string {
  return join(configDirectory(env, home), "audit");
}
