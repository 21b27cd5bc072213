// `holdfast audit`.

import { Command } from "commander";
import type { StoreEntries } from "../audit-command.ts";
import type { AuditFlags } from "../audit-query.ts";
import type { CliContext } from "../context.ts";
import { examples, globalsOf, type OnExit } from "./wiring.ts";

const EXAMPLES = [
  "holdfast audit list --since 8h",
  "holdfast audit verify",
  "holdfast audit export > audit.jsonl",
];

const withFilters = (command: Command): Command =>
  command
    .option("--since <TIME>", "a duration (8h), or a time (2026-01-02T14:00:00Z)")
    .option("--session <ID>", "of this session only")
    .option("--class <CLASS>", "about this resource class only");

/** The command, with its three subcommands. `storeEntries` opens the approvals store. */
export function auditCommand(
  context: CliContext,
  onExit: OnExit,
  storeEntries: StoreEntries,
): Command {
  const load = () => import("../audit-command.ts");
  const audit = new Command("audit")
    .description("read and verify the record of every decision and outcome")
    .addHelpText("after", examples(EXAMPLES));
  withFilters(audit.command("list"))
    .description("list entries, the newest last")
    .option("--limit <N>", "how many, of the newest (100)")
    .addHelpText("after", examples(["holdfast audit list --session 7KQF2M --json"]))
    .action(async (flags: AuditFlags, command: Command) =>
      onExit(await (await load()).runAuditList(flags, globalsOf(command), context, storeEntries)),
    );
  audit
    .command("verify")
    .description("find entries that were changed, dropped, reordered or cut off; exit 1 if any")
    .addHelpText("after", examples(["holdfast audit verify --json"]))
    .action(async (_: unknown, command: Command) =>
      onExit(await (await load()).runAuditVerify(globalsOf(command), context, storeEntries)),
    );
  withFilters(audit.command("export"))
    .description("print entries as they are kept, one JSON object on each line")
    .addHelpText("after", examples(["holdfast audit export --since 24h > audit.jsonl"]))
    .action(async (flags: AuditFlags) =>
      onExit(await (await load()).runAuditExport(flags, context, storeEntries)),
    );
  return audit;
}
