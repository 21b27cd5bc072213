// What people ask of a running session from outside it: revoke, adopt, grant, vouch. Anybody may
// revoke; for the rest the caller is shown to be a person (adoption.ts).

import type { AuditFacts } from "../../policy/audit-entry.ts";
import type { ResourceClass } from "../../policy/resource-class.ts";
import type { SessionAnswer, SessionRequest } from "../protocol/messages.ts";
import { adoptable, SessionCode, whyNotAnswering } from "./adoption.ts";
import type { Belonging, Caller } from "./belonging.ts";
import type { HostOptions } from "./host.ts";
import { processText, userHere } from "../who.ts";

/** What visitors ask. */
export type VisitorRequest = Extract<
  SessionRequest,
  { type: "revoke" | "adopt" | "grant" | "vouch" }
>;

/** What policy/approval.ts's table lets nobody answer for a session. */
const NEVER_ADDED: readonly ResourceClass[] = ["organizations"];

const no = (message: string): SessionAnswer => ({ type: "error", message });

/** Answers them. */
export class Visitors {
  readonly #options: HostOptions;
  readonly #belonging: Belonging;
  readonly #code: SessionCode;

  constructor(options: HostOptions, belonging: Belonging) {
    this.#options = options;
    this.#belonging = belonging;
    this.#code = new SessionCode(options.code, () =>
      options.onEvent("too many wrong codes were typed; the banner's code does not count any more"),
    );
  }

  async answer(request: VisitorRequest, caller: Caller): Promise<SessionAnswer> {
    if (request.type === "revoke") return this.#revoke(caller);
    const why = this.#whyNobody(caller, request.code);
    if (request.type === "vouch") return why === undefined ? { type: "done" } : no(why);
    if (request.type === "grant") return this.#grant(request, caller, why);
    return this.#adopt(request.pid, caller, why);
  }

  /** Why the caller is not taken for a person. */
  #whyNobody({ chain }: Caller, typedCode: string | undefined): string | undefined {
    const { processes, self } = this.#options;
    const checkCode = (typed: string) => this.#code.check(typed);
    const session = { roots: this.#belonging.roots, started: self.started, checkCode };
    return whyNotAnswering(chain, processes, session, typedCode);
  }

  #revoke({ chain: [process] }: Caller): SessionAnswer {
    if (process === undefined) return no("the caller could not be identified");
    const { ledger } = this.#options;
    if (ledger.state === "revoked") return { type: "done" };
    ledger.revoke();
    const by = processText(process);
    this.#options.onEvent(`revoked by ${by}`);
    this.#options.records.happened({ event: "session-revoked", by: userHere(by) });
    return { type: "done" };
  }

  async #adopt(pid: number, caller: Caller, why: string | undefined): Promise<SessionAnswer> {
    if (why !== undefined) return no(`not adopted: ${why}`);
    const found = await adoptable(pid, this.#options.processes);
    if (typeof found === "string") return no(`not adopted: ${found}`);
    const adopted = processText(found);
    return this.#unlessUnlogged(
      "adopted",
      { event: "session-adopted", by: byWhom(caller), detail: adopted },
      () => {
        this.#belonging.adopt(found);
        this.#options.onEvent(`${adopted} adopted`);
      },
    );
  }

  /** Adds one class for as long as the session lives (host.ts, H4). */
  #grant(
    { resourceClass, request }: Extract<VisitorRequest, { type: "grant" }>,
    caller: Caller,
    why: string | undefined,
  ): SessionAnswer {
    const { ledger } = this.#options;
    if (why !== undefined) return no(`not widened: ${why}`);
    if (NEVER_ADDED.includes(resourceClass))
      return no(`not widened: ${resourceClass} are granted at a session's start or not at all`);
    if (ledger.state !== "live") return no(`not widened: the session is ${ledger.state}`);
    if (ledger.grant.classes.includes(resourceClass)) return { type: "done" };
    const by = byWhom(caller);
    return this.#unlessUnlogged(
      "widened",
      { event: "session-widened", class: resourceClass, request, by },
      () => {
        ledger.widen(resourceClass, { request, by });
        this.#options.onEvent(
          `a person allowed ${resourceClass} too (request ${request}), until it ends`,
        );
      },
    );
  }

  /** Logs it, and then does it (records.ts, D1). */
  #unlessUnlogged(what: string, facts: AuditFacts, act: () => void): SessionAnswer {
    const failure = this.#options.records.added(facts);
    if (failure !== undefined) return no(`not ${what}: ${failure}`);
    act();
    return { type: "done" };
  }
}

const byWhom = ({ chain: [process] }: Caller): string =>
  userHere(process === undefined ? "unknown" : processText(process));
