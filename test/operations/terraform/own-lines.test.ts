import { describe, expect, it } from "vitest";
import { ownLines } from "../../../src/operations/terraform/own-lines.ts";

describe("W1: of an apply only what terraform itself says", () => {
  it("leaves out what a provisioner or an output says, and says so", () => {
    const said = `terraform_data.one: Creating...
terraform_data.one: Provisioning with 'local-exec'...
terraform_data.one (local-exec): Executing: ["/bin/sh" "-c" "echo s3cret"]
terraform_data.one (local-exec): x: Creating s3cret
terraform_data.one: Creation complete after 0s [id=1]

Apply complete! Resources: 1 added, 0 changed, 0 destroyed.

Outputs:

password = "s3cret"
`;
    const lines = ownLines(said);
    expect(lines).not.toContain("s3cret");
    expect(lines).toContain("terraform_data.one: Creation complete after 0s [id=1]");
    expect(lines).toContain("Apply complete! Resources: 1 added");
    expect(lines).toMatch(/\[4 more lines, which may hold secrets\]$/);
  });

  it("leaves nothing out where there is nothing else", () => {
    expect(ownLines("a.b: Destroying... [id=1]\n")).toBe("a.b: Destroying... [id=1]");
    expect(ownLines("")).toBe("");
  });
});
