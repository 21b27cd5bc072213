// Changing a cluster: apply, delete, scale, exec.

import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";
import type { Impact, Reversibility } from "../../policy/operation.ts";
import type { Cluster } from "./cluster.ts";
import { chosenNamespace, compose, type KubectlCall, placeOf, shortHash } from "./compose.ts";
import { isOfTheCluster } from "./dangers.ts";
import { type FoundKind, findKind, type ListKinds } from "./kinds.ts";
import { type JsonObject, writeDocuments } from "./manifest.ts";
import { masked, secretValuesIn } from "./masked.ts";
import { checkedLabel, checkedName } from "./names.ts";
import { type ManifestObject, objectsIn } from "./objects.ts";

export const DRY_RUNS = ["none", "client", "server"] as const;

export interface ApplyInput {
  /** YAML or JSON: the content itself. */
  readonly manifest: string;
  readonly namespace?: string | undefined;
  readonly dry_run?: (typeof DRY_RUNS)[number] | undefined;
}

/** @throws Failure */
export async function resolveApply(input: ApplyInput, cluster: Cluster): Promise<KubectlCall> {
  const { dry_run: dryRun = "none" } = input;
  const namespace = chosenNamespace(cluster, input.namespace);
  const found = objectsIn(input.manifest, namespace);
  for (const { kind, object } of found)
    if (kind === "Namespace") chosenNamespace(cluster, object.name);
  const bodies = found.map((each) => each.body);
  const shown = bodies.map((each) => masked(each, (value) => shortHash(cluster, value)));
  const [first] = found;
  const what =
    found.length === 1 && first !== undefined ? nameOf(first) : `${found.length} objects`;
  return compose(cluster, {
    verb: "apply",
    title: dryRun === "none" ? `Apply ${what}` : `Try (dry run: ${dryRun}) to apply ${what}`,
    ...(dryRun === "none"
      ? { impact: impactOf(found), reversibility: "depends" }
      : { impact: "read", reversibility: "reversible" }),
    namespace,
    flags: [...(dryRun === "none" ? [] : [`--dry-run=${dryRun}`]), "--filename=-"],
    words: [],
    objects: found.map((each) => each.object),
    kindWord: wordOf(first),
    manifest: { input: inputOf(bodies), shown: writeDocuments(shown) },
    secrets: bodies.flatMap(secretValuesIn).filter((each) => each.length >= LEAST_SECRET),
  });
}

/** What is shorter, in characters, stands everywhere by chance. */
const LEAST_SECRET = 6;

/** `deployments`; of a kind that nobody knows, what the manifest calls it. */
function wordOf(first: ManifestObject | undefined): string {
  if (first === undefined) return "";
  const { class: kind } = first.object;
  return kind === "unknown" ? first.kind.toLowerCase() : kind.slice("kubernetes:".length);
}

const nameOf = ({ kind, object }: ManifestObject): string => `${kind.toLowerCase()} ${object.name}`;

function impactOf(objects: readonly ManifestObject[]): Impact {
  const impacts = objects.map((each) => each.danger?.impact);
  if (impacts.includes("unknown")) return "unknown";
  return impacts.includes("destroy") ? "destroy" : "change";
}

/** What kubectl reads: our own writing of what we have read. */
function inputOf(bodies: readonly JsonObject[]): string {
  const [first, ...rest] = bodies;
  const whole = rest.length === 0 ? first : { apiVersion: "v1", kind: "List", items: bodies };
  return `${JSON.stringify(whole)}\n`;
}

export interface DeleteInput {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** @throws Failure */
export async function resolveDelete(
  { kind, name, namespace: given }: DeleteInput,
  cluster: Cluster,
  list: ListKinds,
): Promise<KubectlCall> {
  const found = await findKind(kind, list);
  const namespace = placeOf(cluster, found, given, name);
  return compose(cluster, {
    verb: "delete",
    title: `Delete ${singularOf(found)} ${name}`,
    impact: found.class === "unknown" ? "unknown" : "destroy",
    reversibility: reversibilityOf(found, namespace, name),
    namespace,
    // It is gone when the API server has it so; what holds it up may take hours.
    flags: ["--wait=false"],
    words: [found.word, checkedName(name, found.kind)],
    objects: [objectAt(found, name, namespace)],
    kindWord: found.word,
  });
}

/** What holds data or keys, or takes others with it, or is what the cluster runs on. */
const IRREVERSIBLE: ReadonlySet<string> = new Set(
  `apiservices certificatesigningrequests customresourcedefinitions namespaces nodes
   persistentvolumeclaims persistentvolumes secrets serviceaccounts statefulsets storageclasses
   volumeattachments`
    .split(/\s+/)
    .map((each) => `kubernetes:${each}`),
);

function reversibilityOf(
  { class: kind, kind: known }: FoundKind,
  namespace: string | undefined,
  name: string,
): Reversibility {
  if (known === undefined || IRREVERSIBLE.has(kind)) return "irreversible";
  // What an object of one's own kind stands for may be a database.
  if (kind.includes(".")) return "irreversible";
  if (isOfTheCluster(namespace) || name.startsWith("system:")) return "irreversible";
  return "depends";
}

export interface ScaleInput {
  readonly kind: string;
  readonly name: string;
  readonly replicas: number;
  readonly namespace?: string | undefined;
}

/** What fewer replicas mean for other kinds, only whoever made the kind knows. */
const SCALED: ReadonlySet<string> = new Set(
  ["deployments", "replicasets", "replicationcontrollers", "statefulsets"].map(
    (each) => `kubernetes:${each}`,
  ),
);

/** @throws Failure */
export async function resolveScale(
  { kind, name, replicas, namespace: given }: ScaleInput,
  cluster: Cluster,
  list: ListKinds,
): Promise<KubectlCall> {
  const found = await findKind(kind, list);
  const namespace = placeOf(cluster, found, given, name);
  const isKnown = SCALED.has(found.class);
  return compose(cluster, {
    verb: "scale",
    title: `Scale ${singularOf(found)} ${name} to ${replicas}`,
    impact: !isKnown ? "unknown" : replicas === 0 ? "destroy" : "change",
    reversibility: isKnown ? "reversible" : "depends",
    namespace,
    flags: [`--replicas=${replicas}`],
    words: [found.word, checkedName(name, found.kind)],
    objects: [objectAt(found, name, namespace)],
    kindWord: found.word,
    replicas,
  });
}

export interface ExecInput {
  readonly pod: string;
  readonly command: readonly string[];
  readonly namespace?: string | undefined;
  readonly container?: string | undefined;
}

/** @throws Failure */
export async function resolveExec(input: ExecInput, cluster: Cluster): Promise<KubectlCall> {
  const { pod, command, container } = input;
  const found = await findKind("pods", async () => []);
  const namespace = chosenNamespace(cluster, input.namespace);
  if (command.length === 0 || command[0] === "" || command.some((each) => each.includes("\0")))
    throw new Failure("unusable-command", "the command is empty, or holds what no command can", {
      exitCode: EXIT.usage,
      fix: 'give the program and its arguments, each apart: ["ls", "-l", "/data"]',
    });
  checkedName(pod, found.kind);
  return compose(cluster, {
    verb: "exec",
    title: `Run a command in pod ${pod}`,
    impact: "unknown",
    reversibility: "depends",
    namespace,
    flags: [
      ...(container === undefined ? [] : [`--container=${checkedLabel("container", container)}`]),
      pod,
    ],
    words: command,
    objects: [objectAt(found, pod, namespace)],
    kindWord: found.word,
    command,
  });
}

const singularOf = ({ kind, word }: FoundKind): string => kind?.singular ?? word;

function objectAt(found: FoundKind, name: string, namespace: string | undefined) {
  return { class: found.class, name, ...(namespace === undefined ? {} : { namespace }) };
}
