// Asks for something without doing it: what `run` does up to the moment at which it would carry out.
//
// P1 Nothing is carried out, claimed or spent, whatever the decision: the step that would begin it is
//    the one that ends it. A reservation that a session made for it returns.

import type { Decision } from "../policy/decide.ts";
import type { Operation } from "../policy/operation.ts";
import { type Execution, type GateResult, type GateWorld, run } from "./run.ts";

class WouldRun extends Error {
  readonly decision: Decision;

  constructor(decision: Decision) {
    super("it would run");
    this.decision = decision;
  }
}

/** What `run` would say, its request filed where a person is needed; `execution` is never there. */
export async function propose<Op extends Operation, Result extends Execution>(
  operation: Op,
  world: GateWorld<Op, Result>,
): Promise<GateResult<Op, Result>> {
  try {
    const prepare: GateWorld<Op, Result>["prepare"] = async (_, decision) => {
      throw new WouldRun(decision);
    };
    return await run(operation, { ...world, quiet: true, prepare });
  } catch (error) {
    if (error instanceof WouldRun) return { decision: error.decision as Decision<Op> };
    throw error;
  }
}
