// Tools that look at a cluster.

import * as z from "zod";
import {
  OUTPUTS,
  type OutputForm,
  resolveDescribe,
  resolveGet,
  resolveLogs,
} from "../../operations/kubectl/reads.ts";
import { shownData, shownDescription } from "../../operations/kubectl/shown.ts";
import type { GatedTool } from "../tool.ts";
import { kubectlCall, kubectlOutput, type Show } from "./kubectl-call.ts";
import { container, kind, name, namespace, pod } from "./kubectl-input.ts";

const LOOKS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
} as const;

const getInput = z.strictObject({
  kind,
  name: name.optional(),
  namespace: namespace.optional(),
  selector: z.string().max(512).optional().describe("A label selector: app=web,tier!=db."),
  output: z.enum(OUTPUTS).optional().describe("Default: table."),
});

/** `kubectl get`. */
export const kubectlGet: GatedTool<typeof getInput> = {
  name: "kubectl_get",
  title: "Get objects",
  description:
    "Lists objects of one kind in one namespace, or gets one by name. The values of Secrets are " +
    "never shown. The cluster, its kubeconfig and its context are set by policy.",
  input: getInput,
  output: kubectlOutput,
  annotations: LOOKS,
  call: (input, context) =>
    kubectlCall(
      context,
      (cluster, list) => resolveGet(input, cluster, list),
      showingGet(input.output ?? "table"),
    ),
};

function showingGet(form: OutputForm): Show {
  return (printed) => (form === "json" || form === "yaml" ? shownData(printed, form) : printed);
}

const describeInput = z.strictObject({ kind, name, namespace: namespace.optional() });

/** `kubectl describe`. */
export const kubectlDescribe: GatedTool<typeof describeInput> = {
  name: "kubectl_describe",
  title: "Describe an object",
  description: "Describes one object, with its events. The values of Secrets are never shown.",
  input: describeInput,
  output: kubectlOutput,
  annotations: LOOKS,
  call: (input, context) =>
    kubectlCall(context, (cluster, list) => resolveDescribe(input, cluster, list), showingDescribe),
};

const showingDescribe: Show = (printed, { resourceClass }) =>
  resourceClass === "kubernetes:secrets" || resourceClass === "unknown"
    ? shownDescription(printed)
    : printed;

const logsInput = z.strictObject({
  pod,
  namespace: namespace.optional(),
  container: container.optional(),
  tail: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe("How many lines, from the end. Default: 500; 0: none."),
  since: z.string().max(40).optional().describe("How far back: 90s, 5m, 1h30m."),
  previous: z.boolean().optional().describe("Of the container that ran before this one."),
});

/** `kubectl logs`. */
export const kubectlLogs: GatedTool<typeof logsInput> = {
  name: "kubectl_logs",
  title: "Read a pod's logs",
  description: "Reads what one pod has logged. It does not follow.",
  input: logsInput,
  output: kubectlOutput,
  annotations: LOOKS,
  call: (input, context) => kubectlCall(context, (cluster) => resolveLogs(input, cluster)),
};
