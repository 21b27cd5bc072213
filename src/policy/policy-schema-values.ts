// The values of a policy file. A problem is told as what the value must be instead.

import * as z from "zod";
import { parseDuration } from "./duration.ts";
import { pathProblem, rootProblem } from "./policy-address.ts";
import { whyDangerous, whyTheGateways } from "./policy-variables.ts";

/** A string; `problem` says what it must be instead, undefined where it is fine. */
export const checked = (problem: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** Read as milliseconds. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, {
    error: "a duration such as 90s, 15m, 24h",
  })
  .transform((text) => parseDuration(text) ?? 0);

export const path = checked(pathProblem);
export const roots = z
  .array(checked(rootProblem).meta({ pattern: "^/" }))
  .min(1)
  .max(50);

function variableProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
    return "the name of a variable, such as AWS_PROFILE";
  const why = whyDangerous(name);
  return why === undefined ? undefined : `a variable that commands may be given (${why})`;
}

export const variable = checked(variableProblem);

/** One for terraform, kubectl and commands of the gateway. */
export const gatewayVariable = checked((name) => {
  const why = whyTheGateways(name);
  if (why !== undefined) return `a variable that the gateway leaves to policy (${why})`;
  return variableProblem(name);
});

const LONGEST_GLOB = 200;
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

const globProblem = (text: string): string | undefined =>
  text.length > LONGEST_GLOB || UNSEEN.test(text)
    ? `a glob of at most ${LONGEST_GLOB} characters that can all be seen`
    : undefined;

/** A list that is there has something in it: an empty one would match nothing, or say nothing. */
export const globs = z
  .array(checked((text) => (text === "" ? "a glob, such as *-prod" : globProblem(text))))
  .min(1)
  .max(200);

/** A name may be empty: a collection has none. */
export const nameGlobs = z.array(checked(globProblem)).min(1).max(200);
