// The stores as they are: files of this user, or a database. Each is opened when it is first needed,
// and none of them by a deletion that its session covers.
//
// O1 Whatever cannot be read or trusted is a fact, `problem`, and the gate refuses.
// O2 A command that looks for them elsewhere than its agent was started to uses none of them.

import { setTimeout } from "node:timers/promises";
import { recordUse } from "../grants/allowlist/usage.ts";
import { openApprovals } from "../grants/approvals/open.ts";
import type { ApprovalStore } from "../grants/approvals/store.ts";
import type { CommandFact } from "../policy/allowlist.ts";
import type { ApprovalStanding } from "../policy/approval.ts";
import type { AuditFacts } from "../policy/audit-entry.ts";
import { type Decision, decide, type Facts, type SessionFact } from "../policy/decide.ts";
import { operationDigest } from "../policy/digest.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation, Target } from "../policy/operation.ts";
import type { Policy } from "../policy/policy.ts";
import { resourceKey } from "../policy/resource-key.ts";
import type { StandingWorld } from "../session/caller/standing.ts";
import { configDirectory } from "../system/places.ts";
import { beginAttempt, type Wanted } from "./attempt.ts";
import { startCourier } from "./courier.ts";
import { fileRequest } from "./file-request.ts";
import { GateLog } from "./gate-log.ts";
import { isRecordedByHost } from "./host-word.ts";
import { movedPlace } from "./moved-places.ts";
import { readPolicy } from "./policy-source.ts";
import { ruleText } from "./report.ts";
import { requesterOf, userName } from "./requester.ts";
import type { Begun, GateStores } from "./stores.ts";

export interface StoresOptions {
  readonly world: StandingWorld;
  /** Policy besides the machine's and the user's own. */
  readonly policyFile?: string;
  /** See rehearsal.ts. */
  readonly rehearsal?: string;
  /** What the allowlist and the agent's knobs say; only commands have such a fact. */
  readonly commandFact?: (
    operation: Operation,
    policy: Policy,
    directory: string,
  ) => Promise<CommandFact>;
  /** --reason: the agent's own words. */
  readonly said?: string;
  /** How a person reads the operation: `DELETE /workspaces/ws-8ZkQ`. */
  readonly line: (operation: Operation) => string;
}

/** How often a request that is waited for is looked at, in milliseconds. */
const LOOK_MS = 500;

/** Opens nothing yet. */
export function openStores(options: StoresOptions): GateStores {
  return new OpenStores(options);
}

class OpenStores implements GateStores {
  readonly #options: StoresOptions;
  readonly #directory: string;
  #log: GateLog;
  #policy: Promise<Policy> | undefined;
  #store: ApprovalStore | undefined;

  constructor(options: StoresOptions) {
    this.#options = options;
    this.#directory = configDirectory(options.world.env, options.world.home);
    this.#log = new GateLog(options.world);
  }

  async facts(
    operation: Operation,
    session: SessionFact,
  ): Promise<Pick<Facts, "approval" | "command" | "problem">> {
    try {
      const moved = await this.#movedProblem(operation);
      if (moved !== undefined) return { problem: moved };
      // What was read for the question may have changed before the answer.
      this.#policy = undefined;
      const policy = await this.#readPolicy();
      const approval = await this.#standing(operation, session);
      const { commandFact } = this.#options;
      if (operation.kind !== "command" || commandFact === undefined) return { approval };
      return { approval, command: await commandFact(operation, policy, this.#directory) };
    } catch (error) {
      return { problem: lineOf(error) };
    }
  }

  async begin(
    decision: Decision,
    session: SessionFact,
  ): Promise<Begun | { readonly decision: Decision }> {
    const { operation, reason, request } = decision;
    try {
      const moved = await this.#movedProblem(operation);
      if (moved !== undefined) throw refusedBecause(moved);
      if (reason === "approved" && request !== undefined) {
        const query = await this.#query(operation, session);
        const begun = await beginAttempt(await this.#openStore(), request, query);
        if ("end" in begun) return begun;
        return { decision: await this.#decideAgain(operation, session) };
      }
      return await this.#recorded(decision, session);
    } catch (error) {
      const problem = lineOf(error);
      return { decision: decide(operation, { session, person: { present: false }, problem }) };
    }
  }

  async refused(decision: Decision, session: SessionFact): Promise<void> {
    if (isRecordedByHost(session, decision.reason)) return;
    try {
      await this.#append({ event: "decided", ...this.#factsOf(decision, session) });
    } catch (error) {
      // It is refused anyway.
      lineOf(error);
    }
  }

  async file(
    decision: Decision,
    facts: Facts,
    describe: Parameters<GateStores["file"]>[2],
  ): ReturnType<GateStores["file"]> {
    const { world, said } = this.#options;
    return fileRequest(decision, facts, describe, {
      world,
      policy: await this.#readPolicy(),
      store: () => this.#openStore(),
      startCourier: () => startCourier(world.env),
      ...(said === undefined ? {} : { said }),
    });
  }

  async answered({ request }: Parameters<GateStores["answered"]>[0], ms: number): Promise<boolean> {
    const store = await this.#openStore();
    for (const end = Date.now() + ms; Date.now() < end; await setTimeout(LOOK_MS)) {
      const found = await store.find(request.id);
      if (found?.state !== "pending") return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#store?.close();
    this.#log.close();
    this.#store = undefined;
  }

  /** O2; what is refused for it is recorded where it should have been looked for. */
  async #movedProblem(operation: Operation): Promise<string | undefined> {
    const { world } = this.#options;
    const moved = await movedPlace(world, operation);
    if (moved === undefined) return undefined;
    this.#log.close();
    const env = { ...world.env, HOLDFAST_CONFIG_DIR: moved.directory };
    this.#log = new GateLog({ env, home: world.home });
    return `${moved.variable} leads to other stores than the agent was started with`;
  }

  /** Somebody else took the approval in between: what stands there now is refused with its own reason. */
  async #decideAgain(operation: Operation, session: SessionFact): Promise<Decision> {
    const found = await this.facts(operation, session);
    const approval: ApprovalStanding | undefined =
      found.approval?.standing === "approved" ? { standing: "none" } : found.approval;
    const facts: Facts = { session, person: { present: false }, ...found };
    return decide(operation, { ...facts, ...(approval === undefined ? {} : { approval }) });
  }

  async #recorded(decision: Decision, session: SessionFact): Promise<Begun> {
    const facts = this.#factsOf(decision, session);
    await this.#append({ event: "decided", ...facts });
    const { reason, detail, operation } = decision;
    if (reason === "allowlisted" && detail !== undefined && operation.kind === "command")
      recordUse(this.#directory, detail, operation.command.executable);
    return {
      end: async (outcome, status) => {
        const known = status === undefined ? {} : { status };
        try {
          await this.#append({ event: "outcome", ...facts, outcome, ...known });
        } catch (error) {
          // What cannot be recorded is unknown to whoever reads the record.
          lineOf(error);
        }
      },
    };
  }

  #factsOf(decision: Decision, session: SessionFact): Omit<AuditFacts, "event"> {
    const { operation, effect, reason, request, rule } = decision;
    const detail = rule === undefined ? decision.detail : ruleText(rule);
    const id = session.standing === "inside" ? session.session : undefined;
    return {
      ...(id === undefined ? {} : { session: id }),
      ...(request === undefined ? {} : { request }),
      class: operation.resourceClass,
      digest: operationDigest(operation),
      operation: this.#options.line(operation),
      target: targetText(operation.target),
      effect,
      reason,
      items: operation.items,
      by: userName(),
      ...(detail === undefined ? {} : { detail }),
    };
  }

  #append(facts: AuditFacts): Promise<void> {
    return this.#log.append(facts, this.#store);
  }

  #readPolicy(): Promise<Policy> {
    const { policyFile, rehearsal } = this.#options;
    const policy =
      this.#policy ??
      readPolicy({
        configDirectory: this.#directory,
        ...(policyFile === undefined ? {} : { extraFile: policyFile }),
        ...(rehearsal === undefined ? {} : { rehearsal }),
      });
    this.#policy = policy;
    return policy;
  }

  async #query(operation: Operation, session: SessionFact): Promise<Wanted> {
    const { scope, user, session: id } = await requesterOf(this.#options.world, session);
    return {
      operation,
      digest: operationDigest(operation),
      resourceKey: resourceKey(operation),
      scope,
      user,
      ...(id === undefined ? {} : { session: id }),
      policyDigest: (await this.#readPolicy()).digest,
    };
  }

  async #standing(operation: Operation, session: SessionFact): Promise<ApprovalStanding> {
    this.#store ??= await this.#open(false);
    if (this.#store === undefined) return { standing: "none" };
    return this.#store.standing(await this.#query(operation, session));
  }

  async #openStore(): Promise<ApprovalStore> {
    this.#store ??= await this.#open(true);
    if (this.#store === undefined) throw new Error("a store that may be made was not made");
    return this.#store;
  }

  async #open(create: boolean): Promise<ApprovalStore | undefined> {
    const { store, approvers } = (await this.#readPolicy()).approvals;
    return openApprovals({
      ...{ place: store, directory: this.#directory, create, approvers },
      also: this.#log.heads,
      redact: this.#log.redact,
    });
  }
}

const targetText = ({ hostname, organization, path }: Target): string =>
  [hostname, organization, path].filter((part) => part !== undefined).join(" ");

function refusedBecause(message: string): Failure {
  return new Failure("store-refused", message, { exitCode: EXIT.refused });
}

/** @throws whatever is no Failure: a defect of ours */
function lineOf(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return error.fix === undefined ? error.message : `${error.message} (${error.fix})`;
}
