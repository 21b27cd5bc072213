// A process that writes the log: DIRECTORY, how many entries, and how long their fields are.

import { openAuditLog } from "../../src/audit/log.ts";

const [directory = "", count = "0", length = "0"] = process.argv.slice(2);
const log = openAuditLog(directory, { now: Date.now, redact: (text) => text });
const long = "x".repeat(Number(length));
for (let n = 0; n < Number(count); n++)
  log.append({
    event: "decided",
    operation: `DELETE /${process.pid}/${n}`,
    target: long,
    by: long,
    detail: long,
  });
