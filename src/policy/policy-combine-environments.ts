// What several policy files say of the environments: the strictest of it.
//
// V1 What one file alone would not let pass, the combination does not: of roots, namespaces and passed
//    variables stays what all who name any name; times are the shortest, approvers the most.
// V2 An empty list means that nobody named any. So what would leave none is an error, as is what cannot
//    be kept together (two kubeconfigs).
// V3 What belongs to an environment, and what is protected in it, is all that any file names.

import { isContained } from "./allowlist-glob.ts";
import { ENVIRONMENTS, type Environment } from "./environment.ts";
import { DEFAULT_ENVIRONMENT } from "./environment-defaults.ts";
import type { EnvironmentPolicy, Policy } from "./policy.ts";
import { conflict } from "./policy-conflict.ts";
import type { EnvironmentPart, PolicyPart } from "./policy-part.ts";

/** What one file says of one environment. */
interface Said {
  readonly file: string;
  readonly part: EnvironmentPart;
}

/** @throws Failure `policy-conflict` (V2) */
export function combineEnvironments(parts: readonly PolicyPart[]): Policy["environments"] {
  const of = (environment: Environment): EnvironmentPolicy =>
    combineOne(
      environment,
      parts.flatMap(({ file, environments }) => {
        const part = environments?.[environment];
        return part === undefined ? [] : [{ file, part }];
      }),
    );
  const entries = ENVIRONMENTS.map((each) => [each, of(each)] as const);
  return Object.fromEntries(entries) as Record<Environment, EnvironmentPolicy>;
}

function combineOne(environment: Environment, all: readonly Said[]): EnvironmentPolicy {
  if (all.length === 0) return DEFAULT_ENVIRONMENT;
  const base = DEFAULT_ENVIRONMENT;
  const values = <Value>(pick: (part: EnvironmentPart) => Value | undefined): Value[] =>
    all.map(({ part }) => pick(part)).filter((value) => value !== undefined);
  const narrowed = (name: string, pick: Picked<readonly string[]>, isWithin: Within) =>
    narrowest(`environments.${environment}.${name}`, all, pick, isWithin);
  const agreed = (name: string, pick: Picked<string>) =>
    same(`environments.${environment}.${name}`, all, pick);
  return {
    belonging: values(({ belonging }) => belonging).filter((each) =>
      Object.values(each).some((globs) => globs.length > 0),
    ),
    protectedNamespaces: union(
      base.protectedNamespaces,
      values((part) => part.protected.namespaces),
    ),
    protectedWorkspaces: union(
      base.protectedWorkspaces,
      values((part) => part.protected.workspaces),
    ),
    approvers: Math.max(base.approvers, ...values(({ approvers }) => approvers)),
    planMs: Math.min(base.planMs, ...values(({ planMs }) => planMs)),
    pass: passedByAll(values(({ pass }) => pass)),
    terraform: {
      ...optional(
        "executable",
        agreed("terraform.executable", (part) => part.terraform.executable),
      ),
      roots: narrowed("terraform.roots", (part) => part.terraform.roots, isBelow),
    },
    kubernetes: {
      ...optional(
        "executable",
        agreed("kubernetes.executable", (part) => part.kubernetes.executable),
      ),
      ...optional(
        "kubeconfig",
        agreed("kubernetes.kubeconfig", (part) => part.kubernetes.kubeconfig),
      ),
      ...optional(
        "context",
        agreed("kubernetes.context", (part) => part.kubernetes.context),
      ),
      namespaces: narrowed(
        "kubernetes.namespaces",
        (part) => part.kubernetes.namespaces,
        isContained,
      ),
    },
    shell: { roots: narrowed("shell.roots", (part) => part.shell.roots, isBelow) },
  };
}

type Picked<Value> = (part: EnvironmentPart) => Value | undefined;
type Within = (inner: string, outer: string) => boolean;

/** Names that each of the lists has, sorted; of no list: none. */
export function passedByAll(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  const both = first.filter((name) => others.every((other) => other.includes(name)));
  return [...new Set(both)].sort();
}

const union = (base: readonly string[], lists: readonly (readonly string[])[]): string[] => [
  ...new Set([...base, ...lists.flat()]),
];

const optional = <Key extends string>(key: Key, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: string };

/** Whether a directory is another, or below it. */
const isBelow: Within = (inner, outer) => inner === outer || inner.startsWith(`${outer}/`);

/** Of every list, what each other list has room for (V1, V2). */
function narrowest(
  name: string,
  all: readonly Said[],
  pick: Picked<readonly string[]>,
  isWithin: Within,
): string[] {
  const speaking = all.flatMap(({ file, part }) => {
    const list = pick(part);
    return list === undefined ? [] : [{ file, list }];
  });
  const kept = speaking.flatMap(({ list }) =>
    list.filter((inner) =>
      speaking.every(({ list }) => list.some((outer) => isWithin(inner, outer))),
    ),
  );
  if (speaking.length > 0 && kept.length === 0)
    throw conflict(
      `${blame(speaking)} have nothing in common in ${name}`,
      "name in one of them what the other names, or leave it out",
    );
  return [...new Set(kept)].sort();
}

function same(name: string, all: readonly Said[], pick: Picked<string>): string | undefined {
  const speaking = all.filter(({ part }) => pick(part) !== undefined);
  const [first] = speaking;
  if (first === undefined) return undefined;
  const value = pick(first.part);
  if (speaking.some(({ part }) => pick(part) !== value))
    throw conflict(
      `${blame(speaking)} say different things in ${name}`,
      `leave ${name} out of one`,
    );
  return value;
}

const blame = (all: readonly { readonly file: string }[]): string =>
  all.map(({ file }) => file).join(" and ");
