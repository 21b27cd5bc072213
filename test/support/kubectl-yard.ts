// The kubectl tools with a cluster's stand-in and the real kubectl, without a server in between.

import { KUBECTL_TOOLS } from "../../src/gateway/tools/kubectl.ts";
import type { GatedCall, ToolContext, ToolExecution } from "../../src/gateway/tool.ts";
import type { Decision } from "../../src/policy/decide.ts";
import { Failure } from "../../src/policy/failure.ts";
import type { KubectlOperation } from "../../src/policy/operation.ts";
import type { EnvironmentPolicy } from "../../src/policy/policy.ts";
import { type ContextChanges, type GatewayYard, makeGatewayYard } from "./gateway-context.ts";
import { type Cluster, startCluster } from "./kubernetes.ts";

export interface KubectlCall extends Omit<GatedCall, "operation"> {
  readonly operation: KubectlOperation;
}

export interface KubectlYard {
  readonly cluster: Cluster;
  readonly yard: GatewayYard;
  readonly kubeconfig: string;
  context(more?: ContextChanges): ToolContext;
  /** The call that the tool makes of the input, checked by its schema as the server does. */
  call(tool: string, input: object, more?: ContextChanges): Promise<KubectlCall>;
  /** The same, carried out as if the gate had allowed it. */
  run(tool: string, input: object, more?: ContextChanges): Promise<ToolExecution>;
  /** The failure that the tool makes of the input; `schema` where the input is not even looked at. */
  refusal(tool: string, input: object, more?: ContextChanges): Promise<string>;
  close(): Promise<void>;
}

/** Opens one. Close it when done. */
export async function openKubectlYard(): Promise<KubectlYard> {
  const cluster = await startCluster();
  const yard = makeGatewayYard();
  const kubeconfig = cluster.kubeconfig(yard.path("kubeconfig"));
  const rules: Partial<EnvironmentPolicy> = {
    kubernetes: { kubeconfig, context: "test", namespaces: [] },
  };
  const context = (more: ContextChanges = {}) =>
    yard.context({ ...more, rules: { ...rules, ...more.rules } });
  const call: KubectlYard["call"] = async (name, input, more) => {
    const tool = toolNamed(name);
    const made = await tool.call(tool.input.parse(input), context(more));
    if (made.operation.kind !== "kubectl") throw new Error(`a ${made.operation.kind} operation`);
    return made as KubectlCall;
  };
  return {
    cluster,
    yard,
    kubeconfig,
    context,
    call,
    run: async (...words) => carriedOut(await call(...words)),
    refusal: async (name, input, more) => {
      if (!toolNamed(name).input.safeParse(input).success) return "schema";
      try {
        await call(name, input, more);
        return "none";
      } catch (error) {
        if (error instanceof Failure) return error.code;
        throw error;
      }
    },
    close: async () => {
      await cluster.close();
      yard.close();
    },
  };
}

/** The tool of that name. */
export function toolNamed(name: string) {
  const tool = KUBECTL_TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}

/** What comes of a call that the gate allows. */
export async function carriedOut({ operation, prepare }: KubectlCall): Promise<ToolExecution> {
  const decision = { effect: "allow", reason: "approved", operation } as unknown as Decision;
  return (await prepare(decision))();
}
