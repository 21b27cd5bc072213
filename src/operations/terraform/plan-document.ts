// What `terraform show -json PLAN` writes, as far as we read it. Fields that we do not know pass
// through: they are masked and stored like the rest.

import * as z from "zod";

const marks = z.unknown();

const change = z.looseObject({
  actions: z.array(z.string()).min(1),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: marks.optional(),
  before_sensitive: marks.optional(),
  after_sensitive: marks.optional(),
  importing: z.looseObject({ id: z.string().optional() }).nullish(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
});

const resourceChange = z.looseObject({
  address: z.string().min(1),
  previous_address: z.string().optional(),
  module_address: z.string().optional(),
  mode: z.string(),
  type: z.string().min(1),
  name: z.string().optional(),
  deposed: z.string().optional(),
  provider_name: z.string().optional(),
  change,
  action_reason: z.string().optional(),
});

export const PLAN = z.looseObject({
  format_version: z.string(),
  terraform_version: z.string().optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  resource_changes: z.array(resourceChange).optional(),
  resource_drift: z.array(resourceChange).optional(),
  deferred_changes: z
    .array(z.looseObject({ reason: z.string().optional(), resource_change: resourceChange }))
    .optional(),
  output_changes: z.record(z.string(), change).optional(),
  action_invocations: z
    .array(z.looseObject({ address: z.string(), type: z.string().optional() }))
    .optional(),
  configuration: z.looseObject({ root_module: z.looseObject({}).optional() }).optional(),
  complete: z.boolean().optional(),
  errored: z.boolean().optional(),
});

/** A plan as Terraform writes it: what we read of it, checked; the rest as it came. */
export type PlanDocument = z.output<typeof PLAN>;

/** One entry of `resource_changes`. */
export type ResourceChange = z.output<typeof resourceChange>;
