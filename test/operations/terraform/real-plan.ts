// Plans by a real terraform, in a directory of their own; without providers, so without a network.

import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ENVIRONMENT = { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" };

function terraform(directory: string, ...args: readonly string[]): string {
  return execFileSync("terraform", [`-chdir=${directory}`, ...args], {
    env: ENVIRONMENT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Whether there is one on PATH. */
export function isTerraformThere(): boolean {
  try {
    execFileSync("terraform", ["version"], { env: ENVIRONMENT, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Applies one configuration, and says the plan from there to another, as JSON. */
export function realPlan(from: string, to: string): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-plan-")));
  const main = join(directory, "main.tf");
  try {
    writeFileSync(main, from);
    terraform(directory, "init", "-input=false");
    terraform(directory, "apply", "-input=false", "-auto-approve");
    writeFileSync(main, to);
    terraform(directory, "plan", "-input=false", "-out=plan");
    return terraform(directory, "show", "-json", "plan");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
