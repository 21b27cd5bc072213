// What policy says to an operation: the floor, and which rule raised it.
//
// U1 Rules only raise: the floor is the strictest of the built-in one and every rule that matches any
//    subject of the operation.

import { isHarmless, type Operation } from "./operation.ts";
import type { Policy } from "./policy.ts";
import type { Ruling } from "./rule.ts";

/** The ruling. Pure and total. */
export function rulingOn(operation: Operation, policy: Policy): Ruling {
  return {
    floor: isHarmless(operation) ? "allow" : "ask",
    environments: operation.served === undefined ? [] : [operation.served],
    matched: [],
    isHardened: false,
    approvers: policy.approvals.approvers,
  };
}
