// What policy says to one operation now, as the gate asks it.
//
// L1 A policy that cannot be read, trusted or understood is a problem, and the gate refuses: nobody
//    knows what it would have said.

import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import type { Ruling } from "../policy/rule.ts";
import { rulingOn } from "../policy/ruling.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { configDirectory } from "../system/places.ts";
import { readPolicy } from "./policy-source.ts";

/** The operation as policy sees it, and the ruling; or why there is none. */
export interface Ruled<Op extends Operation> {
  readonly operation: Op;
  readonly ruling?: Ruling;
  /** One line (L1). */
  readonly problem?: string;
}

type RuledIn = Pick<StandingWorld, "env" | "home"> & {
  readonly policyFile?: string;
  readonly rehearsal?: string;
};

/** Asks policy. Never throws for what a file says (L1). */
export async function ruleOn<Op extends Operation>(
  operation: Op,
  { env, home, policyFile, rehearsal }: RuledIn,
): Promise<Ruled<Op>> {
  try {
    const policy = await readPolicy({
      configDirectory: configDirectory(env, home),
      ...(policyFile === undefined ? {} : { extraFile: policyFile }),
      ...(rehearsal === undefined ? {} : { rehearsal }),
    });
    const ruling = rulingOn(operation, policy);
    return { operation: ruling.isHardened ? hardened(operation) : operation, ruling };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const problem = error.fix === undefined ? error.message : `${error.message} (${error.fix})`;
    return { operation, problem };
  }
}

function hardened<Op extends Operation>(operation: Op): Op {
  return { ...operation, reversibility: "irreversible" };
}
