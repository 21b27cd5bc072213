// Builds what is shipped: one executable file, the library, and its types.
//
// The executable is CommonJS because Node 20 starts it several milliseconds sooner than a module,
// and every nested delete pays for its start. hcl2-parser (3.8 MB) stays outside the bundle: it is
// loaded only where a person's own HCL is read.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
  external: ["hcl2-parser"],
};

rmSync("dist", { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: { holdfast: "src/main.ts" },
  outdir: "dist",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  minifySyntax: true,
  minifyWhitespace: true,
  define: { "import.meta.url": "undefined" },
});
await build({
  ...shared,
  entryPoints: { index: "src/index.ts" },
  outdir: "dist",
  format: "esm",
  packages: "external",
});
chmodSync("dist/holdfast.cjs", 0o755);
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
  stdio: "inherit",
});
