// What holds something that its configuration does not: data, keys, names.

import { ruleOf } from "./consequences-types.ts";
import type { ResourceChange } from "./plan-document.ts";

/** Words in the name of a type that no table knows: rather one too many than one too few. */
const HOLDS =
  /(?:^|_)(?:db|database|sql|mysql|postgres(?:ql)?|mongo(?:db)?|redis|cassandra|cosmosdb|dynamodb|bucket|blob|object|storage|disk|volume|snapshot|backup|image|vault|key|keys|secret|password|credential|certificate|token|zone|domain|queue|topic|stream|file|filesystem|file_system|share|cluster|registry|repository|namespace|table|dataset|index|warehouse|project|account|user_pool)s?(?:_|$)/i;

/** Whether it does, as far as its type tells. */
export function isStateful(change: Pick<ResourceChange, "type" | "provider_name">): boolean {
  const rule = ruleOf(change);
  return rule === undefined ? HOLDS.test(change.type) : rule.stateful === true;
}
