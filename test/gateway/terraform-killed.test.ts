// Applies that are cancelled, killed, or raced: with a real terraform.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, bundle } from "../support/bundle.ts";
import {
  HAS_TERRAFORM,
  makeTerraformYard,
  planId,
  type TerraformYard,
} from "../support/terraform-yard.ts";

let yard: TerraformYard;
let program: Bundle;
beforeAll(() => {
  program = bundle("test/support/terraform-applier.ts");
});
afterAll(() => program.remove());
afterEach(() => {
  yard.file("go", "");
  yard.close();
});

/** Its provisioner says that it has begun, and waits for leave to end. */
const WAITS = {
  "main.tf": `resource "terraform_data" "one" {
  provisioner "local-exec" { command = "exec sh ./wait.sh" }
}
`,
  "wait.sh":
    "echo it waits\necho $PPID > begun\nwhile [ ! -e go ] && [ -e wait.sh ]; do sleep 0.05; done\n",
};

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(20);
}

/** The process id of terraform, once it applies. */
async function terraformPid(): Promise<number> {
  const file = yard.path("begun");
  await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
  return Number(readFileSync(file, "utf8"));
}

function gateway(id: string): ChildProcess {
  const args = [program.file, dirname(yard.directory), id];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function answerOf(child: ChildProcess): Promise<{ outcome?: string; code?: string }> {
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  await once(child, "close");
  return JSON.parse(text);
}

describe.skipIf(!HAS_TERRAFORM)("an apply (needs terraform)", () => {
  it("goes on when the client cancels or goes away (row 27)", async () => {
    yard = makeTerraformYard(WAITS);
    const id = planId(await yard.plan());
    const cancelling = new AbortController();
    const applying = yard.apply(id, { signal: cancelling.signal });
    await terraformPid();
    cancelling.abort();
    expect((await yard.get(id)).structured).toMatchObject({ status: "applying" });
    yard.file("go", "");
    expect(await applying).toMatchObject({ outcome: "succeeded" });
    expect((await yard.get(id)).structured).toMatchObject({ status: "applied" });
  });

  it("is not begun for a call that was cancelled before", async () => {
    yard = makeTerraformYard(WAITS);
    const id = planId(await yard.plan());
    const cancelling = new AbortController();
    const call = await yard.applyCall(id, { signal: cancelling.signal });
    const { operation } = call;
    const act = await call.prepare({ effect: "allow", reason: "approved", operation });
    cancelling.abort();
    expect(await act()).toMatchObject({
      outcome: "failed_no_effect",
      error: { code: "cancelled" },
    });
    expect((await yard.get(id)).structured).toMatchObject({ status: "planned" });
  });

  it("that is killed is unknown, keeps its output, and is never tried again (row 27)", async () => {
    yard = makeTerraformYard(WAITS);
    const id = planId(await yard.plan());
    const applying = yard.apply(id);
    process.kill(await terraformPid(), "SIGKILL");
    yard.file("go", "");
    const came = await applying;
    expect(came).toMatchObject({ outcome: "unknown", error: { code: "apply-unknown" } });
    expect(came.output.text).toContain("it waits");
    const kept = await yard.get(id);
    expect(kept.structured).toMatchObject({
      status: "unknown",
      why: expect.stringMatching(/SIGKILL/),
    });
    expect(kept.text).toContain("it waits");
    await expect(yard.apply(id)).rejects.toMatchObject({ code: "plan-used" });
  });

  it("outlives a gateway that is killed, and stays unknown (row 27)", async () => {
    yard = makeTerraformYard(WAITS);
    const id = planId(await yard.plan());
    const child = gateway(id);
    const terraform = await terraformPid();
    child.kill("SIGKILL");
    await once(child, "close");
    const kept = await yard.get(id);
    expect(kept.structured).toMatchObject({ status: "unknown" });
    // What it ran may have printed secrets, and whoever knew them was killed.
    expect(kept.text).toContain("Creating...");
    expect(kept.text).not.toContain("it waits");
    await expect(yard.apply(id)).rejects.toMatchObject({ code: "plan-used" });
    yard.file("go", "");
    // Whoever prints into a pipe that nobody reads is killed: the state would never be written.
    const state = yard.path("terraform.tfstate");
    await until(() => existsSync(state) && !isThere(terraform));
    expect(readFileSync(state, "utf8")).toContain("terraform_data");
    expect((await yard.get(id)).text).toContain("Apply complete!");
    expect((await yard.get(id)).structured).toMatchObject({ status: "unknown" });
  });

  it("runs once, however many gateways apply the same plan at once (row 25)", async () => {
    yard = makeTerraformYard(WAITS);
    const id = planId(await yard.plan());
    const racing = [1, 2, 3].map(() => answerOf(gateway(id)));
    await terraformPid();
    yard.file("go", "");
    const came = await Promise.all(racing);
    const won = came.filter(({ outcome }) => outcome === "succeeded");
    const lost = came.filter(({ code }) => code === "plan-used");
    expect([won.length, lost.length], JSON.stringify(came)).toEqual([1, 2]);
    expect((await yard.get(id)).structured).toMatchObject({ status: "applied" });
  });

  it("that fails on the way is unknown; one that is refused had no effect", async () => {
    yard = makeTerraformYard({
      "main.tf": `resource "terraform_data" "one" {
  provisioner "local-exec" { command = "exit 3" }
}
`,
    });
    const [first, second] = [planId(await yard.plan()), planId(await yard.plan())];
    expect(await yard.apply(first)).toMatchObject({ outcome: "unknown", response: { status: 1 } });
    // The first one has changed the state, all the same.
    const stale = await yard.apply(second);
    expect(stale).toMatchObject({ outcome: "failed_no_effect", error: { code: "apply-failed" } });
    expect(stale.output.text).toContain("Saved plan is stale");
    await expect(yard.apply(second)).rejects.toMatchObject({ code: "plan-used" });
  });
});

describe.skipIf(!HAS_TERRAFORM)("a plan (needs terraform)", () => {
  it("ends when the client cancels, and nothing of it is kept", async () => {
    yard = makeTerraformYard({ "main.tf": 'resource "terraform_data" "one" {}\n' });
    const cancelling = new AbortController();
    const call = await yard.planCall({}, { signal: cancelling.signal });
    const { operation } = call;
    const act = await call.prepare({ effect: "allow", reason: "not-destructive", operation });
    cancelling.abort();
    expect(await act()).toMatchObject({ outcome: "failed_no_effect" });
    expect([...yard.stored().keys()]).toEqual([]);
  });
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
