// Where the log is, and what its files are called.

export { auditDirectory } from "../system/places.ts";

export const LOG_FILE = "log.jsonl";
export const HEAD_FILE = "head";
