// Builds what is shipped: the executable and its parts, the library, and its types.
//
// The executable is CommonJS because Node 20 starts it several milliseconds sooner than a module,
// and every nested delete pays for its start. hcl2-parser (3.8 MB) stays outside the bundle: it is
// loaded only where a person's own HCL is read. So do the database drivers, the YAML parser and the
// protocol of the gateway.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
  // Its main file loads its parts in a way that no bundler can follow.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  external: ["hcl2-parser", "libsql", "postgres", "yaml", "@modelcontextprotocol/*"],
};

// commander loads node:child_process for a feature that we do not use (subcommands as programs of
// their own); loading it takes four milliseconds of every start.
const lazyChildProcess = {
  name: "lazy-child-process",
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer)
        ? { path: "lazy", namespace: "lazy-child-process" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "lazy-child-process" }, () => ({
      contents: `exports.spawn = (...words) => require("node:child_process").spawn(...words);`,
      loader: "js",
    }));
  },
};

rmSync("dist", { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: {
    holdfast: "src/main.ts",
    "main-api": "src/main-api.ts",
    "main-harness": "src/main-harness.ts",
    "main-all": "src/main-all.ts",
    "generate-docs": "src/cli/generate-docs.ts",
  },
  outdir: "dist",
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  minify: true,
  plugins: [lazyChildProcess],
  // import() of a CommonJS file would start the module loader, for nothing.
  supported: { "dynamic-import": false },
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
execFileSync(process.execPath, ["compile-parts.mjs"], { stdio: "inherit" });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
  stdio: "inherit",
});
