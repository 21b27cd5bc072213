// Stores that know nothing and keep nothing, for tests of what a session alone decides.

import type { GateStores } from "../../src/gate/stores.ts";

export const EMPTY_STORES: GateStores = {
  facts: async () => ({}),
  begin: async () => ({ end: async () => {} }),
  refused: async () => {},
  file: async () => ({ unasked: "there is no store" }),
  answered: async () => false,
  close: async () => {},
};
