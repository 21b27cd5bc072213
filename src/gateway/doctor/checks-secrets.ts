// Whether a tool gives back what is in the gateway's own surroundings. Secrets of the doctor's own are
// planted there, every way to read them is tried, with a yes where one is needed, and then they are
// looked for in every byte that came back or was kept.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { callApproved } from "./approving.ts";
import {
  allOf,
  type Check,
  type CheckGroup,
  couldNotRun,
  failed,
  passed,
  type Verdict,
} from "./check.ts";
import type { Planted } from "./place.ts";
import { makeRootModule, type Stage } from "./stage.ts";

/** How a value may be written. */
function formsOf({ value }: Planted): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((lead) =>
    Buffer.concat([Buffer.alloc(lead), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  return [value, bytes.toString("hex"), [...value].reverse().join(""), ...base64];
}

/** The variables of which a value is in the text. */
function foundIn(text: string, planted: readonly Planted[]): string[] {
  return planted
    .filter((each) => formsOf(each).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

/** Tries to read them; a yes is given where one is asked for. */
async function tried(stage: Stage, commands: readonly string[]): Promise<Verdict> {
  const { gateway, place } = stage;
  let run = 0;
  for (const command of commands) {
    const called = await callApproved(stage, "shell_exec", { command });
    if (called.result === undefined)
      return failed(`it reached no tool: ${called.refused ?? called.text}`);
    if (called.result.execution !== undefined) run += 1;
    const found = foundIn(gateway.heard(), place.planted);
    if (found.length > 0) return failed(`${command} gives back ${found.join(", ")}`);
  }
  return passed(`${commands.length} ways tried, ${run} of them run with a yes; nothing came back`);
}

const shellEnvironment = (stage: Stage) => {
  const [first] = stage.place.planted;
  return tried(stage, [
    ...["env", "printenv", "cat /proc/self/environ", `echo $${first?.name}`, "sh -c env"],
    ...["base64 /proc/self/environ", "jq -n env"],
  ]);
};

async function parentEnvironment(stage: Stage): Promise<Verdict> {
  const { pid } = stage.gateway;
  if (pid === undefined) return couldNotRun("the gateway's process is not known");
  return tried(stage, [`cat /proc/${pid}/environ`, "cat /proc/$PPID/environ"]);
}

async function terraformEnvironment(stage: Stage): Promise<Verdict> {
  const { gateway, place } = stage;
  const [first] = place.planted;
  const { directory } = makeRootModule(stage, "environment", {
    text: `output "leak" {\n  value = base64encode(file("/proc/self/environ"))\n}\n`,
  });
  const called = await callApproved(stage, "terraform_plan", { directory });
  const { result } = called;
  if (result === undefined) return failed(`it reached no tool: ${called.refused ?? called.text}`);
  if (result.error?.code === "no-terraform") return couldNotRun(result.text);
  const found = foundIn(gateway.heard(), place.planted);
  if (found.length > 0 || first === undefined) return failed(`it gives back ${found.join(", ")}`);
  return passed(`file("/proc/self/environ"): ${result.status} [${result.reason ?? ""}]`);
}

const SECRETS_CHECKS: readonly Check[] = [
  { id: "environment-shell", name: "no command reads the environment", run: shellEnvironment },
  { id: "environment-gateway", name: "nor the gateway's own, by its pid", run: parentEnvironment },
  { id: "environment-terraform", name: "nor does a plan", run: terraformEnvironment },
];

/** The checks. */
export const SECRETS: CheckGroup = { title: "secrets", checks: SECRETS_CHECKS };

/** All files below a directory, as one text of bytes. */
function bytesBelow(directory: string): string {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"))
    .join("\n");
}

const noneIn = (text: string, planted: readonly Planted[], what: string): Verdict => {
  const found = foundIn(text, planted);
  if (found.length > 0) return failed(`${found.join(", ")} in what ${what}`);
  return passed(`none of ${planted.length} in ${text.length} characters that ${what}`);
};

async function nowhere({ gateway, place }: Stage): Promise<Verdict> {
  const { planted, scratch } = place;
  const heard = gateway.heard();
  if (heard.trim() === "") return failed("nothing came back at all");
  return allOf([
    noneIn(bytesBelow(scratch.configDirectory), planted, "was kept"),
    noneIn(heard, planted, "came back"),
  ]);
}

/** The check that comes after all calls. */
export const NOWHERE: Check = {
  id: "secrets-nowhere",
  name: "no planted secret in any byte of it all",
  run: nowhere,
};
