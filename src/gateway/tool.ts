// What a tool of the gateway is. A tool turns its input into an operation, and says how it is run and
// shown; the gate does the rest, and server.ts what is the same for all.

import type * as z from "zod";
import type { Execution } from "../gate/run.ts";
import type { Card } from "../policy/card.ts";
import type { Decision } from "../policy/decide.ts";
import type { Environment } from "../policy/environment.ts";
import type { Operation } from "../policy/operation.ts";
import type { EnvironmentPolicy, Policy } from "../policy/policy.ts";
import type { LookUpNeed } from "../policy/session-grant.ts";
import type { LookedUp } from "../session/caller/claim.ts";
import type { Processes } from "../system/processes.ts";

/** The gateway, as a tool sees it for one call. */
export interface ToolContext {
  readonly environment: Environment;
  /** As it is now: read anew for each call. */
  readonly policy: Policy;
  /** `policy.environments[environment]`. */
  readonly rules: EnvironmentPolicy;
  /** The gateway's own variables; what programs are given is chosen from them by policy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where the gateway was started: absolute, symbolic links followed. */
  readonly cwd: string;
  /** `<config>`, private. */
  readonly configDirectory: string;
  /** What values are hashed with. */
  readonly key: Buffer;
  readonly processes: Processes;
  /** Aborted when the client cancels or goes away. */
  readonly signal: AbortSignal;
  /** Tells the client how it is going; already without secrets when it arrives there. */
  readonly progress: (message: string) => void;
  /** `--policy`, for who reads policy again. */
  readonly policyFile?: string;
  /** The same, of gate/rehearsal.ts. */
  readonly rehearsal?: string;
}

/** What a tool gave back: what goes to the agent, once its secrets are out. */
export interface ToolOutput {
  /** For the model to read: the program's output, or what a record says. */
  readonly text: string;
  /** The tool's own part of the structured content. */
  readonly structured: Readonly<Record<string, unknown>>;
  /** Values that must not stand in either, besides those of the variables. */
  readonly secrets?: readonly string[];
}

/** What came of an operation that was run. `output` is there whatever the outcome. */
export interface ToolExecution extends Execution {
  readonly output: ToolOutput;
}

/** One call that goes through the gate. */
export interface GatedCall<Op extends Operation = Operation> {
  readonly operation: Op;
  /** The card of a request; looked up only when one is filed. */
  readonly describe: () => Promise<Card>;
  /** Everything that can fail without effect; what it returns runs exactly `operation`. */
  prepare(decision: Decision<Op>): Promise<() => Promise<ToolExecution>>;
  /** Values that must not leave in whatever is said about the call, its refusal included. */
  readonly secrets: readonly string[];
  /** What a session's wildcard needs to know of the target; without it, nothing is known. */
  readonly lookUp?: (needs: readonly LookUpNeed[]) => Promise<LookedUp>;
  /** Lets go of what the call holds, whatever became of it. */
  readonly close?: () => void;
}

interface ToolBase<Input extends z.ZodType> {
  /** `terraform_plan`. */
  readonly name: string;
  readonly title: string;
  /** For the model: what it does, what it needs, when it is refused. */
  readonly description: string;
  /** Strict: unknown keys are errors. */
  readonly input: Input;
  /** The schema of `ToolOutput.structured`, strict as well. */
  readonly output: z.ZodType;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** A tool that does something: every call is one `gate.run`. */
export interface GatedTool<Input extends z.ZodType = z.ZodType> extends ToolBase<Input> {
  /** @throws Failure for what cannot be an operation at all: the fix says what to write instead */
  readonly call: (input: z.output<Input>, context: ToolContext) => Promise<GatedCall>;
}

/** A tool that looks at what the gateway itself keeps. */
export interface RecordTool<Input extends z.ZodType = z.ZodType> extends ToolBase<Input> {
  /** @throws Failure */
  readonly look: (input: z.output<Input>, context: ToolContext) => Promise<ToolOutput>;
}

/** A tool that asks a person for a call of another one, and carries nothing out. */
export interface ProposingTool<Input extends z.ZodType = z.ZodType> extends ToolBase<Input> {
  readonly proposes: (input: z.output<Input>) => {
    /** The tool, and what it would be called with. */
    readonly tool: string;
    readonly input: unknown;
    /** The agent's own words. */
    readonly reason: string;
  };
}

export type GatewayTool = GatedTool | RecordTool | ProposingTool;
