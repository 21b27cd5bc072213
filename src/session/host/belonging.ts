// Who belongs to a session, in the host's memory: what descends from the host or was adopted, less
// what belongs to an inner session.

import type { Reason } from "../../policy/reason.ts";
import { type Environment, SESSION_VARIABLE } from "../../system/places.ts";
import type { ProcessInfo } from "../../system/processes.ts";
import { type ProcessIdentity, placeCaller, type Whereabouts } from "../lineage.ts";
import { differingVariable, holdfastVariables } from "../protocol/variables.ts";

/** One identified caller: its proven chain of ancestors, and the HOLDFAST_ variables that it has. */
export interface Caller {
  readonly chain: readonly ProcessInfo[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Keeps host.ts's H1 and H2. */
export class Belonging {
  readonly #self: ProcessIdentity;
  readonly #env: Environment;
  readonly #adopted: ProcessIdentity[] = [];
  readonly #innerHosts = new Map<string, ProcessIdentity>();

  /** `self` is the host's own process, `env` its variables. */
  constructor(self: ProcessIdentity, env: Environment) {
    this.#self = self;
    this.#env = env;
  }

  /** The host and what was adopted. */
  get roots(): readonly ProcessIdentity[] {
    return [this.#self, ...this.#adopted];
  }

  get adopted(): readonly ProcessIdentity[] {
    return this.#adopted;
  }

  adopt({ pid, started }: ProcessIdentity): void {
    this.#adopted.push({ pid, started });
  }

  /** From now on what is below this process belongs to its session, and only it speaks here. */
  addInnerHost({ pid, started }: ProcessIdentity): void {
    this.#innerHosts.set(`${pid} ${started}`, { pid, started });
  }

  place({ chain }: Caller): Whereabouts {
    return placeCaller(chain, this.roots, [...this.#innerHosts.values()], this.#self.started);
  }

  /** Why this caller gets nothing, whatever it asks for. */
  whyRefused(caller: Caller): { readonly reason: Reason; readonly detail?: string } | undefined {
    const place = this.place(caller);
    if (place.where === "below-inner-session")
      return { reason: "environment-changed", detail: SESSION_VARIABLE };
    if (place.where === "detached") return { reason: "detached", detail: String(place.top) };
    if (place.where === "outside") return { reason: "not-a-descendant" };
    const changed = differingVariable(holdfastVariables(this.#env), caller.variables);
    return changed === undefined ? undefined : { reason: "environment-changed", detail: changed };
  }
}
