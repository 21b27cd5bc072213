// Runs the parts of the executable once each and keeps the code that V8 compiled meanwhile, as
// dist/PART.v8, which src/main.ts hands back to V8. What it runs is a session on this machine with
// one nested deletion of nothing, so that the path of a nested delete is compiled, all of it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const self = fileURLToPath(import.meta.url);
const NESTED = [process.execPath, self, "main-api"];
const WORDS = {
  "main-harness": ["harness", "exec", "--allow-delete=vars", "--", ...NESTED],
  "main-api": ["api", "/workspaces/ws-none/vars/var-none", "-X", "DELETE"],
  "main-all": ["explain", "--allow-delete=vars"],
};

const [part] = process.argv.slice(2);
if (part === undefined) await compileAll();
else compile(part);

async function compileAll() {
  const scratch = mkdtempSync(join(tmpdir(), "holdfast-build-"));
  const server = createServer((_, answer) => answer.writeHead(404).end());
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOLDFAST|TFE|TF)_/.test(name)),
  );
  Object.assign(env, {
    TFE_ADDRESS: `http://127.0.0.1:${server.address().port}`,
    TFE_TOKEN: "none",
    HOLDFAST_CONFIG_DIR: scratch,
    HOLDFAST_RUNTIME_DIR: scratch,
  });
  for (const name of ["main-harness", "main-all"])
    await new Promise((done) => {
      spawn(process.execPath, [self, name], { env, stdio: "ignore" }).once("exit", done);
    });
  server.close();
  rmSync(scratch, { recursive: true, force: true });
}

function compile(name) {
  process.argv = [process.execPath, resolve("dist/holdfast.cjs"), ...WORDS[name]];
  const filename = resolve(`dist/${name}.cjs`);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "latin1")}\n})`;
  // V8 keeps the name that it is told, and a package must not tell where it was built.
  const script = new Script(source, { filename: `${name}.cjs` });
  process.on("exit", () => writeFileSync(`dist/${name}.v8`, script.createCachedData()));
  script.runInThisContext()({}, createRequire(filename), {}, filename, resolve("dist"));
}
