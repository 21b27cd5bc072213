// A session inside a session: the inner host asks the outer one about every deletion, so that both
// must allow and both pay. It never remembers an answer of the outer host.

import type { Reason } from "../../policy/reason.ts";
import type { Environment } from "../../system/places.ts";
import { Conversation, NoConversation } from "../caller/conversation.ts";
import type {
  OperationSummary,
  Outcome,
  SessionAnswer,
  SessionDescription,
  SessionRequest,
} from "../protocol/messages.ts";

/** One deletion at the outer host, from `reserve` to `result`. */
export interface OuterClaim {
  readonly answer: SessionAnswer;
  sending(): Promise<SessionAnswer>;
  result(outcome: Outcome, status?: number): void;
  drop(): void;
}

/** The outer session, as an inner host reaches it. */
export interface OuterSession {
  readonly description: SessionDescription;
  peek(operation: OperationSummary): Promise<SessionAnswer>;
  reserve(operation: OperationSummary): Promise<OuterClaim>;
  /** Tells that the inner session refused: it belongs on the outer receipt too. */
  tellRefusal(operation: OperationSummary, reason: Reason): Promise<void>;
  /** Tells what became of something that an approval or an allowlist entry let through. */
  tellReport(report: Report): Promise<void>;
}

/** What a nested command reports. */
export type Report = Extract<SessionRequest, { type: "report" }>;

/** Registers this process as an inner host of the session of `token`. Throws NoConversation. */
export async function joinOuterSession(
  socketPath: string,
  token: string,
  env: Environment,
): Promise<{ readonly answer: SessionAnswer; readonly outer?: OuterSession }> {
  const open = () => Conversation.open(socketPath, token, env);
  const conversation = await open();
  const answer = await conversation.ask({ type: "nest" });
  conversation.close();
  if (answer.type !== "description") return { answer };
  return { answer, outer: outerSession(open, answer.description) };
}

function outerSession(
  open: () => Promise<Conversation>,
  description: SessionDescription,
): OuterSession {
  const refuse = (error: unknown): SessionAnswer => {
    if (!(error instanceof NoConversation)) throw error;
    const reason = error.why;
    return { type: "refused", session: description.id, reason, detail: error.message };
  };
  const tell = async (message: Report | Extract<SessionRequest, { type: "refusal" }>) => {
    try {
      const conversation = await open();
      await conversation.ask(message);
      conversation.close();
    } catch (error) {
      refuse(error);
    }
  };
  return {
    description,
    tellReport: tell,
    tellRefusal: (operation, reason) => tell({ type: "refusal", operation, reason }),
    peek: async (operation) => {
      try {
        const conversation = await open();
        const answer = await conversation.ask({ type: "peek", operation });
        conversation.close();
        return answer;
      } catch (error) {
        return refuse(error);
      }
    },
    reserve: async (operation) => {
      try {
        const conversation = await open();
        return claim(conversation, await conversation.ask({ type: "reserve", operation }), refuse);
      } catch (error) {
        return claim(undefined, refuse(error), refuse);
      }
    },
  };
}

function claim(
  conversation: Conversation | undefined,
  answer: SessionAnswer,
  refuse: (error: unknown) => SessionAnswer,
): OuterClaim {
  if (answer.type !== "allowed") conversation?.close();
  return {
    answer,
    sending: async () => {
      try {
        return (await conversation?.ask({ type: "sending" })) ?? answer;
      } catch (error) {
        return refuse(error);
      }
    },
    result: (outcome, status) => {
      const known = status === undefined ? {} : { status };
      conversation?.tell({ type: "result", outcome, ...known });
    },
    drop: () => conversation?.close(),
  };
}
