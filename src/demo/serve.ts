// `holdfast demo --serve`: the stand-in stays up, and people and agents try their own commands on it.

import type { StandIn } from "./stand-in/server.ts";

/** The organization that has something of everything. */
const ORGANIZATION = "acme";

/** What a shell needs to use the stand-in instead of HCP Terraform, by name. */
export function exportsOf({ url, token }: StandIn): Readonly<Record<string, string>> {
  return { TFE_ADDRESS: url, TFE_TOKEN: token, TF_CLOUD_ORGANIZATION: ORGANIZATION };
}

/** One line for sh, bash and zsh; no value of ours needs quotes. `more`: assignments that are quoted. */
export function exportLine(standIn: StandIn, more: readonly string[] = []): string {
  const words = Object.entries(exportsOf(standIn)).map(([name, value]) => `${name}=${value}`);
  return `export ${[...words, ...more].join(" ")}\n`;
}

/** What people read before the line that they paste, or before the JSON that has it. */
export function invitation({ url }: StandIn, isJson = false): string {
  return [
    `holdfast demo: a stand-in for HCP Terraform at ${url}, in memory only; Ctrl-C ends it`,
    isJson
      ? 'In two other terminals, set the variables of "environment":'
      : "Paste this line into two other terminals (sh, bash or zsh):",
    "",
  ].join("\n");
}

/** What people read after it: commands that work as printed, in any order, once it was pasted. */
export function suggestions(standIn: StandIn): string {
  const remove = (type: "workspaces" | "projects", name: string) =>
    `holdfast api /${type}/${standIn.state.named(type, name, ORGANIZATION)?.id} -X DELETE`;
  return [
    "An agent's command in one of them, your answer in the other (with the ID, if more than one waits):",
    `  agent  holdfast harness exec --allow-delete=vars -- ${remove("workspaces", "tmp-000")} --wait 10m`,
    "  you    holdfast approve",
    "Then try:",
    "  holdfast api '/organizations/{organization}/workspaces'",
    `  ${remove("workspaces", "scratch")}`,
    `  holdfast harness exec --allow-delete=workspaces -- ${remove("workspaces", "tmp-001")}`,
    `  holdfast harness exec --allow-delete=all -- ${remove("projects", "empty-project")}`,
    "  holdfast harness exec --allow-delete=workspaces -- sh",
    `Afterwards: unset ${Object.keys(exportsOf(standIn)).join(" ")}`,
    "",
  ].join("\n");
}
