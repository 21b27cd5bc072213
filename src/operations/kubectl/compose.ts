// The command line of kubectl, and the operation that it is.
//
// A1 Every word is ours: the flags first, each with its value in one word, then `--`, then names that
//    were checked. Nothing that a call gives can be a flag.
// A2 The kubeconfig, the context and the namespace are said each time: no default of anybody's counts.

import { createHash, createHmac } from "node:crypto";
import { textMatches } from "../../policy/allowlist-glob.ts";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type {
  Impact,
  KubectlOperation,
  KubectlRequest,
  KubernetesObject,
  Reversibility,
} from "../../policy/operation.ts";
import type { Cluster } from "./cluster.ts";
import type { FoundKind } from "./kinds.ts";
import { checkedLabel } from "./names.ts";

/** One call of kubectl, resolved. */
export interface KubectlCall {
  readonly operation: KubectlOperation;
  /** The variables to run it with, values and all. */
  readonly environment: Readonly<Record<string, string>>;
  /** What goes to stdin. */
  readonly input?: string;
  /** Values that must not leave. */
  readonly secrets: readonly string[];
}

/** Stands for the name where all objects of a kind are meant. */
export const EVERY = "*";

export interface Composition {
  readonly verb: KubectlRequest["verb"];
  readonly title: string;
  readonly impact: Impact;
  readonly reversibility: Reversibility;
  /** The namespace that is said; undefined: none is. */
  readonly namespace: string | undefined;
  /** After the verb, before `--`: `--tail=20`. */
  readonly flags: readonly string[];
  /** After `--`; none, and there is no `--`. */
  readonly words: readonly string[];
  readonly objects: readonly KubernetesObject[];
  /** What the target's path calls the kind. */
  readonly kindWord: string;
  readonly items?: number;
  readonly manifest?: { readonly input: string; readonly shown: string };
  readonly replicas?: number;
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
}

/** How long kubectl waits for one answer of the API server. A command in a pod may take longer. */
const REQUEST_TIMEOUT = "--request-timeout=60s";

/** The operation that the command line is (A1, A2). */
export function compose(cluster: Cluster, made: Composition): KubectlCall {
  const { verb, objects, namespace, manifest } = made;
  const [first] = objects;
  const args = [
    `--kubeconfig=${cluster.kubeconfig}`,
    `--context=${cluster.context}`,
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    `--cache-dir=${cluster.cacheDirectory}`,
    ...(verb === "exec" ? [] : [REQUEST_TIMEOUT]),
    verb,
    ...made.flags,
    ...(made.words.length === 0 ? [] : ["--", ...made.words]),
  ];
  const { replicas, command } = made;
  const kubectl: KubectlRequest = {
    verb,
    executable: cluster.executable,
    args,
    kubeconfig: cluster.kubeconfig,
    context: cluster.context,
    server: cluster.server,
    objects,
    ...(manifest === undefined ? {} : { input: sha256(manifest.input), manifest: manifest.shown }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(command === undefined ? {} : { command }),
    environment: cluster.hashes,
    files: cluster.files,
  };
  const isUnknown = first === undefined || objects.some((each) => each.class === "unknown");
  const name = first?.name === EVERY ? undefined : first?.name;
  const operation: KubectlOperation = {
    kind: "kubectl",
    title: made.title,
    impact: made.impact,
    reversibility: made.reversibility,
    items: made.items ?? 1,
    resourceClass: isUnknown ? "unknown" : (first.class as `kubernetes:${string}`),
    target: {
      hostname: cluster.hostname,
      path: `/${first?.namespace ?? "-"}/${made.kindWord}${name === undefined ? "" : `/${name}`}`,
      ...(name === undefined ? {} : { id: name }),
    },
    served: cluster.environment,
    kubectl,
  };
  return {
    operation,
    environment: cluster.variables,
    ...(manifest === undefined ? {} : { input: manifest.input }),
    secrets: [...cluster.secrets, ...(made.secrets ?? [])],
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What stands for a value on a card: the same for the same value, and nothing can be read from it. */
export function shortHash(cluster: Cluster, value: string): string {
  const hash = createHmac("sha256", cluster.key).update(value).digest("hex").slice(0, 12);
  return `(hidden, ${hash})`;
}

/**
 * The namespace that is meant: `default` where none is given. It must be one that policy has here.
 *
 * @throws Failure `unusable-name`, `other-namespace`
 */
export function chosenNamespace(cluster: Cluster, given: string | undefined): string {
  const namespace = checkedLabel("namespace", given ?? "default");
  checkReach(cluster, namespace);
  return namespace;
}

/**
 * An object's place: its own namespace for a Namespace, none for what has none.
 *
 * @throws Failure `unusable-name`, `other-namespace`
 */
export function placeOf(
  cluster: Cluster,
  { kind }: FoundKind,
  given: string | undefined,
  name: string | undefined,
): string | undefined {
  if (kind?.namespaced !== false) return chosenNamespace(cluster, given);
  if (kind.kind === "Namespace" && name !== undefined) checkReach(cluster, name);
  if (given === undefined) return undefined;
  // Somebody who gives one believes that it limits what happens.
  throw new Failure("unusable-name", `${kind.plural} are in no namespace`, {
    exitCode: EXIT.usage,
    fix: "leave out namespace",
  });
}

function checkReach({ namespaces, environment }: Cluster, namespace: string): void {
  if (namespaces.length === 0 || namespaces.some((each) => textMatches(each, namespace))) return;
  throw new Failure(
    "other-namespace",
    `namespace ${namespace} is not one of this gateway's: ${namespaces.join(", ")}`,
    {
      exitCode: EXIT.refused,
      fix: `give one of those; a person widens environments.${environment}.kubernetes.namespaces in the policy`,
    },
  );
}
