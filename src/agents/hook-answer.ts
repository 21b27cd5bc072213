// The hook's answer in each agent's own words.
//
// N1 It never allows: silence leaves the decision to the agent, which may ask or not.
// N2 Where an agent cannot ask, it denies, and says that a person can run it.
// N3 What could not be decided blocks, in whatever way blocks there.

import { EXIT } from "../policy/exit-code.ts";
import type { AgentId } from "./agent.ts";
import { AGENTS } from "./catalogue.ts";

/** `blocked`: nothing could be decided. */
export type HookEffect = "silent" | "ask" | "deny" | "blocked";

export interface HookAnswer {
  readonly stdout: string;
  readonly stderr: string;
  /** 2 blocks, for every agent. */
  readonly code: number;
}

/** What every agent takes for a no, if it looks at nothing else. */
export const BLOCKS = EXIT.notFound;

const said = (object: object): HookAnswer => ({
  stdout: `${JSON.stringify(object)}\n`,
  stderr: "",
  code: EXIT.ok,
});

/** For an agent that nobody knows, and for those whose only sure no it is. */
export const blocked = (text: string): HookAnswer => ({
  stdout: "",
  stderr: `${text}\n`,
  code: BLOCKS,
});

/** Cursor asks before shell commands only; elsewhere it takes the word and does not. */
const asksFor = (agent: AgentId, event: string | undefined): boolean =>
  AGENTS[agent].canAsk && !(agent === "cursor" && event === "preToolUse");

/** The answer. `event` is Cursor's name for the moment. */
export function hookAnswer(
  agent: AgentId,
  effect: HookEffect,
  text: string,
  event?: string,
): HookAnswer {
  if (effect === "silent")
    return agent === "cursor" ? said({}) : { stdout: "", stderr: "", code: EXIT.ok };
  const isAsked = effect === "ask" && asksFor(agent, event);
  const decision = isAsked ? "ask" : "deny";
  const reason =
    effect === "ask" && !isAsked
      ? `${text}\nNobody can be asked here: show this to the person, who can run it.`
      : text;
  switch (agent) {
    case "cursor":
      return said({ permission: decision, user_message: reason, agent_message: reason });
    case "copilot-cli":
      return said({ permissionDecision: decision, permissionDecisionReason: reason });
    case "opencode":
      return said({ decision, reason });
    case "gemini-cli":
      return effect === "blocked" ? blocked(reason) : said({ decision, reason });
    case "claude-code":
    case "codex":
      return effect === "blocked"
        ? blocked(reason)
        : said({
            hookSpecificOutput: {
              hookEventName: "PreToolUse",
              permissionDecision: decision,
              permissionDecisionReason: reason,
            },
          });
    case "generic":
      return blocked(reason);
  }
}
