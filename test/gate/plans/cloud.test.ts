// A plan file that only points to a run of HCP Terraform: the run is bound, or it is refused.

import { describe, expect, it } from "vitest";
import { cloudRun } from "../../../src/gate/plans/cloud.ts";

const POINTER = { remote_plan_format: 1, run_id: "run-8ZkQ2b", hostname: "app.terraform.io" };
const settings = (config: object) =>
  JSON.stringify({ version: 3, backend: { type: "cloud", config } });
const ACME = settings({ organization: "acme", hostname: null, workspaces: { name: "payments" } });
const read = (pointer: unknown, text: string | undefined = ACME) =>
  cloudRun(Buffer.from(typeof pointer === "string" ? pointer : JSON.stringify(pointer)), text);

describe("the run that a plan file points to", () => {
  it("is known by its host, its organization and its id", () => {
    expect(read(POINTER)).toEqual({
      hostname: "app.terraform.io",
      organization: "acme",
      run: "run-8ZkQ2b",
    });
  });

  it("is none where the file is a plan itself", () => {
    expect(read("PK\x03\x04 and so on")).toBeUndefined();
  });

  it.each([
    ["another format", { ...POINTER, remote_plan_format: 2 }, ACME],
    ["no run", { ...POINTER, run_id: "../x" }, ACME],
    ["nothing at all", "", ACME],
    ["no settings", POINTER, ""],
    ["another kind of backend", POINTER, '{"backend":{"type":"s3","config":{}}}'],
    ["no organization", POINTER, settings({ organization: null })],
    ["another host", POINTER, settings({ organization: "acme", hostname: "tfe.example.com" })],
  ])("is refused with %s", (_, pointer, text) => {
    expect(() => read(pointer, text)).toThrow(expect.objectContaining({ code: "cloud-plan" }));
  });
});
