// The session host: decides, from its own memory, what nested callers may do.
//
// H1 Whoever asks is identified first (proof.ts), and placed (lineage.ts). Only a caller inside the
//    session can reserve; what it says about itself is never believed.
// H2 A HOLDFAST_ variable that differs from the host's own is refused by name.
// H3 The budget is asked and taken in one turn of the event loop, after the last await.
// H4 Nothing inside the session widens its grant, nor does anything on disk. One message does: a
//    person outside (adoption.ts) adds one class by name, while the session is live and for as long
//    as it lives. Wildcard, budget, hostname, organization and end stay as they were at the start.
// H5 What was refused, let through and came of it is recorded (records.ts) before it is answered.

import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Reason } from "../../policy/reason.ts";
import type { Environment } from "../../system/places.ts";
import type { Processes } from "../../system/processes.ts";
import { Belonging, type Caller } from "./belonging.ts";
import type { Blocks } from "./blocks.ts";
import { Channel, ChannelError } from "../protocol/channel.ts";
import { ClaimDialogue } from "./claim-dialogue.ts";
import { Connections } from "./connections.ts";
import { describeSession } from "./description.ts";
import type { HostIdentity } from "../protocol/identity.ts";
import type { Ledger } from "./ledger.ts";
import type { ProcessIdentity } from "../lineage.ts";
import type { OuterSession, Report } from "./outer.ts";
import { createChallenge, provenLineage } from "./proof.ts";
import type { Records } from "./records.ts";
import { Visitors } from "./visitors.ts";
import {
  helloSchema,
  requestSchema,
  type SessionAnswer,
  type SessionDescription,
  type SessionRequest,
} from "../protocol/messages.ts";

/** How long a caller may take to introduce itself, in milliseconds. */
const INTRODUCTION_TIMEOUT_MS = 10_000;

export interface HostOptions {
  readonly id: string;
  readonly identity: HostIdentity;
  /** What the banner showed, for people whose terminal is younger than the session. */
  readonly code: string;
  readonly command: string;
  readonly self: ProcessIdentity;
  readonly ledger: Ledger;
  readonly records: Records;
  readonly blocks: Blocks;
  readonly processes: Processes;
  readonly env: Environment;
  readonly outer?: OuterSession;
  readonly startedAt: Date;
  /** Told when somebody changed something about the session, in one clause. */
  readonly onEvent: (event: string) => void;
}

/** What lets something through that the session's grant does not cover. */
const REPORTED: readonly Reason[] = ["approved", "allowlisted", "agent-unrestricted"];

const NOT_INSIDE: SessionAnswer = { type: "error", message: "only from inside the session" };

type Refusal = Extract<SessionAnswer, { type: "refused" }>;

/** Serves one session's socket until closed. */
export class SessionHost {
  readonly #options: HostOptions;
  readonly #belonging: Belonging;
  readonly #visitors: Visitors;
  readonly #server: Server;
  readonly #connections = new Connections();
  #path: string | undefined;
  #hasSeenEnd = false;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#belonging = new Belonging(options.self, options.env);
    this.#visitors = new Visitors(options, this.#belonging);
    this.#server = createServer((socket) => void this.#serve(socket));
  }

  /** Listens on `path`, which must not exist, in a private directory. */
  listen(path: string): Promise<void> {
    this.#path = path;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, () => {
        chmodSync(path, 0o600);
        // One connection that cannot be accepted must not end the session.
        this.#server.on("error", () => {});
        resolve();
      });
    });
  }

  /** Stops answering: what is reserved returns, what is being sent stays unknown. */
  close(): void {
    this.#noticeEnd();
    this.#connections.destroy();
    this.#server.close();
    this.#options.blocks.close();
    // Recursive, because something else may have been put in the socket's place.
    if (this.#path !== undefined) rmSync(this.#path, { force: true, recursive: true });
  }

  /**
   * Waits until nothing is being sent any more, `mostMs` at most: a command that has just ended may
   * have told its result a moment ago.
   */
  async settled(mostMs: number): Promise<void> {
    const end = Date.now() + mostMs;
    while (this.#connections.isSending && Date.now() < end) await setTimeout(5);
  }

  /** What `session show` and the receipt tell. */
  describe(): SessionDescription {
    return describeSession(this.#options, this.#belonging.adopted);
  }

  async #serve(socket: Socket): Promise<void> {
    const channel = new Channel(socket);
    const dialogue = new ClaimDialogue(this.#options);
    if (!this.#connections.admit(socket, dialogue)) return;
    try {
      const { caller, first } = await this.#introduce(channel);
      for (let request = first; ; request = requestSchema.parse(await channel.hear()))
        channel.saySigned(await this.#answer(request, caller, dialogue), (transcript) =>
          this.#options.identity.sign(transcript),
        );
    } catch (error) {
      if (!(error instanceof ChannelError))
        channel.saySigned({ type: "error", message: "the request cannot be understood" }, (text) =>
          this.#options.identity.sign(text),
        );
    } finally {
      dialogue.end();
      channel.close();
      this.#connections.leave(socket);
    }
  }

  async #introduce(channel: Channel): Promise<{ caller: Caller; first: SessionRequest }> {
    const hello = helloSchema.parse(await channel.hear(INTRODUCTION_TIMEOUT_MS));
    const { processes, self, identity } = this.#options;
    const challenge = createChallenge(dirname(this.#path ?? ""));
    try {
      channel.say({ type: "challenge", file: challenge.file, key: identity.publicKey });
      const first = requestSchema.parse(await channel.hear(INTRODUCTION_TIMEOUT_MS));
      const chain = await provenLineage(processes, hello.pid, challenge.file, self.pid);
      return { caller: { chain, variables: hello.variables }, first };
    } finally {
      challenge.withdraw();
    }
  }

  async #answer(
    request: SessionRequest,
    caller: Caller,
    dialogue: ClaimDialogue,
  ): Promise<SessionAnswer> {
    this.#noticeEnd();
    switch (request.type) {
      case "describe":
        return { type: "description", description: this.describe() };
      case "revoke":
      case "adopt":
      case "grant":
      case "vouch":
        return this.#visitors.answer(request, caller);
      case "nest":
        return this.#nest(caller);
      case "refusal":
        return this.#noteRefusal(request, caller);
      case "peek":
      case "reserve":
        return this.#judge(request, caller, dialogue);
      case "sending":
      case "result":
        return dialogue.go(request);
      case "report":
        return this.#noteReport(request, caller);
      case "blocks-changed":
        this.#options.blocks.changed();
        return { type: "done" };
    }
  }

  async #judge(
    request: Extract<SessionRequest, { type: "peek" | "reserve" }>,
    caller: Caller,
    dialogue: ClaimDialogue,
  ): Promise<SessionAnswer> {
    const refused = this.#whyRefused(caller);
    if (refused === undefined) return dialogue.ask(request);
    if (request.type === "reserve") this.#options.ledger.refuse(request.operation, refused.reason);
    return refused;
  }

  /** Why this caller gets nothing, whatever it asks for (H1, H2). */
  #whyRefused(caller: Caller): Refusal | undefined {
    const why = this.#belonging.whyRefused(caller);
    return why && { type: "refused", session: this.#options.id, ...why };
  }

  /**
   * Something was refused without this session being asked, by an inner session or because the
   * caller had lost its variables: it stands on this receipt too.
   */
  #noteRefusal(
    { operation, reason }: Extract<SessionRequest, { type: "refusal" }>,
    caller: Caller,
  ): SessionAnswer {
    if (!this.#isInside(caller)) return NOT_INSIDE;
    this.#options.ledger.refuse(operation, reason);
    return { type: "done" };
  }

  /** Something was carried out that an approval or an allowlist entry allowed, not the session. */
  async #noteReport(report: Report, caller: Caller): Promise<SessionAnswer> {
    if (!this.#isInside(caller)) return NOT_INSIDE;
    if (!REPORTED.includes(report.reason))
      return {
        type: "error",
        message: "nothing to report: only the session itself lets that through",
      };
    const { operation, reason, outcome, status } = report;
    this.#options.records.reported(operation, reason, outcome, status);
    await this.#options.outer?.tellReport(report);
    return { type: "done" };
  }

  #isInside(caller: Caller): boolean {
    const { where } = this.#belonging.place(caller);
    return where === "inside" || where === "below-inner-session";
  }

  #nest(caller: Caller): SessionAnswer {
    const refused = this.#whyRefused(caller);
    if (refused !== undefined) return refused;
    const { ledger, id } = this.#options;
    if (ledger.state !== "live") return { type: "refused", session: id, reason: ledger.state };
    const [process] = caller.chain;
    if (process !== undefined) this.#belonging.addInnerHost(process);
    return { type: "description", description: this.describe() };
  }

  /** Records that the time is up, when that is first noticed. */
  #noticeEnd(): void {
    const { ledger, records } = this.#options;
    if (this.#hasSeenEnd || ledger.state !== "expired") return;
    this.#hasSeenEnd = true;
    records.happened({ event: "session-expired" });
  }
}
