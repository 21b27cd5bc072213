// Real terraform in a scratch directory, through the gateway's tools, without a server or a gate.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TERRAFORM_APPLY } from "../../src/gateway/tools/terraform-apply.ts";
import { TERRAFORM_DESTROY_PLAN, TERRAFORM_PLAN } from "../../src/gateway/tools/terraform-plan.ts";
import { GET_PLAN } from "../../src/gateway/tools/terraform-record.ts";
import type { GatedCall, GatedTool, ToolExecution, ToolOutput } from "../../src/gateway/tool.ts";
import type { TerraformOperation } from "../../src/policy/operation.ts";
import { type ContextChanges, type GatewayYard, makeGatewayYard } from "./gateway-context.ts";

/** Whether there is a terraform on PATH: tests that need one are skipped by name without. */
export const HAS_TERRAFORM = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;

export interface TerraformYard extends GatewayYard {
  /** Runs terraform itself, as a person would, in a directory of the yard. */
  terraform(words: readonly string[], directory?: string): string;
  /** A whole call: made, prepared, carried out. */
  plan(input?: object, more?: ContextChanges): Promise<ToolExecution>;
  destroyPlan(input?: object, more?: ContextChanges): Promise<ToolExecution>;
  apply(id: string, more?: ContextChanges): Promise<ToolExecution>;
  /** The call alone. */
  planCall(input?: object, more?: ContextChanges): Promise<GatedCall<TerraformOperation>>;
  applyCall(id: string, more?: ContextChanges): Promise<GatedCall<TerraformOperation>>;
  get(id: string, more?: ContextChanges): Promise<ToolOutput>;
  /** The bytes of every file below the configuration directory, by path. */
  stored(): Map<string, Buffer>;
}

/** A root module of `files` in the yard's own directory; `at` as for `makeGatewayYard`. */
export function makeTerraformYard(
  files: Readonly<Record<string, string>> = {},
  at?: string,
): TerraformYard {
  const yard = makeGatewayYard(at);
  for (const [name, text] of Object.entries(files)) yard.file(name, text);
  const call = async (tool: GatedTool, input: object, more?: ContextChanges) =>
    (await tool.call(tool.input.parse(input), yard.context(more))) as GatedCall<TerraformOperation>;
  const through = async (tool: GatedTool, made: Promise<GatedCall<TerraformOperation>>) => {
    const gated = await made;
    const act = await gated.prepare({
      effect: "allow",
      reason: "approved",
      operation: gated.operation,
    });
    const came = await act();
    tool.output.parse(came.output.structured);
    return came;
  };
  const tool = (each: unknown): GatedTool => each as GatedTool;
  const applyCall = (id: string, more?: ContextChanges) =>
    call(tool(TERRAFORM_APPLY), { plan_id: id }, more);
  const planCall = (input: object = {}, more?: ContextChanges) =>
    call(tool(TERRAFORM_PLAN), input, more);
  return {
    ...yard,
    terraform: (words, directory = ".") =>
      execFileSync("terraform", words, {
        cwd: yard.path(directory),
        env: { PATH: process.env.PATH, HOME: yard.path(".."), CHECKPOINT_DISABLE: "1" },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    plan: (input, more) => through(tool(TERRAFORM_PLAN), planCall(input, more)),
    destroyPlan: (input = {}, more) =>
      through(tool(TERRAFORM_DESTROY_PLAN), call(tool(TERRAFORM_DESTROY_PLAN), input, more)),
    apply: (id, more) => through(tool(TERRAFORM_APPLY), applyCall(id, more)),
    planCall,
    applyCall,
    get: async (id, more) => {
      const output = await GET_PLAN.look({ plan_id: id }, yard.context(more));
      GET_PLAN.output.parse(output.structured);
      return output;
    },
    stored: () => {
      const found = new Map<string, Buffer>();
      const visit = (directory: string): void => {
        for (const entry of readdirSync(directory, { withFileTypes: true })) {
          const path = join(directory, entry.name);
          if (entry.isDirectory()) visit(path);
          else found.set(path, readFileSync(path));
        }
      };
      visit(yard.configDirectory);
      return found;
    },
  };
}

/** The id of the plan that was made. @throws Error with what terraform said where none was */
export function planId({ output, error }: ToolExecution): string {
  const { plan_id: id } = output.structured;
  if (typeof id === "string") return id;
  throw new Error(`no plan: ${error?.message ?? ""}\n${output.text}`);
}
