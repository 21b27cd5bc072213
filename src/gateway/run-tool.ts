// One call of a tool, from what the client sent to what goes back.
//
// G1 Every tool that does something is one `gate.run`; nothing else of the gateway carries anything out.
// G2 What goes back is redacted first, and cut then: no half of a secret stays.
// G3 Whatever breaks is answered. What broke after it was begun is `unknown`, never an error that
//    invites another try.

import type * as z from "zod";
import { createRedactor, type Redactor } from "../audit/redact.ts";
import { commandFact } from "../gate/command-fact.ts";
import { propose } from "../gate/propose.ts";
import { type GateResult, type GateWorld, run } from "../gate/run.ts";
import { openStores } from "../gate/stores-open.ts";
import { requestWords } from "../policy/command-line.ts";
import { EXIT } from "../policy/exit-code.ts";
import { Failure } from "../policy/failure.ts";
import type { Operation } from "../policy/operation.ts";
import { bounded } from "./bound.ts";
import {
  brokenResult,
  type Called,
  failureResult,
  gateResult,
  lookedResult,
  proposalResult,
} from "./call-result.ts";
import { clusterSecrets } from "./cluster-secrets.ts";
import type { Gateway } from "./gateway.ts";
import { redactDeep } from "./redact.ts";
import type { CallResult } from "./result.ts";
import type { GatedCall, GatewayTool, ProposingTool, ToolContext, ToolExecution } from "./tool.ts";
import { TOOLS } from "./tools.ts";
import { isShallow, isWholeText } from "./whole-text.ts";

/** What one call has of its own. */
export interface CallPorts {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
  /** Told once it is known that the call only reads. */
  readonly onReading: () => void;
}

/** What a call came to, before it is redacted. */
interface Raw {
  readonly result: CallResult;
  readonly secrets: readonly string[];
}

/** Calls it, and answers whatever happens (G3). */
export async function runTool(
  tool: GatewayTool,
  input: unknown,
  gateway: Gateway,
  ports: CallPorts,
): Promise<CallResult> {
  const called: Called = { tool: tool.name, environment: gateway.environment };
  const standing: string[] = [];
  const { result, secrets } = await answer(tool, input, gateway, { ...ports, standing }, called);
  const redact = redactorFor(gateway, [...standing, ...secrets]);
  const text = redact(result.text);
  const structured = redactDeep(result.structured, redact);
  return bounded({ ...result, text, structured }, gateway.outputs);
}

async function answer(
  tool: GatewayTool,
  input: unknown,
  gateway: Gateway,
  ports: CallPorts & { readonly standing: string[] },
  called: Called,
): Promise<Raw> {
  try {
    const known = { redact: gateway.redact };
    const progress = (message: string) => ports.progress(known.redact(message));
    const context = await contextOf(gateway, { ...ports, progress });
    ports.standing.push(...clusterSecrets(context));
    known.redact = redactorFor(gateway, ports.standing);
    const checked = checkedInput(tool, input);
    if ("look" in tool) {
      const output = await tool.look(checked, context);
      return { result: lookedResult(called, output), secrets: output.secrets ?? [] };
    }
    if ("proposes" in tool) return await proposed(tool.proposes(checked), gateway, context, called);
    const call = await tool.call(checked, context);
    known.redact = redactorFor(gateway, [...ports.standing, ...call.secrets]);
    if (call.operation.impact === "read") ports.onReading();
    try {
      return await throughTheGate(call, gateway, called);
    } finally {
      call.close?.();
    }
  } catch (error) {
    return { result: failureResult(called, asFailure(error, gateway)), secrets: [] };
  }
}

/** The gateway as a tool sees it. @throws Failure for a policy that cannot be used */
export async function contextOf(gateway: Gateway, ports: CallPorts): Promise<ToolContext> {
  const { environment, env, home, cwd, configDirectory, key, processes } = gateway;
  const { policyFile, rehearsal } = gateway;
  const { signal, progress } = ports;
  const policy = await gateway.readPolicy();
  const rules = policy.environments[environment];
  return {
    ...{
      environment,
      policy,
      rules,
      env,
      home,
      cwd,
      configDirectory,
      key,
      processes,
      signal,
      progress,
    },
    ...(policyFile === undefined ? {} : { policyFile }),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  };
}

/** Names of fields that nobody asked for may be of any length. */
const MOST_OF_PROBLEM = 300;

/** @throws Failure `invalid-input`, that names every field and says nothing of its value */
export function checkedInput(tool: GatewayTool, input: unknown): z.output<GatewayTool["input"]> {
  if (!isShallow(input))
    throw new Failure("invalid-input", `${tool.name}: it is nested too deeply`, {
      exitCode: EXIT.usage,
      fix: "call it with what its input schema says",
    });
  const parsed = tool.input.safeParse(input ?? {});
  if (parsed.success && isWholeText(input)) return parsed.data;
  if (parsed.success)
    throw new Failure("invalid-input", `${tool.name}: a text in it is not valid Unicode`, {
      exitCode: EXIT.usage,
      fix: "call it with whole characters: no half of a surrogate pair",
    });
  const problems = parsed.error.issues.slice(0, 10).map(({ path, message }) => {
    const where = path.map(String).join(".");
    return (where === "" ? message : `${where}: ${message}`).slice(0, MOST_OF_PROBLEM);
  });
  throw new Failure("invalid-input", `${tool.name}: ${problems.join("; ")}`, {
    exitCode: EXIT.usage,
    fix: "call it with what its input schema says",
  });
}

async function throughTheGate(call: GatedCall, gateway: Gateway, called: Called): Promise<Raw> {
  const begun = { is: false };
  try {
    const decided = await decide(call, gateway, {}, begun);
    const secrets = [...call.secrets, ...(decided.execution?.output.secrets ?? [])];
    return { result: await gateResult(called, decided), secrets };
  } catch (error) {
    const failure = asFailure(error, gateway);
    const result = begun.is
      ? brokenResult(called, failure.message)
      : failureResult(called, failure);
    return { result, secrets: call.secrets };
  }
}

/** Files a request for another call, with the agent's own words, and never carries it out. */
async function proposed(
  asked: ReturnType<ProposingTool["proposes"]>,
  gateway: Gateway,
  context: ToolContext,
  called: Called,
): Promise<Raw> {
  const tool = TOOLS.get(asked.tool);
  if (tool === undefined || !("call" in tool))
    throw new Failure("no-such-tool", "no tool of that name does anything", {
      exitCode: EXIT.usage,
      fix: "name the tool that would be called: terraform_apply",
    });
  const call = await tool.call(checkedInput(tool, asked.input), context);
  try {
    const decided = await decide(call, gateway, { said: asked.reason }, undefined);
    return { result: await proposalResult(called, tool.name, decided), secrets: call.secrets };
  } finally {
    call.close?.();
  }
}

/** @param begun told when it is carried out; undefined: it is only proposed */
async function decide(
  call: GatedCall,
  gateway: Gateway,
  words: { readonly said?: string },
  begun: { is: boolean } | undefined,
): Promise<GateResult<Operation, ToolExecution>> {
  const { env, home, processes, policyFile, rehearsal } = gateway;
  const policy = {
    ...(policyFile === undefined ? {} : { policyFile }),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  };
  const standing = { env, home, processes, ...policy };
  const stores = openStores({
    ...{ world: standing, line: requestWords, ...words },
    ...policy,
    commandFact: async (operation, policy, directory) => {
      if (operation.kind !== "command") throw new Error("only commands have such a fact");
      return commandFact(operation, policy, directory);
    },
  });
  const world: GateWorld<Operation, ToolExecution> = {
    ...standing,
    quiet: true,
    unattended: true,
    stores: async () => stores,
    lookUp: async (_, needs) => (await call.lookUp?.(needs)) ?? {},
    describe: () => call.describe(),
    // Nobody is at the gateway's terminal, if it has one.
    ask: async () => "no",
    onGranted: () => {},
    prepare: async (_, decision) => {
      const act = await call.prepare(decision);
      return () => {
        if (begun !== undefined) begun.is = true;
        return act();
      };
    },
  };
  try {
    return await (begun === undefined ? propose : run)(call.operation, world);
  } finally {
    await stores.close();
  }
}

function redactorFor({ redact }: Gateway, secrets: readonly string[]): Redactor {
  if (secrets.length === 0) return redact;
  const more = createRedactor({}, secrets);
  return (text) => redact(more(text));
}

/** Whatever was thrown, as something that can be said. A defect of ours goes to stderr as well. */
function asFailure(error: unknown, { tell, redact, version }: Gateway): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  tell(
    redact(`a defect in holdfast ${version}: ${error instanceof Error ? error.stack : message}`),
  );
  return new Failure("defect", `a defect in holdfast ${version}: ${message}`, {
    exitCode: EXIT.ownFailure,
    fix: "a person reports it, with what the gateway printed",
  });
}
