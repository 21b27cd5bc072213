// The caller's side of the protocol: nested commands, inner hosts and `holdfast session` use it.
//
// C1 No answer in time, or one that the session's host did not sign, is no answer: the caller denies.
// C2 Nothing that an unproven host says is acted on, but for opening a file inside our own directory.

import { closeSync, constants, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { randomBytes } from "node:crypto";
import type { Environment } from "../../system/places.ts";
import { checkPrivateDirectory, UnsafeFile } from "../../system/safe-file.ts";
import { Channel, ChannelError } from "../protocol/channel.ts";
import { isSignedByHost } from "../protocol/identity.ts";
import { holdfastVariables } from "../protocol/variables.ts";
import type { SessionAnswer, SessionRequest } from "../protocol/messages.ts";

/** How long a host may take for one answer, in milliseconds. */
export const ANSWER_TIMEOUT_MS = 5000;

/** How long the next answer may take, in milliseconds. */
export type Patience = () => number;

/** Why no conversation came about. The detail is one line for people. */
export class NoConversation extends Error {
  override readonly name = "NoConversation";
  readonly why: "not-live" | "sandboxed" | "record-refused";
  constructor(why: NoConversation["why"], detail: string) {
    super(detail);
    this.why = why;
  }
}

/** A conversation with a session's host, its identity proven with every answer. */
export class Conversation {
  readonly #channel: Channel;
  readonly #token: string;
  readonly #key: string;
  readonly #patience: Patience;
  #descriptor: number | undefined;

  private constructor(
    channel: Channel,
    token: string,
    { key, descriptor, patience }: { key: string; descriptor: number; patience: Patience },
  ) {
    this.#channel = channel;
    this.#token = token;
    this.#key = key;
    this.#patience = patience;
    this.#descriptor = descriptor;
  }

  /**
   * Connects to `socketPath` and introduces this process. `patience` says how long each answer may
   * take, in milliseconds. Throws NoConversation.
   */
  static async open(
    socketPath: string,
    token: string,
    env: Environment,
    patience: Patience = () => ANSWER_TIMEOUT_MS,
  ): Promise<Conversation> {
    let channel: Channel | undefined;
    try {
      checkPrivateDirectory(dirname(socketPath));
      channel = new Channel(await connected(socketPath, patience()));
      channel.say({
        type: "hello",
        version: 1,
        pid: process.pid,
        nonce: randomBytes(16).toString("hex"),
        variables: holdfastVariables(env),
      });
      const { file, key } = challengeOf(await channel.hear(patience()));
      const descriptor = openChallenge(file, dirname(socketPath));
      return new Conversation(channel, token, { key, descriptor, patience });
    } catch (error) {
      // Whoever holds the other end open would otherwise keep this process from ending.
      channel?.destroy();
      throw asNoConversation(error, socketPath);
    }
  }

  /** Sends a request and returns the signed answer. Throws NoConversation. */
  async ask(request: SessionRequest): Promise<SessionAnswer> {
    try {
      this.#channel.say(request);
      const answer = await this.#channel.hearSigned(
        (transcript, signature) => isSignedByHost(this.#token, this.#key, transcript, signature),
        this.#patience(),
      );
      return answer as SessionAnswer;
    } catch (error) {
      this.#channel.destroy();
      throw asNoConversation(error, "");
    } finally {
      this.#releaseProof();
    }
  }

  /** Says how it ended. Nobody waits for an answer: it would tell the caller nothing. */
  tell(result: Extract<SessionRequest, { type: "result" }>): void {
    this.#channel.sayLast(result);
  }

  close(): void {
    this.#releaseProof();
    this.#channel.destroy();
  }

  #releaseProof(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function connected(path: string, mostMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new ChannelError("timeout", "no answer in time"));
    }, mostMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

function challengeOf(message: unknown): { readonly file: string; readonly key: string } {
  const { file, key } = (message ?? {}) as { file?: unknown; key?: unknown };
  if (typeof file === "string" && typeof key === "string") return { file, key };
  throw new ChannelError("malformed", "no challenge");
}

function openChallenge(file: string, directory: string): number {
  if (dirname(file) !== directory) throw new ChannelError("malformed", "a proof file elsewhere");
  return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

function asNoConversation(error: unknown, path: string): NoConversation {
  if (error instanceof NoConversation) return error;
  if (error instanceof UnsafeFile)
    return error.code === "missing"
      ? new NoConversation("not-live", "its host is gone")
      : new NoConversation("record-refused", error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EPERM" || code === "EACCES")
    return new NoConversation("sandboxed", `${code} on ${path}`);
  if (code === "ECONNREFUSED" || code === "ENOENT")
    return new NoConversation("not-live", "its host is gone");
  if (error instanceof ChannelError)
    return new NoConversation(
      "not-live",
      error.why === "timeout" ? `no answer within ${ANSWER_TIMEOUT_MS / 1000} seconds` : message,
    );
  return code === undefined
    ? new NoConversation("not-live", "its host gave an answer that cannot be understood")
    : new NoConversation("not-live", `its host cannot be reached (${code})`);
}
