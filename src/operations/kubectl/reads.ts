// Looking at a cluster: get, describe, logs.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Cluster } from "./cluster.ts";
import {
  type Composition,
  chosenNamespace,
  compose,
  EVERY,
  type KubectlCall,
  placeOf,
} from "./compose.ts";
import { type FoundKind, findKind, type ListKinds } from "./kinds.ts";
import { checkedLabel, checkedName, checkedSelector, checkedSince } from "./names.ts";

export const OUTPUTS = ["table", "wide", "name", "json", "yaml"] as const;

export type OutputForm = (typeof OUTPUTS)[number];

export interface GetInput {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
  readonly output?: OutputForm | undefined;
}

/** What YAML is made of is JSON: only that can be searched for Secrets before it is shown. */
const OUTPUT_FLAGS: Readonly<Record<OutputForm, readonly string[]>> = {
  table: [],
  wide: ["--output=wide"],
  name: ["--output=name"],
  json: ["--output=json"],
  yaml: ["--output=json"],
};

/** @throws Failure */
export async function resolveGet(
  input: GetInput,
  cluster: Cluster,
  list: ListKinds,
): Promise<KubectlCall> {
  const { name, selector, output = "table" } = input;
  if (name !== undefined && selector !== undefined)
    throw new Failure("unusable-selector", "a name and a selector: only one can be meant", {
      exitCode: EXIT.usage,
      fix: "leave out one of them",
    });
  const found = await findKind(input.kind, list);
  const namespace = placeOf(cluster, found, input.namespace, name);
  return compose(cluster, {
    ...reading("get", found, name, namespace),
    title: `Get ${found.word}${name === undefined ? "" : ` ${name}`}`,
    flags: [
      ...OUTPUT_FLAGS[output],
      ...(selector === undefined ? [] : [`--selector=${checkedSelector(selector)}`]),
    ],
    words: [found.word, ...(name === undefined ? [] : [checkedName(name, found.kind)])],
  });
}

export interface DescribeInput {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** @throws Failure */
export async function resolveDescribe(
  { kind, name, namespace: given }: DescribeInput,
  cluster: Cluster,
  list: ListKinds,
): Promise<KubectlCall> {
  const found = await findKind(kind, list);
  const namespace = placeOf(cluster, found, given, name);
  return compose(cluster, {
    ...reading("describe", found, name, namespace),
    title: `Describe ${found.word} ${name}`,
    flags: [],
    words: [found.word, checkedName(name, found.kind)],
  });
}

export interface LogsInput {
  readonly pod: string;
  readonly namespace?: string | undefined;
  readonly container?: string | undefined;
  /** How many lines, from the end; 0 is none. */
  readonly tail?: number | undefined;
  readonly since?: string | undefined;
  readonly previous?: boolean | undefined;
}

const LINES = 500;

/** @throws Failure */
export async function resolveLogs(input: LogsInput, cluster: Cluster): Promise<KubectlCall> {
  const { pod, container, tail = LINES, since, previous } = input;
  const found = await findKind("pods", async () => []);
  const namespace = chosenNamespace(cluster, input.namespace);
  return compose(cluster, {
    ...reading("logs", found, pod, namespace),
    title: `Read the logs of pod ${pod}`,
    flags: [
      ...(container === undefined ? [] : [`--container=${checkedLabel("container", container)}`]),
      `--tail=${tail}`,
      ...(since === undefined ? [] : [`--since=${checkedSince(since)}`]),
      ...(previous === true ? ["--previous"] : []),
    ],
    words: [checkedName(pod, found.kind)],
  });
}

/** What nobody can tell what it is may be anything, even to look at. */
function reading(
  verb: Composition["verb"],
  found: FoundKind,
  name: string | undefined,
  namespace: string | undefined,
): Pick<Composition, "verb" | "impact" | "reversibility" | "namespace" | "objects" | "kindWord"> {
  const object = {
    class: found.class,
    name: name ?? EVERY,
    ...(namespace === undefined ? {} : { namespace }),
  };
  const isKnown = found.class !== "unknown";
  return {
    verb,
    impact: isKnown ? "read" : "unknown",
    reversibility: isKnown ? "reversible" : "depends",
    namespace,
    objects: [object],
    kindWord: found.word,
  };
}
