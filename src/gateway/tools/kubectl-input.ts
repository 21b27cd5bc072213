// Fields that several tools for a cluster have. What a name may be depends on the kind: see names.ts.

import * as z from "zod";

export const kind = z
  .string()
  .min(1)
  .max(253)
  .describe("One kind: pods, deploy, Deployment, certificates.cert-manager.io. Not all, no list.");

export const name = z.string().min(1).max(253).describe("The name of one object.");

export const pod = z.string().min(1).max(253).describe("The name of one pod.");

export const namespace = z
  .string()
  .min(1)
  .max(63)
  .describe("One namespace. Default: default. Leave it out for kinds that have none.");

export const container = z
  .string()
  .min(1)
  .max(63)
  .describe("A container of the pod. Default: its first.");
