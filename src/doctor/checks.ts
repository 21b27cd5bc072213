// The table of checks, in the order in which they are shown.

import { CALLERS } from "./callers.ts";
import type { Check } from "./check.ts";
import { CREDENTIALS } from "./credentials.ts";
import { CLOCK, NODE, VARIABLE_NAMES } from "./machine.ts";
import { NETWORK } from "./network.ts";
import { PLACES } from "./places.ts";
import { SELF_TESTS } from "./self-tests.ts";
import { SESSIONS } from "./sessions.ts";
import { STORES } from "./stores.ts";

/** Every check that belongs to no surface. */
export const CHECKS: readonly Check[] = [
  NODE,
  VARIABLE_NAMES,
  ...PLACES,
  ...STORES,
  ...CREDENTIALS,
  ...NETWORK,
  CLOCK,
  ...CALLERS,
  ...SELF_TESTS,
  ...SESSIONS,
];
