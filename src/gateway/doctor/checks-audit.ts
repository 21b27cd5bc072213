// Whether all of it is on record, and the record whole.

import { join } from "node:path";
import { verifyAudit } from "../../audit/verify.ts";
import { scratchEntries } from "../../doctor/scratch-approvals.ts";
import { type Check, type CheckGroup, failed, passed, type Verdict } from "./check.ts";
import { NOWHERE } from "./checks-secrets.ts";
import type { Stage } from "./stage.ts";

async function whole({ place }: Stage): Promise<Verdict> {
  const { scratch } = place;
  const entries = await scratchEntries(scratch);
  const verdict = await verifyAudit(
    join(scratch.configDirectory, "audit"),
    (async function* () {
      yield* entries;
    })(),
  );
  const { problems, problemCount, entries: logged, storeEntries } = verdict;
  if (problemCount > 0) return failed(`${problemCount} problems: ${problems[0]?.message}`);
  if (logged === 0) return failed("nothing is on record");
  return passed(`${logged} entries in the log, ${storeEntries} with the approvals; chains whole`);
}

const READS = /^(GET|HEAD|OPTIONS) /;

async function nothingSent({ place: { received } }: Stage): Promise<Verdict> {
  const changes = received.filter((each) => !READS.test(each));
  if (changes.length > 0) return failed(`sent without a yes: ${changes[0]}`);
  return passed(`${received.length} look-ups came, and nothing else`);
}

const NOTHING_SENT: Check = {
  id: "nothing-sent",
  name: "nothing was sent that changes anything",
  run: nothingSent,
};

const AUDIT: Check = { id: "audit", name: "the audit chain is whole after all that", run: whole };

/** The checks that come when all others are done. */
export const AFTERWARDS: CheckGroup = {
  title: "afterwards",
  checks: [NOWHERE, NOTHING_SENT, AUDIT],
};
