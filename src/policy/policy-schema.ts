// What a policy file may say, to the last key. policy-fields.ts has the words for all of it.

import * as z from "zod";
import { ANY_AGENT, ASK, isAgentId, SECURITY } from "./allowlist.ts";
import { databaseProblem, holdsPassword, webhookProblem } from "./policy-address.ts";
import { environments, irreversible, rules } from "./policy-schema-environments.ts";
import { checked, duration, path, variable } from "./policy-schema-values.ts";

const store = z.union([
  z.literal("sqlite"),
  z
    .strictObject({ postgres: checked(databaseProblem), password_file: path.optional() })
    .refine(
      ({ postgres, password_file }) =>
        password_file === undefined ||
        databaseProblem(postgres) !== undefined ||
        !holdsPassword(postgres),
      {
        error: "a mapping with one password: in the URL or in password_file",
      },
    ),
]);

const webhook = z.strictObject({
  url: checked(webhookProblem),
  secret_file: path,
  after: duration.optional(),
});

const webhooks = z
  .array(webhook)
  .max(20)
  .superRefine((all, context) => {
    const urls = all.map(({ url }) => url);
    const twice = urls.findIndex((url, index) => urls.indexOf(url) < index);
    if (twice !== -1)
      context.addIssue({
        code: "custom",
        message: "a URL of its own: it is there twice",
        path: [twice, "url"],
      });
  });

const knobs = z.strictObject({
  security: z.enum(SECURITY).optional(),
  ask: z.enum(ASK).optional(),
  fallback: z.enum(SECURITY).optional(),
});

const agent = checked((name) =>
  name === ANY_AGENT || isAgentId(name)
    ? undefined
    : "an agent's id (lower-case letters, digits, . _ -), or * for any",
);

export const policySchema = z.strictObject({
  version: z.literal(1),
  approvals: z
    .strictObject({
      store: store.optional(),
      approvers: z.int().min(1).max(10).optional(),
      wait_for_answer: duration.optional(),
      use_within: duration.optional(),
      webhooks: webhooks.optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      pass: z.array(variable).max(200).optional(),
      defaults: knobs.optional(),
      agents: z.record(agent, knobs).optional(),
    })
    .optional(),
  environments: environments.optional(),
  irreversible: irreversible.optional(),
  rules: rules.optional(),
});

/** A policy file's content, checked; durations in milliseconds. */
export type PolicyDocument = z.output<typeof policySchema>;
