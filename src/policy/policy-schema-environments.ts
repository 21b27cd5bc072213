// The environments and the rules of a policy file.

import * as z from "zod";
import { ENVIRONMENTS } from "./environment.ts";
import {
  checked,
  duration,
  gatewayVariable,
  globs,
  nameGlobs,
  path,
  roots,
} from "./policy-schema-values.ts";

const effect = z.enum(["ask", "deny"]);
const kind = z.enum(["hcp", "command", "terraform", "kubectl"]);
const impact = z.enum(["read", "change", "destroy", "unknown"]);

const environment = z.strictObject({
  hostnames: globs.optional(),
  organizations: globs.optional(),
  contexts: globs.optional(),
  workspaces: globs.optional(),
  changes: effect.optional(),
  destroys: effect.optional(),
  unknown: effect.optional(),
  approvers: z.int().min(1).max(10).optional(),
  plan_ttl: duration.optional(),
  pass: z.array(gatewayVariable).max(200).optional(),
  protected: z
    .strictObject({ namespaces: globs.optional(), workspaces: globs.optional() })
    .optional(),
  terraform: z.strictObject({ executable: path.optional(), roots: roots.optional() }).optional(),
  kubernetes: z
    .strictObject({
      executable: path.optional(),
      kubeconfig: path.optional(),
      context: checked((text) =>
        /^[^\s\0-][^\0\n\r]{0,252}$/.test(text) ? undefined : "the name of a context",
      ).optional(),
      namespaces: globs.optional(),
    })
    .optional(),
  shell: z.strictObject({ roots: roots.optional() }).optional(),
});

export type EnvironmentDocument = z.output<typeof environment>;

export const environments = z.strictObject({
  dev: environment.optional(),
  staging: environment.optional(),
  prod: environment.optional(),
});

export const irreversible = globs;

const text = z.string().max(1000);

const example = z.strictObject({
  environment: z.enum(ENVIRONMENTS).optional(),
  kind: kind.optional(),
  impact: impact.optional(),
  action: text.optional(),
  class: text.optional(),
  name: text.optional(),
  scope: text.optional(),
  place: text.optional(),
  arguments: z.array(text).max(100).optional(),
});

const list = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).optional();

const conditions = {
  environments: list(z.enum(ENVIRONMENTS)),
  kinds: list(kind),
  impacts: list(impact),
  actions: globs.optional(),
  classes: globs.optional(),
  names: nameGlobs.optional(),
  scopes: nameGlobs.optional(),
  places: globs.optional(),
  arguments: globs.optional(),
};

/** What a rule can look at. */
export const CONDITIONS = Object.keys(conditions) as (keyof typeof conditions)[];

const rule = z
  .strictObject({
    id: checked((id) =>
      /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/.test(id)
        ? undefined
        : "a short id of lower-case letters, digits and -, such as no-iam",
    ),
    effect,
    because: checked((clause) =>
      /^[^\p{Cc}\p{Zl}\p{Zp}\s][^\p{Cc}\p{Zl}\p{Zp}]{0,198}$/u.test(clause)
        ? undefined
        : "one clause of at most 199 characters, on one line",
    ).optional(),
    ...conditions,
    match: z.array(example).max(50).optional(),
    not_match: z.array(example).max(50).optional(),
  })
  .superRefine((given, context) => {
    if (CONDITIONS.every((name) => given[name] === undefined))
      context.addIssue({
        code: "custom",
        message: `a rule with a condition (${CONDITIONS.join(", ")}): it would be about everything`,
      });
  });

export type RuleDocument = z.output<typeof rule>;
export type ExampleDocument = z.output<typeof example>;

export const rules = z.array(rule).max(500);
