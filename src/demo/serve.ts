// `holdfast demo --serve`: the stand-in stays up, and people and agents try their own commands on it.

import type { StandIn } from "./stand-in/server.ts";

/** The organization that has something of everything. */
const ORGANIZATION = "acme";

/** What a shell needs to use the stand-in instead of HCP Terraform, by name. */
export function exportsOf({ url, token }: StandIn): Readonly<Record<string, string>> {
  return { TFE_ADDRESS: url, TFE_TOKEN: token, TF_CLOUD_ORGANIZATION: ORGANIZATION };
}

/** One line for sh, bash and zsh; no value of ours needs quotes. */
export function exportLine(standIn: StandIn): string {
  const words = Object.entries(exportsOf(standIn)).map(([name, value]) => `${name}=${value}`);
  return `export ${words.join(" ")}\n`;
}

/** What people read before the line that they paste. */
export function invitation({ url }: StandIn): string {
  return [
    `holdfast demo: a stand-in for HCP Terraform at ${url}, in memory only; Ctrl-C ends it`,
    "Paste this line into another terminal (sh, bash or zsh):",
    "",
  ].join("\n");
}

/** What people read after it: commands that work as printed, once it was pasted. */
export function suggestions(standIn: StandIn): string {
  const { state } = standIn;
  const scratch = state.named("workspaces", "scratch", ORGANIZATION)?.id;
  const project = state.named("projects", "empty-project", ORGANIZATION)?.id;
  return [
    "Then try:",
    "  holdfast api '/organizations/{organization}/workspaces'",
    `  holdfast api /workspaces/${scratch} -X DELETE`,
    `  holdfast harness exec --allow-delete=workspaces -- holdfast api /workspaces/${scratch} -X DELETE`,
    `  holdfast harness exec --allow-delete=all -- holdfast api /projects/${project} -X DELETE`,
    "  holdfast harness exec --allow-delete=workspaces -- sh",
    `Afterwards: unset ${Object.keys(exportsOf(standIn)).join(" ")}`,
    "",
  ].join("\n");
}
