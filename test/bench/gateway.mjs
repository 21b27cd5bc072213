// npm run bench, third part: what the gateway costs. Nothing here passes or fails.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const missing = ["terraform", "kubectl"].filter(
  (name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0,
);
if (missing.length > 0) {
  process.stdout.write(`the gateway: not measured, missing here: ${missing.join(", ")}\n`);
} else {
  // Inside the project, where the protocol's library is found.
  const directory = mkdtempSync(resolve("dist/bench-"));
  const program = join(directory, "gateway.mjs");
  await build({
    entryPoints: ["test/bench/gateway.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@modelcontextprotocol/*", "yaml"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  spawnSync(process.execPath, [program, resolve("dist/holdfast.cjs")], { stdio: "inherit" });
  rmSync(directory, { recursive: true, force: true });
}
