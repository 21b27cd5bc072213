// `holdfast api PATH`: one HCP Terraform request, through the gate.

import { type Execution, explain, type GateResult, run } from "../gate/run.ts";
import type { ExecutionResult } from "../gate/executors/hcp.ts";
import { type Knock, knock } from "../session/caller/claim.ts";
import type { Decision } from "../policy/decide.ts";
import { EXIT, type ExitCode } from "../policy/exit-code.ts";
import type { HcpOperation } from "../policy/operation.ts";
import { toOperation } from "../operations/hcp/to-operation.ts";
import type { ApiFlags } from "./api/flags.ts";
import { outputOptions } from "./api/output.ts";
import { print } from "./api/print.ts";
import { renderResponse } from "./api/render.ts";
import { buildRequest } from "./api/request.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { openGateWorld } from "./gate-world.ts";
import { type HcpAccess, openHcpAccess } from "../hcp/access.ts";
import {
  type Aftermath,
  decisionJson,
  failureJson,
  failureText,
  refusalExit,
  refusalText,
} from "../gate/report.ts";

/** Makes the request that the flags mean. @throws Failure for wrong usage, and for reads that fail */
export async function runApi(
  flags: ApiFlags,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  const access = openHcpAccess(context);
  const world = await openGateWorld(context, globals, access, flags);
  const knocked = mayBeAsked(flags) && !globals.dryRun ? knock(world) : undefined;
  try {
    const operation = await resolveOperation(flags, context, access);
    if (globals.dryRun) {
      const { showExplanation } = await import("./explanation.ts");
      return await showExplanation(await explain(operation, world), globals, context);
    }
    if (operation.impact !== "read")
      return await show(await run(operation, world, knocked), globals, context);
    const reading = {
      ...world,
      prepare: async () => reader(operation, flags, globals, context, access),
    };
    const { execution, ...result } = await run(operation, reading, knocked);
    return execution?.exitCode ?? (await show(result, globals, context));
  } finally {
    access.close();
    await world.close();
    if (knocked !== undefined) await leave(knocked);
  }
}

/** Whether the session may be asked about such a request: not for plain reads. */
function mayBeAsked({ method }: ApiFlags): boolean {
  return method !== undefined && !/^(get|head)$/i.test(method);
}

/** Ends a conversation that was begun, whether or not it came to anything. */
async function leave(knocked: Promise<Knock>): Promise<void> {
  const found = await knocked;
  if (found.kind === "ask")
    await found.conversation.then(
      (conversation) => conversation.close(),
      () => {},
    );
}

/** The operation that the flags mean. @throws Failure for wrong usage, and for reads that fail */
export async function resolveOperation(
  flags: ApiFlags,
  context: CliContext,
  access: HcpAccess,
): Promise<HcpOperation> {
  const { env } = context;
  const { baseUrl } = access.address;
  const input = await buildRequest(flags, {
    baseUrl,
    get cwd() {
      return context.cwd;
    },
    get stdin() {
      return context.stdin;
    },
    read: access.lookUps,
    organization: async () =>
      (await (await import("../hcp/organization.ts")).resolveOrganization(env, context.cwd))?.name,
    workspace: async () =>
      (await (await import("../hcp/organization.ts")).resolveWorkspaceName(env, context.cwd))?.name,
  });
  return toOperation(input, { baseUrl, lookUps: access.lookUps });
}

/** Reads and prints, once the gate lets it: policy may ask about a read, or deny it. */
async function reader(
  operation: HcpOperation,
  flags: ApiFlags,
  globals: GlobalOptions,
  context: CliContext,
  access: HcpAccess,
): Promise<() => Promise<Execution & { readonly exitCode: ExitCode }>> {
  const { readApi } = await import("./api-read.ts");
  const opened = await access.reader();
  return async () => {
    const exitCode = await readApi(operation, flags.all === true, globals, context, opened);
    return { outcome: "succeeded", exitCode };
  };
}

async function show(
  { decision, execution, ...aftermath }: GateResult<HcpOperation, ExecutionResult>,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  if (execution === undefined) return showRefusal(decision, aftermath, globals, context);
  const { response, error } = execution;
  if (error !== undefined) {
    context.stderr.write(failureText(error));
    if (globals.json) context.stdout.write(`${JSON.stringify(failureJson(error), null, 2)}\n`);
    return error.exitCode;
  }
  if (response === undefined) return EXIT.ok;
  const answer = { ...response, body: Buffer.from(response.body) };
  const request = {
    method: decision.operation.request.method,
    path: decision.operation.target.path,
  };
  print(await renderResponse(request, answer, outputOptions(globals, context)), context);
  return EXIT.ok;
}

/** Shows a refusal, and what came of it. */
export async function showRefusal(
  decision: Decision,
  aftermath: Aftermath,
  globals: GlobalOptions,
  context: CliContext,
): Promise<ExitCode> {
  context.stderr.write(refusalText(decision, aftermath));
  if (globals.json)
    context.stdout.write(`${JSON.stringify(await decisionJson(decision, aftermath), null, 2)}\n`);
  return refusalExit(decision, aftermath);
}
