// With a `cloud` block a plan file is only a pointer: to a run, which is what is applied.

import * as z from "zod";
import { EXIT } from "../../policy/exit-code.ts";
import { Failure } from "../../policy/failure.ts";

const pointer = z.object({
  remote_plan_format: z.literal(1),
  run_id: z.string().regex(/^run-[A-Za-z0-9]{1,64}$/),
  hostname: z.string().regex(/^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$/),
});

const backend = z.object({
  backend: z.object({
    type: z.literal("cloud"),
    config: z.object({
      organization: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      hostname: z.string().nullish(),
    }),
  }),
});

export interface CloudRun {
  readonly hostname: string;
  readonly organization: string;
  readonly run: string;
}

/**
 * The run that a plan file points to; undefined: it is a plan itself, an archive.
 *
 * @param planFile its beginning is enough to tell
 * @param settings what `terraform init` wrote of the backend: `.terraform/terraform.tfstate`
 * @throws Failure `cloud-plan` for a pointer of which not everything is known
 */
export function cloudRun(planFile: Buffer, settings: string | undefined): CloudRun | undefined {
  if (planFile.subarray(0, 2).toString("latin1") === "PK") return undefined;
  const found = pointer.safeParse(parsed(planFile.toString("utf8")));
  const configured = backend.safeParse(parsed(settings ?? ""));
  const host = configured.data?.backend.config.hostname;
  const isSame = found.success && (host ?? found.data.hostname) === found.data.hostname;
  if (!found.success || !configured.success || !isSame)
    throw new Failure("cloud-plan", "the plan points to a run of which not everything is known", {
      exitCode: EXIT.refused,
      fix: "run terraform init again in that directory; apply it in HCP Terraform otherwise",
    });
  const { run_id: run, hostname } = found.data;
  return { hostname, organization: configured.data.backend.config.organization, run };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
