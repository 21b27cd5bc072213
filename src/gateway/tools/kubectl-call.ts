// What the tools for a cluster have in common: how a call becomes one, and what it gives back.

import * as z from "zod";
import { type KubectlResult, listKinds, prepareKubectl } from "../../gate/executors/kubectl.ts";
import { describeKubectl } from "../../operations/kubectl/card.ts";
import { type Cluster, openCluster } from "../../operations/kubectl/cluster.ts";
import type { KubectlCall } from "../../operations/kubectl/compose.ts";
import { kindsIn, type ListKinds } from "../../operations/kubectl/kinds.ts";
import type { KubectlOperation } from "../../policy/operation.ts";
import type { GatedCall, ToolContext, ToolExecution } from "../tool.ts";

/** The tool's own part of the structured content. */
export const kubectlOutput = z.strictObject({
  exit_code: z.int().optional().describe("kubectl's own; absent where it came to none."),
  server: z.string().describe("The API server's address."),
  context: z.string(),
  namespace: z.string().optional(),
  cut: z.boolean().describe("More was printed than is kept."),
});

/** Makes the call of a cluster that policy pins, each time as everything is then. */
export type Resolve = (cluster: Cluster, list: ListKinds) => Promise<KubectlCall>;

/** What is shown of what kubectl printed to stdout; undefined: it cannot be shown. */
export type Show = (printed: string, operation: KubectlOperation) => string | undefined;

const asPrinted: Show = (printed) => printed;

/** One call, for the gate. @throws Failure for what cannot be an operation at all */
export async function kubectlCall(
  context: ToolContext,
  resolve: Resolve,
  show: Show = asPrinted,
): Promise<GatedCall> {
  const resolveNow = async () => {
    const cluster = openCluster(context);
    return { cluster, call: await resolve(cluster, kindsOf(cluster, context)) };
  };
  const { cluster, call } = await resolveNow();
  const { operation, environment, input, secrets } = call;
  return {
    operation,
    describe: async () => describeKubectl(operation),
    prepare: async () => {
      const run = await prepareKubectl(operation, {
        environment,
        ...(input === undefined ? {} : { input }),
        cacheDirectory: cluster.cacheDirectory,
        signal: context.signal,
        resolveAgain: async () => (await resolveNow()).call.operation,
      });
      return async () => executionOf(await run(), operation, show, secrets);
    },
    secrets,
  };
}

/** Asks the cluster once, however often a call wants to know. */
function kindsOf(cluster: Cluster, { signal }: ToolContext): ListKinds {
  let asked: ReturnType<ListKinds> | undefined;
  const ask = async () => {
    const { variables: environment, cacheDirectory } = cluster;
    const printed = await listKinds(cluster, { environment, cacheDirectory, signal });
    return printed === undefined ? undefined : kindsIn(printed);
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

function executionOf(
  { ending, ...execution }: KubectlResult,
  operation: KubectlOperation,
  show: Show,
  secrets: readonly string[],
): ToolExecution {
  const shown = show(ending.stdout, operation);
  const text = [shown ?? UNSHOWN, ending.stderr].filter((each) => each !== "").join("\n");
  const { server, context, objects } = operation.kubectl;
  const namespace = objects[0]?.namespace;
  return {
    ...execution,
    output: {
      text: text === "" ? "(nothing was printed)" : text,
      structured: {
        ...(ending.exitCode === undefined ? {} : { exit_code: ending.exitCode }),
        server,
        context,
        ...(namespace === undefined ? {} : { namespace }),
        cut: ending.isCut,
      },
      secrets,
    },
  };
}

const UNSHOWN =
  "(not shown: it is too long to take the values of Secrets out of it. Ask for less: by name, by selector, or as a table)";
