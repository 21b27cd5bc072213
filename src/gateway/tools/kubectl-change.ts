// Tools that change a cluster, or run something in it.

import * as z from "zod";
import {
  DRY_RUNS,
  resolveApply,
  resolveDelete,
  resolveExec,
  resolveScale,
} from "../../operations/kubectl/changes.ts";
import type { GatedTool } from "../tool.ts";
import { kubectlCall, kubectlOutput } from "./kubectl-call.ts";
import { container, kind, name, namespace, pod } from "./kubectl-input.ts";

const DESTROYS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
} as const;

const applyInput = z.strictObject({
  manifest: z
    .string()
    .min(1)
    .max(256 * 1024)
    .describe("YAML or JSON, all of it: the content itself, no path and no URL."),
  namespace: namespace.optional(),
  dry_run: z.enum(DRY_RUNS).optional().describe("Default: none. The others change nothing."),
});

/** `kubectl apply`. */
export const kubectlApply: GatedTool<typeof applyInput> = {
  name: "kubectl_apply",
  title: "Apply a manifest",
  description:
    "Applies a manifest to one namespace. Every object in it counts. What grants rights, reaches the " +
    "machine, stops what runs, or is of a kind that nobody knows needs a person.",
  input: applyInput,
  output: kubectlOutput,
  annotations: { ...DESTROYS, idempotentHint: true },
  call: (input, context) => kubectlCall(context, (cluster) => resolveApply(input, cluster)),
};

const deleteInput = z.strictObject({ kind, name, namespace: namespace.optional() });

/** `kubectl delete`. */
export const kubectlDelete: GatedTool<typeof deleteInput> = {
  name: "kubectl_delete",
  title: "Delete an object",
  description:
    "Deletes one object by name; there is no deleting by selector, or all of a kind. It needs a person. " +
    "It does not wait until the object is gone.",
  input: deleteInput,
  output: kubectlOutput,
  annotations: DESTROYS,
  call: (input, context) =>
    kubectlCall(context, (cluster, list) => resolveDelete(input, cluster, list)),
};

const scaleInput = z.strictObject({
  kind,
  name,
  replicas: z.int().min(0).max(10_000).describe("A number; 0 stops all and needs a person."),
  namespace: namespace.optional(),
});

/** `kubectl scale`. */
export const kubectlScale: GatedTool<typeof scaleInput> = {
  name: "kubectl_scale",
  title: "Scale a workload",
  description: "Sets how many replicas a deployment, a stateful set or a replica set has.",
  input: scaleInput,
  output: kubectlOutput,
  annotations: { ...DESTROYS, idempotentHint: true },
  call: (input, context) =>
    kubectlCall(context, (cluster, list) => resolveScale(input, cluster, list)),
};

const execInput = z.strictObject({
  pod,
  command: z
    .array(z.string().max(16_384))
    .min(1)
    .max(256)
    .describe(
      'The program and its arguments, each apart: ["ls", "-l", "/data"]. There is no shell.',
    ),
  namespace: namespace.optional(),
  container: container.optional(),
});

/** `kubectl exec`. */
export const kubectlExec: GatedTool<typeof execInput> = {
  name: "kubectl_exec",
  title: "Run a command in a pod",
  description:
    "Runs one command in a pod, without a terminal and with nothing on its input. It needs a person.",
  input: execInput,
  output: kubectlOutput,
  annotations: DESTROYS,
  call: (input, context) => kubectlCall(context, (cluster) => resolveExec(input, cluster)),
};
