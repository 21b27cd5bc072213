// Opens the approvals store that policy names.

import type { StorePlace } from "../../policy/policy.ts";
import type { ApprovalDatabase } from "./database.ts";
import { needsPostgres } from "./failures.ts";
import { openSqlite } from "./sqlite.ts";
import type { ApprovalStore } from "./store.ts";
import type { Surroundings } from "./journal.ts";
import { KeptApprovals } from "./kept-approvals.ts";

export interface OpenApprovals extends Surroundings {
  readonly place: StorePlace;
  /** The configuration directory, where the embedded store is. */
  readonly directory: string;
  /** Whether an embedded file, or the schema in a database, is made where there is none yet. */
  readonly create: boolean;
  /** How many approvers policy asks for: a store that cannot tell them apart is refused. */
  readonly approvers?: number;
}

async function openDatabase({
  place,
  directory,
  create,
}: OpenApprovals): Promise<ApprovalDatabase | undefined> {
  if (place.kind === "sqlite") return openSqlite(directory, create);
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres(place, create);
}

/**
 * Opens the store; undefined where it does not exist yet and `create` is false: nothing is made then,
 * and no database library is loaded.
 *
 * @throws Failure as ApprovalStore's methods do; `approvals-need-postgres`, `approvals-file-…`
 */
export async function openApprovals(options: OpenApprovals): Promise<ApprovalStore | undefined> {
  const { place, approvers = 1 } = options;
  if (place.kind === "sqlite" && approvers > 1) throw needsPostgres("an embedded store", approvers);
  const database = await openDatabase(options);
  return database === undefined ? undefined : new KeptApprovals(database, options);
}
