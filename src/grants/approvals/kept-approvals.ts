// The store of both databases: store.ts says what each method does, and the files beside it do it.

import type { Decider, NewRequest } from "../../policy/approval.ts";
import * as answers from "./answers.ts";
import * as attempts from "./attempts.ts";
import type { ApprovalDatabase } from "./database.ts";
import { entries, heads } from "./entries.ts";
import { file } from "./filing.ts";
import { Journal, type Surroundings } from "./journal.ts";
import * as looking from "./looking.ts";
import * as notices from "./notices.ts";
import type { ApprovalStore, ClaimQuery, ListQuery, StandingQuery } from "./store.ts";

export class KeptApprovals implements ApprovalStore {
  readonly #journal: Journal;

  constructor(database: ApprovalDatabase, surroundings: Surroundings = {}) {
    this.#journal = new Journal(database, surroundings);
  }

  get place(): string {
    return this.#journal.place;
  }

  standing = (query: StandingQuery) => looking.standing(this.#journal, query);
  blocks = () => looking.blocks(this.#journal);
  find = (id: string) => looking.find(this.#journal, id);
  list = (query: ListQuery) => looking.list(this.#journal, query);

  file = (request: NewRequest, told: Parameters<ApprovalStore["file"]>[1]) =>
    file(this.#journal, request, told);

  decide = (id: string, digest: string, verdict: "approve" | "deny", by: Decider) =>
    answers.decide(this.#journal, id, digest, verdict, by);
  withdraw = (id: string, by: Decider, note?: string) =>
    answers.withdraw(this.#journal, id, by, note);
  reopen = (id: string, by: Decider) => answers.reopen(this.#journal, id, by);
  revoke = (id: string, by: Decider) => answers.revoke(this.#journal, id, by);
  resolve = (id: string, happened: boolean, evidence: string, by: Decider) =>
    answers.resolve(this.#journal, id, happened, evidence, by);

  claim = (query: ClaimQuery) => attempts.claim(this.#journal, query);
  renew = (id: string, attempt: string, leaseMs: number) =>
    attempts.renew(this.#journal, id, attempt, leaseMs);
  conclude = (...[id, attempt, outcome, note]: Parameters<ApprovalStore["conclude"]>) =>
    attempts.conclude(this.#journal, id, attempt, outcome, note);

  takeNotice = (leaseMs: number) => notices.takeNotice(this.#journal, leaseMs);
  settleNotice = (id: string, result: Parameters<ApprovalStore["settleNotice"]>[1]) =>
    notices.settleNotice(this.#journal, id, result);
  nextNoticeMs = () => notices.nextNoticeMs(this.#journal);

  audit = () => entries(this.#journal);
  auditHeads = () => heads(this.#journal);
  close = () => this.#journal.close();
}
