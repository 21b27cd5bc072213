// opencode has no hooks that are commands: a plugin calls ours. One file serves both of its versions:
// 1.x calls `server` of the default export, 2.x `setup`; each ignores the other.
//
// E1 Whatever goes wrong in it throws, which keeps the tool from running.

import type { Launch } from "./agent.ts";
import { HOOK_TIMEOUT_S } from "./command.ts";
import { MADE_BY, sealed } from "./own-file.ts";

/** The plugin's source. */
export function opencodePlugin({
  node,
  script,
  environment,
}: Pick<Launch, "node" | "script" | "environment">): string {
  return sealed(`// ${MADE_BY}; holdfast harness uninstall opencode removes it
import { spawn } from "node:child_process";

const NODE = ${JSON.stringify(node)};
const WORDS = ${JSON.stringify([script, "hook", "opencode", "-e", environment])};
const WATCHED = new Set(["bash", "shell", "edit", "write", "patch", "apply_patch", "multiedit"]);

/** Asks holdfast; throws unless it has nothing to say. */
function ask(tool, args, cwd) {
  if (!WATCHED.has(tool)) return Promise.resolve();
  return new Promise((done, fail) => {
    const child = spawn(NODE, WORDS, { stdio: ["pipe", "pipe", "pipe"], timeout: ${HOOK_TIMEOUT_S}000 });
    let said = "";
    let complained = "";
    child.stdout.setEncoding("utf8").on("data", (text) => { said += text; });
    child.stderr.setEncoding("utf8").on("data", (text) => { complained += text; });
    child.stdin.on("error", () => {});
    child.once("error", (error) => fail(new Error("holdfast could not be asked: " + error.message)));
    child.once("close", (code) => {
      if (code === 0 && said.trim() === "") return done();
      let reason = complained.trim();
      try {
        reason = JSON.parse(said).reason || reason;
      } catch {
        // Then what it printed to stderr says why.
      }
      fail(new Error(reason || "holdfast did not answer; nothing was run"));
    });
    child.stdin.end(JSON.stringify({ tool, args, cwd }));
  });
}

export default {
  id: "holdfast",
  server: async ({ directory }) => ({
    "tool.execute.before": (input, output) => ask(input.tool, output.args, directory),
  }),
  setup: async (context) => {
    const directory = context.location?.directory ?? process.cwd();
    await context.tool.hook("execute.before", (event) => ask(event.tool, event.input, directory));
  },
};
`);
}
