// What a person sees of a kubectl operation before answering.
//
// A1 Every row is made from the operation: which objects, where, and what goes with them.
// A2 A manifest and a command are on the card whole, value by value, argument by argument; what does not
//    fit makes a card that cannot be approved.
// A3 What is beyond recall must be named: the person types it.

import type { Card, CardRow } from "../../policy/card.ts";
import type { KubectlOperation, KubernetesObject } from "../../policy/operation.ts";
import { lengthOf, shownWord, wholeRows } from "../command/shown-words.ts";
import { EVERY } from "./compose.ts";
import { listIn, objectIn } from "./json.ts";
import type { Json } from "./manifest.ts";
import { type ManifestObject, objectsIn } from "./objects.ts";

/** More than this, in characters, nobody reads. */
const MOST_SHOWN = 16_384;

/** The card. Its text is as it came: whoever shows it makes it visible. */
export function describeKubectl(operation: KubectlOperation): Card {
  const { kubectl, title, resourceClass, reversibility } = operation;
  const read = manifestIn(operation);
  const body = fitting([...commandRows(operation), ...manifestRows(read)]);
  const rows = [
    ...kubectl.objects.flatMap((each, index) => wholeRows("object", objectText(each, read, index))),
    ...wholeRows("cluster", `${shownWord(kubectl.server)}, context ${shownWord(kubectl.context)}`),
    ...consequences(operation).flatMap((each) => wholeRows("loses", each)),
    ...(read ?? []).flatMap(dangerRows),
    ...body.rows,
    ...wholeRows("kubeconfig", shownWord(kubectl.kubeconfig)),
    ...wholeRows("runs", shownWord(kubectl.executable)),
  ];
  const unknown = unknownsOf(operation, read);
  const isCut = body.isCut || (kubectl.manifest !== undefined && read === undefined);
  const [first] = kubectl.objects;
  const isTyped = operation.impact === "destroy" && reversibility === "irreversible";
  const mustType = isTyped || (kubectl.verb === "delete" && resourceClass === "unknown");
  return {
    question: `${title}?`,
    rows,
    unknown,
    ...(mustType && first !== undefined ? { typedName: first.name } : {}),
    ...(isCut ? { truncated: true } : {}),
  };
}

/** The manifest's objects; undefined: there is none, or what is stored cannot be read. */
function manifestIn({ kubectl }: KubectlOperation): readonly ManifestObject[] | undefined {
  const { manifest, objects } = kubectl;
  if (manifest === undefined) return undefined;
  const namespace = objects.find((each) => each.namespace !== undefined)?.namespace ?? "default";
  try {
    const read = objectsIn(manifest, namespace);
    const isSame = (each: ManifestObject, index: number) =>
      JSON.stringify(each.object) === JSON.stringify(objects[index]);
    return read.length === objects.length && read.every(isSame) ? read : undefined;
  } catch {
    return undefined;
  }
}

function objectText(
  { class: kind, name, namespace }: KubernetesObject,
  read: readonly ManifestObject[] | undefined,
  index: number,
): string {
  const found = read?.[index];
  const called =
    kind === "unknown"
      ? `unknown kind${found === undefined ? "" : ` ${found.kind}`}`
      : kindWord(kind);
  const which = name === EVERY ? "all of them" : shownWord(name);
  return `${called} ${which}${namespace === undefined ? "" : `, namespace ${shownWord(namespace)}`}`;
}

const kindWord = (kind: string): string => kind.slice("kubernetes:".length);

/** What goes with what is deleted: one clause each. */
const GOES_WITH: Readonly<Record<string, string>> = {
  namespaces: "everything in it: workloads, Secrets, volumes' claims",
  persistentvolumeclaims: "its volume's data, where the storage class deletes it",
  persistentvolumes: "the claim to its data",
  customresourcedefinitions: "every object of that kind, in every namespace",
  deployments: "its pods",
  statefulsets: "its pods; they come back with other data or none",
  daemonsets: "its pods, on every node",
  replicasets: "its pods",
  replicationcontrollers: "its pods",
  jobs: "its pods, and what they had not finished",
  cronjobs: "its jobs and their pods",
  pods: "what runs in it; nothing starts it again where it has no owner",
  services: "its address: who uses it does not reach it any more",
  ingresses: "the way in from outside",
  secrets: "its values, which cannot be read back",
  configmaps: "its values",
  serviceaccounts: "its tokens: what uses them is locked out",
  nodes: "the machine's place in the cluster, with its pods",
  apiservices: "a part of the API, with what it holds",
};

function consequences({ kubectl }: KubectlOperation): string[] {
  const { verb, objects, replicas } = kubectl;
  const kinds = [...new Set(objects.map((each) => kindWord(each.class)))];
  if (verb === "delete") return kinds.flatMap((each) => GOES_WITH[each] ?? []);
  if (verb === "scale" && replicas === 0) return ["all its pods end; it can be scaled up again"];
  return [];
}

function dangerRows({ object, kind, danger }: ManifestObject): CardRow[] {
  if (danger === undefined) return [];
  return wholeRows("risk", `${kind} ${shownWord(object.name)}: ${danger.because}`);
}

function commandRows({ kubectl: { command = [] } }: KubectlOperation): CardRow[] {
  return command.flatMap((each) => wholeRows("argument", shownWord(each)));
}

/** Every value by its whole path: indentation would be lost on the way, or could deceive. */
function manifestRows(read: readonly ManifestObject[] | undefined): CardRow[] {
  return (read ?? []).flatMap(({ body }, index, all) => {
    const number = all.length === 1 ? "" : `${index + 1}: `;
    return leavesOf(body, "").flatMap((each) => wholeRows("manifest", `${number}${each}`));
  });
}

function leavesOf(value: Json, path: string): string[] {
  const list = listIn(value);
  const object = objectIn(value);
  const below =
    list?.map((each, index) => [`${path}[${index}]`, each] as const) ??
    Object.entries(object ?? {}).map(
      ([name, each]) => [`${path}${stepOf(name, path)}`, each] as const,
    );
  if (below.length > 0) return below.flatMap(([at, each]) => leavesOf(each, at));
  return [`${path}: ${unambiguous(JSON.stringify(value))}`];
}

/** JSON in which every blank counts: more than one in a row, and every other kind, by its number. */
const unambiguous = (json: string): string =>
  json.replaceAll(/ {2,}|(?<=") | (?=")|[^\P{Zs} ]|\u2800/gu, (blanks) =>
    [...blanks].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );

const stepOf = (name: string, path: string): string =>
  /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)
    ? `${path === "" ? "" : "."}${name}`
    : `[${unambiguous(JSON.stringify(name))}]`;

function unknownsOf(
  { kubectl, resourceClass, impact }: KubectlOperation,
  read: readonly ManifestObject[] | undefined,
): string[] {
  const { verb, manifest } = kubectl;
  return [
    ...(verb === "exec"
      ? ["what the command does in the pod: nobody can tell from its words"]
      : []),
    ...(resourceClass === "unknown" && manifest === undefined
      ? ["what kind of object it is: the cluster could not say"]
      : []),
    ...(impact === "unknown" && verb === "scale" ? ["what fewer or more of that kind mean"] : []),
    ...(manifest !== undefined && read === undefined ? ["what is in the manifest, as stored"] : []),
  ];
}

/** What fits; where not all does, the last row says how much is missing (A2). */
function fitting(rows: readonly CardRow[]): { rows: readonly CardRow[]; isCut: boolean } {
  let length = 0;
  const whole = rows.findIndex((row) => {
    length += lengthOf(row);
    return length > MOST_SHOWN;
  });
  if (whole === -1) return { rows, isCut: false };
  const left = rows.length - whole;
  const rest = { label: "cut", text: `(cut: ${left} more rows do not fit on a card)` };
  return { rows: [...rows.slice(0, whole), rest], isCut: true };
}
